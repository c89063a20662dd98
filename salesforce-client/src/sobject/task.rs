//! `Task`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{SObject, whole_number};
use crate::field::Patch;
use crate::id::RecordId;

/// Something to do or done; with the subtype `Call` it is a call log.
///
/// See \[Salesforce/Object Reference: Task\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Task {
    /// The record.
    pub id: Option<RecordId>,
    /// The subject, up to 255 characters.
    pub subject: Option<String>,
    /// The comments, up to 32,000 characters.
    pub description: Option<String>,
    /// The status picklist value.
    pub status: Option<String>,
    /// The priority picklist value.
    pub priority: Option<String>,
    /// The due date; for a call log, its day.
    pub activity_date: Option<Date>,
    /// The contact or lead.
    pub who_id: Option<RecordId>,
    /// The case, account or other record.
    pub what_id: Option<RecordId>,
    /// The user who owns it.
    pub owner_id: Option<RecordId>,
    /// The subtype; it cannot be changed later.
    pub task_subtype: Option<String>,
    /// `Inbound`, `Outbound` or `Internal`.
    pub call_type: Option<String>,
    /// How the call ended, up to 255 characters.
    pub call_disposition: Option<String>,
    /// How long the call took, in seconds.
    #[serde(deserialize_with = "whole_number")]
    pub call_duration_in_seconds: Option<i64>,
    /// The call's id at the telephony provider, up to 255 characters.
    pub call_object: Option<String>,
    /// Whether the status is a closed one; the org decides.
    pub is_closed: Option<bool>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// When it was last changed.
    pub last_modified_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for Task {
    const NAME: &'static str = "Task";
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`Task`]; its subtype stands in [`NewTask`], because it cannot be changed.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskFields {
    /// The subject, up to 255 characters.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub subject: Patch<String>,
    /// The comments, up to 32,000 characters.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// The status picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub status: Patch<String>,
    /// The priority picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub priority: Patch<String>,
    /// The due date; for a call log, its day.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub activity_date: Patch<Date>,
    /// The contact or lead.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub who_id: Patch<RecordId>,
    /// The case, account or other record.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub what_id: Patch<RecordId>,
    /// The user who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner_id: Patch<RecordId>,
    /// `Inbound`, `Outbound` or `Internal`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_type: Patch<String>,
    /// How the call ended, up to 255 characters.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_disposition: Patch<String>,
    /// How long the call took, in seconds.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_duration_in_seconds: Patch<i64>,
    /// The call's id at the telephony provider, up to 255 characters.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_object: Patch<String>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for TaskFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskFields").finish_non_exhaustive()
    }
}

/// A task to create. Upserting it twice fails the second time, because the subtype cannot be
/// changed: upsert [`TaskFields`] where a repeat must be possible.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewTask {
    /// The subtype: `Call` for a call log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_subtype: Option<String>,
    /// All the rest.
    #[serde(flatten)]
    pub fields: TaskFields,
}
