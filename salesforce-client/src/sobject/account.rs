//! `Account`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// A company or person that the org does business with.
///
/// See \[Salesforce/Object Reference: Account\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Account {
    /// The record.
    pub id: Option<RecordId>,
    /// The name.
    pub name: Option<String>,
    /// The number the business gives it; not unique.
    pub account_number: Option<String>,
    /// The phone number as it was entered.
    pub phone: Option<String>,
    /// The fax number as it was entered.
    pub fax: Option<String>,
    /// The web address.
    pub website: Option<String>,
    /// The industry picklist value.
    pub industry: Option<String>,
    /// The type picklist value.
    pub r#type: Option<String>,
    /// The user who owns it.
    pub owner_id: Option<RecordId>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// When it was last changed.
    pub last_modified_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for Account {
    const NAME: &'static str = "Account";
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to an [`Account`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountFields {
    /// The name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<String>,
    /// The number the business gives it; not unique.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub account_number: Patch<String>,
    /// The phone number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phone: Patch<String>,
    /// The fax number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub fax: Patch<String>,
    /// The web address.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub website: Patch<String>,
    /// The industry picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub industry: Patch<String>,
    /// The type picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub r#type: Patch<String>,
    /// The user who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for AccountFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountFields").finish_non_exhaustive()
    }
}
