//! `Lead`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// A person or company that may become a customer.
///
/// See \[Salesforce/Object Reference: Lead\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Lead {
    /// The record.
    pub id: Option<RecordId>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// The company.
    pub company: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The phone number as it was entered.
    pub phone: Option<String>,
    /// The mobile number as it was entered.
    pub mobile_phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The status picklist value.
    pub status: Option<String>,
    /// Where the lead came from: a picklist value.
    pub lead_source: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Whether it has become an account and contact.
    pub is_converted: Option<bool>,
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

impl SObject for Lead {
    const NAME: &'static str = "Lead";
}

impl fmt::Debug for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lead").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`Lead`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LeadFields {
    /// The first name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub first_name: Patch<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub last_name: Patch<String>,
    /// The company.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub company: Patch<String>,
    /// The job title.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub title: Patch<String>,
    /// The phone number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phone: Patch<String>,
    /// The mobile number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub mobile_phone: Patch<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub email: Patch<String>,
    /// The status picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub status: Patch<String>,
    /// Where the lead came from: a picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub lead_source: Patch<String>,
    /// The description.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// The user or queue who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for LeadFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeadFields").finish_non_exhaustive()
    }
}
