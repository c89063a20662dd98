//! `Lead`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// A person or company that may become a customer.
    ///
    /// See \[Salesforce/Object Reference: Lead\].
    Lead {
        /// The first name.
        first_name: String,
        /// The last name.
        last_name: String,
        /// The whole name.
        name: String,
        /// The company.
        company: String,
        /// The job title.
        title: String,
        /// The phone number as it was entered.
        phone: String,
        /// The mobile number as it was entered.
        mobile_phone: String,
        /// The e-mail address.
        email: String,
        /// The status picklist value.
        status: String,
        /// Where the lead came from: a picklist value.
        lead_source: String,
        /// The description.
        description: String,
        /// Whether it has become an account and contact.
        is_converted: bool,
        /// The user or queue who owns it.
        owner_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
        /// When it was last changed.
        last_modified_date: Timestamp,
    }

    /// What can be written to a [`Lead`].
    LeadFields {
        /// The first name.
        first_name: Patch<String>,
        /// The last name.
        last_name: Patch<String>,
        /// The company.
        company: Patch<String>,
        /// The job title.
        title: Patch<String>,
        /// The phone number as it was entered.
        phone: Patch<String>,
        /// The mobile number as it was entered.
        mobile_phone: Patch<String>,
        /// The e-mail address.
        email: Patch<String>,
        /// The status picklist value.
        status: Patch<String>,
        /// Where the lead came from: a picklist value.
        lead_source: Patch<String>,
        /// The description.
        description: Patch<String>,
        /// The user or queue who owns it.
        owner_id: Patch<RecordId>,
    }
}
