//! `Case`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Account, Contact, SObject};
use crate::field::Patch;
use crate::id::RecordId;

/// A customer's question or problem. It has no account number: that is [`Account::account_number`](super::Account::account_number).
///
/// See \[Salesforce/Object Reference: Case\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Case {
    /// The record.
    pub id: Option<RecordId>,
    /// The number the org gives it, with leading zeros.
    pub case_number: Option<String>,
    /// The account.
    pub account_id: Option<RecordId>,
    /// The account's fields, where a query asked for them.
    pub account: Option<Box<Account>>,
    /// The contact.
    pub contact_id: Option<RecordId>,
    /// The contact's fields, where a query asked for them.
    pub contact: Option<Box<Contact>>,
    /// The case it is part of.
    pub parent_id: Option<RecordId>,
    /// The subject, up to 255 characters.
    pub subject: Option<String>,
    /// The description, up to 32,000 characters.
    pub description: Option<String>,
    /// The status picklist value.
    pub status: Option<String>,
    /// The priority picklist value.
    pub priority: Option<String>,
    /// How it came: the origin picklist value.
    pub origin: Option<String>,
    /// The type picklist value.
    pub r#type: Option<String>,
    /// The reason picklist value.
    pub reason: Option<String>,
    /// The name the customer gave.
    pub supplied_name: Option<String>,
    /// The e-mail address the customer gave.
    pub supplied_email: Option<String>,
    /// The phone number the customer gave.
    pub supplied_phone: Option<String>,
    /// Whether the status is a closed one; the org decides.
    pub is_closed: Option<bool>,
    /// When it was closed.
    pub closed_date: Option<Timestamp>,
    /// The user or queue who owns it.
    pub owner_id: Option<RecordId>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// When it was last changed.
    pub last_modified_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for Case {
    const NAME: &'static str = "Case";
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`Case`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaseFields {
    /// The account.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub account_id: Patch<RecordId>,
    /// The contact.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub contact_id: Patch<RecordId>,
    /// The case it is part of.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub parent_id: Patch<RecordId>,
    /// The subject, up to 255 characters.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub subject: Patch<String>,
    /// The description, up to 32,000 characters.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// The status picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub status: Patch<String>,
    /// The priority picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub priority: Patch<String>,
    /// How it came: the origin picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub origin: Patch<String>,
    /// The type picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub r#type: Patch<String>,
    /// The reason picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub reason: Patch<String>,
    /// The name the customer gave.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub supplied_name: Patch<String>,
    /// The e-mail address the customer gave.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub supplied_email: Patch<String>,
    /// The phone number the customer gave.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub supplied_phone: Patch<String>,
    /// The user or queue who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for CaseFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseFields").finish_non_exhaustive()
    }
}
