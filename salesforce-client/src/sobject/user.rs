//! `User`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// Somebody who can log in.
///
/// See \[Salesforce/Object Reference: User\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct User {
    /// The record.
    pub id: Option<RecordId>,
    /// The name to log in with.
    pub username: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number as it was entered.
    pub phone: Option<String>,
    /// The mobile number as it was entered.
    pub mobile_phone: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// Whether the user may log in.
    pub is_active: Option<bool>,
    /// The profile.
    pub profile_id: Option<RecordId>,
    /// The role.
    pub user_role_id: Option<RecordId>,
    /// The time zone.
    pub time_zone_sid_key: Option<String>,
    /// When the user last logged in.
    pub last_login_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for User {
    const NAME: &'static str = "User";
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`User`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserFields {
    /// The name to log in with.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub username: Patch<String>,
    /// The first name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub first_name: Patch<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub last_name: Patch<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub email: Patch<String>,
    /// The phone number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phone: Patch<String>,
    /// The mobile number as it was entered.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub mobile_phone: Patch<String>,
    /// The extension.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub extension: Patch<String>,
    /// Whether the user may log in. A checkbox is never empty, so it can be set or kept only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// The profile.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub profile_id: Patch<RecordId>,
    /// The role.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub user_role_id: Patch<RecordId>,
    /// The time zone.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub time_zone_sid_key: Patch<String>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for UserFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserFields").finish_non_exhaustive()
    }
}
