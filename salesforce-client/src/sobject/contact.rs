//! `Contact`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Account, SObject};
use crate::field::Patch;
use crate::id::RecordId;

/// A person, usually of an account.
///
/// See \[Salesforce/Object Reference: Contact\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Contact {
    /// The record.
    pub id: Option<RecordId>,
    /// The account.
    pub account_id: Option<RecordId>,
    /// The account's fields, where a query asked for them.
    pub account: Option<Box<Account>>,
    /// First and last name together; the org makes it.
    pub name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The phone number as it was entered.
    pub phone: Option<String>,
    /// The mobile number as it was entered.
    pub mobile_phone: Option<String>,
    /// The private number as it was entered.
    pub home_phone: Option<String>,
    /// A further number as it was entered.
    pub other_phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The job title.
    pub title: Option<String>,
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

impl SObject for Contact {
    const NAME: &'static str = "Contact";
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`Contact`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContactFields {
    /// The account.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub account_id: Patch<RecordId>,
    /// The first name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub first_name: Patch<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub last_name: Patch<String>,
    /// The phone number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phone: Patch<String>,
    /// The mobile number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub mobile_phone: Patch<String>,
    /// The private number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub home_phone: Patch<String>,
    /// A further number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub other_phone: Patch<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub email: Patch<String>,
    /// The job title.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub title: Patch<String>,
    /// The user who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for ContactFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactFields").finish_non_exhaustive()
    }
}
