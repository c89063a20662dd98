//! `Contact`

use jiff::Timestamp;

use super::{Account, define::sobject};
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// A person, usually of an account.
    ///
    /// See \[Salesforce/Object Reference: Contact\].
    Contact {
        /// The account.
        account_id: RecordId,
        /// The account's fields, where a query asked for them.
        account: Box<Account>,
        /// First and last name together; the org makes it.
        name: String,
        /// The first name.
        first_name: String,
        /// The last name.
        last_name: String,
        /// The phone number as it was entered.
        phone: String,
        /// The mobile number as it was entered.
        mobile_phone: String,
        /// The private number as it was entered.
        home_phone: String,
        /// A further number as it was entered.
        other_phone: String,
        /// The e-mail address.
        email: String,
        /// The job title.
        title: String,
        /// The user who owns it.
        owner_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
        /// When it was last changed.
        last_modified_date: Timestamp,
    }

    /// What can be written to a [`Contact`].
    ContactFields {
        /// The account.
        account_id: Patch<RecordId>,
        /// The first name.
        first_name: Patch<String>,
        /// The last name.
        last_name: Patch<String>,
        /// The phone number as it was entered.
        phone: Patch<String>,
        /// The mobile number as it was entered.
        mobile_phone: Patch<String>,
        /// The private number as it was entered.
        home_phone: Patch<String>,
        /// A further number as it was entered.
        other_phone: Patch<String>,
        /// The e-mail address.
        email: Patch<String>,
        /// The job title.
        title: Patch<String>,
        /// The user who owns it.
        owner_id: Patch<RecordId>,
    }
}
