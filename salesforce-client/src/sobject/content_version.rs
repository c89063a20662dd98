//! `ContentVersion`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// One version of a file; [`Files`](crate::Files) uploads and downloads its bytes.
///
/// See \[Salesforce/Object Reference: `ContentVersion`\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ContentVersion {
    /// The record.
    pub id: Option<RecordId>,
    /// What it is called.
    pub title: Option<String>,
    /// The name it had; set on create and never changed.
    pub path_on_client: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The file it is a version of.
    pub content_document_id: Option<RecordId>,
    /// The record it is shown at; set on create and never changed.
    pub first_publish_location_id: Option<RecordId>,
    /// The type, from the ending of its name.
    pub file_type: Option<String>,
    /// Its length in bytes.
    pub content_size: Option<u64>,
    /// Whether there is no newer version.
    pub is_latest: Option<bool>,
    /// Which version it is.
    pub version_number: Option<String>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for ContentVersion {
    const NAME: &'static str = "ContentVersion";
}

impl fmt::Debug for ContentVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentVersion").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`ContentVersion`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContentVersionFields {
    /// What it is called.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub title: Patch<String>,
    /// The name it had; set on create and never changed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub path_on_client: Patch<String>,
    /// The description.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// The file it is a version of.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub content_document_id: Patch<RecordId>,
    /// The record it is shown at; set on create and never changed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub first_publish_location_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for ContentVersionFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentVersionFields").finish_non_exhaustive()
    }
}
