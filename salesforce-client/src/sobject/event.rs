//! `Event`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// An appointment.
///
/// See \[Salesforce/Object Reference: Event\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Event {
    /// The record.
    pub id: Option<RecordId>,
    /// The subject.
    pub subject: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Where it takes place.
    pub location: Option<String>,
    /// When it begins.
    pub start_date_time: Option<Timestamp>,
    /// When it ends.
    pub end_date_time: Option<Timestamp>,
    /// The contact or lead.
    pub who_id: Option<RecordId>,
    /// The record it is about.
    pub what_id: Option<RecordId>,
    /// The user whose calendar it is in.
    pub owner_id: Option<RecordId>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// When it was last changed.
    pub last_modified_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for Event {
    const NAME: &'static str = "Event";
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to an [`Event`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventFields {
    /// The subject.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub subject: Patch<String>,
    /// The description.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// Where it takes place.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub location: Patch<String>,
    /// When it begins.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub start_date_time: Patch<Timestamp>,
    /// When it ends.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub end_date_time: Patch<Timestamp>,
    /// The contact or lead.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub who_id: Patch<RecordId>,
    /// The record it is about.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub what_id: Patch<RecordId>,
    /// The user whose calendar it is in.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for EventFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventFields").finish_non_exhaustive()
    }
}
