//! Records as types: what the org gives, and what may be written.
//!
//! Reading types have every field optional, because a query names the fields it wants. Writing types
//! have no field that the org does not let a client write. Neither shows a value in `Debug`: fields
//! hold people's data.

mod account;
mod case;
mod contact;
mod number;
mod task;

use serde::de::DeserializeOwned;

pub use self::account::{Account, AccountFields};
pub use self::case::{Case, CaseFields};
pub use self::contact::{Contact, ContactFields};
pub use self::task::{NewTask, Task, TaskFields};

/// A record type of the org, and its API name.
pub trait SObject: DeserializeOwned {
    /// The API name, such as `Case`.
    const NAME: &'static str;
}
