//! `Case`

use jiff::Timestamp;

use super::{Account, Contact, define::sobject};
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// A customer's question or problem. It has no account number: that is [`Account::account_number`](super::Account::account_number).
    ///
    /// See \[Salesforce/Object Reference: Case\].
    Case {
        /// The number the org gives it, with leading zeros.
        case_number: String,
        /// The account.
        account_id: RecordId,
        /// The account's fields, where a query asked for them.
        account: Box<Account>,
        /// The contact.
        contact_id: RecordId,
        /// The contact's fields, where a query asked for them.
        contact: Box<Contact>,
        /// The case it is part of.
        parent_id: RecordId,
        /// The subject, up to 255 characters.
        subject: String,
        /// The description, up to 32,000 characters.
        description: String,
        /// The status picklist value.
        status: String,
        /// The priority picklist value.
        priority: String,
        /// How it came: the origin picklist value.
        origin: String,
        /// The type picklist value.
        r#type: String,
        /// The reason picklist value.
        reason: String,
        /// The name the customer gave.
        supplied_name: String,
        /// The e-mail address the customer gave.
        supplied_email: String,
        /// The phone number the customer gave.
        supplied_phone: String,
        /// Whether the status is a closed one; the org decides.
        is_closed: bool,
        /// When it was closed.
        closed_date: Timestamp,
        /// The user or queue who owns it.
        owner_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
        /// When it was last changed.
        last_modified_date: Timestamp,
    }

    /// What can be written to a [`Case`].
    CaseFields {
        /// The account.
        account_id: Patch<RecordId>,
        /// The contact.
        contact_id: Patch<RecordId>,
        /// The case it is part of.
        parent_id: Patch<RecordId>,
        /// The subject, up to 255 characters.
        subject: Patch<String>,
        /// The description, up to 32,000 characters.
        description: Patch<String>,
        /// The status picklist value.
        status: Patch<String>,
        /// The priority picklist value.
        priority: Patch<String>,
        /// How it came: the origin picklist value.
        origin: Patch<String>,
        /// The type picklist value.
        r#type: Patch<String>,
        /// The reason picklist value.
        reason: Patch<String>,
        /// The name the customer gave.
        supplied_name: Patch<String>,
        /// The e-mail address the customer gave.
        supplied_email: Patch<String>,
        /// The phone number the customer gave.
        supplied_phone: Patch<String>,
        /// The user or queue who owns it.
        owner_id: Patch<RecordId>,
    }
}
