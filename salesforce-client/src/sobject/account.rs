//! `Account`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// A company or person that the org does business with.
    ///
    /// See \[Salesforce/Object Reference: Account\].
    Account {
        /// The name.
        name: String,
        /// The number the business gives it; not unique.
        account_number: String,
        /// The phone number as it was entered.
        phone: String,
        /// The fax number as it was entered.
        fax: String,
        /// The web address.
        website: String,
        /// The industry picklist value.
        industry: String,
        /// The type picklist value.
        r#type: String,
        /// The user who owns it.
        owner_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
        /// When it was last changed.
        last_modified_date: Timestamp,
    }

    /// What can be written to an [`Account`].
    AccountFields {
        /// The name.
        name: Patch<String>,
        /// The number the business gives it; not unique.
        account_number: Patch<String>,
        /// The phone number as it was entered.
        phone: Patch<String>,
        /// The fax number as it was entered.
        fax: Patch<String>,
        /// The web address.
        website: Patch<String>,
        /// The industry picklist value.
        industry: Patch<String>,
        /// The type picklist value.
        r#type: Patch<String>,
        /// The user who owns it.
        owner_id: Patch<RecordId>,
    }
}
