//! `FeedItem`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// A post in the feed of a record.
///
/// See \[Salesforce/Object Reference: `FeedItem`\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct FeedItem {
    /// The record.
    pub id: Option<RecordId>,
    /// The record; set on create and never changed.
    pub parent_id: Option<RecordId>,
    /// The text.
    pub body: Option<String>,
    /// The title of what is attached.
    pub title: Option<String>,
    /// What kind of post it is.
    pub r#type: Option<String>,
    /// The `ContentVersion` that is attached.
    pub related_record_id: Option<RecordId>,
    /// Who wrote it.
    pub created_by_id: Option<RecordId>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for FeedItem {
    const NAME: &'static str = "FeedItem";
}

impl fmt::Debug for FeedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedItem").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`FeedItem`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FeedItemFields {
    /// The record; set on create and never changed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub parent_id: Patch<RecordId>,
    /// The text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub body: Patch<String>,
    /// The title of what is attached.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub title: Patch<String>,
    /// What kind of post it is.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub r#type: Patch<String>,
    /// The `ContentVersion` that is attached.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub related_record_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for FeedItemFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedItemFields").finish_non_exhaustive()
    }
}
