//! The built-in support desk: functions that a voice agent needs first.

mod add_case_comment;
mod answer_for;
mod case_number;
mod create_case;
mod desk;
mod end_call;
mod find_customer;
mod get_case_status;
mod identity;
mod knowledge;
mod list_open_cases;
mod name_likeness;
mod schedule_callback;
mod send_case_sms;
mod take_message;
mod transfer_to_human;
mod update_contact;
mod verify_caller;

pub use add_case_comment::{AddCaseComment, AddCaseCommentArgs};
pub use create_case::{CreateCase, CreateCaseArgs};
pub use desk::{CaseFacts, Desk, Priority};
pub use end_call::{EndCall, EndCallArgs};
pub use find_customer::{FindCustomer, FindCustomerArgs};
pub use get_case_status::{GetCaseStatus, GetCaseStatusArgs};
pub use list_open_cases::{ListOpenCases, ListOpenCasesArgs};
pub use schedule_callback::{ScheduleCallback, ScheduleCallbackArgs};
pub use send_case_sms::{SendCaseSms, SendCaseSmsArgs};
pub use take_message::{TakeMessage, TakeMessageArgs};
pub use transfer_to_human::{TransferToHuman, TransferToHumanArgs};
pub use update_contact::{AddressArgs, UpdateContact, UpdateContactArgs};
pub use verify_caller::{VerifyCaller, VerifyCallerArgs};

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
