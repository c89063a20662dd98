//! Records as types: what the org gives, and what may be written.
//!
//! Reading types have every field optional, because a query names the fields it wants. Writing types
//! have no field that the org does not let a client write. Neither shows a value in `Debug`: fields
//! hold people's data. All are made by one macro (`define.rs`).

mod account;
mod case;
mod case_comment;
mod contact;
mod content_document_link;
mod content_version;
mod define;
mod event;
mod feed_item;
mod lead;
mod number;
mod task;
mod user;
mod voice_call;

use serde::de::DeserializeOwned;

pub use self::account::{Account, AccountFields};
pub use self::case::{Case, CaseFields};
pub use self::case_comment::{CaseComment, CaseCommentFields};
pub use self::contact::{Contact, ContactFields};
pub use self::content_document_link::{ContentDocumentLink, ContentDocumentLinkFields};
pub use self::content_version::{ContentVersion, ContentVersionFields};
pub use self::event::{Event, EventFields};
pub use self::feed_item::{FeedItem, FeedItemFields};
pub use self::lead::{Lead, LeadFields};
pub use self::number::whole_number;
pub use self::task::{NewTask, Task, TaskFields};
pub use self::user::{User, UserFields};
pub use self::voice_call::{VoiceCall, VoiceCallFields};

/// A record type of the org, and its API name.
pub trait SObject: DeserializeOwned {
    /// The API name, such as `Case`.
    const NAME: &'static str;
}
