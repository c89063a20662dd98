//! The built-in support desk: functions that a voice agent needs first.

mod create_case;
mod find_customer;
mod get_case_status;
mod update_contact;

pub use create_case::{CreateCase, CreateCaseArgs, Priority};
pub use find_customer::{FindCustomer, FindCustomerArgs};
pub use get_case_status::{GetCaseStatus, GetCaseStatusArgs};
pub use update_contact::{UpdateContact, UpdateContactArgs};

use crate::function::FunctionError;

/// Refuses a text that no field of a CRM takes, before anything is written.
fn at_most(field: &str, text: &str, limit: usize) -> Result<(), FunctionError> {
    // A CRM counts as Java does, in UTF-16 units.
    if text.encode_utf16().count() > limit {
        return Err(FunctionError::invalid_argument(
            field,
            &format!("at most {limit} characters are allowed"),
        ));
    }
    Ok(())
}
