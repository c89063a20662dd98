//! `ContentDocumentLink`

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// Where a file is shown.
///
/// See \[Salesforce/Object Reference: `ContentDocumentLink`\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ContentDocumentLink {
    /// The record.
    pub id: Option<RecordId>,
    /// The file; set on create and never changed.
    pub content_document_id: Option<RecordId>,
    /// The record; set on create and never changed.
    pub linked_entity_id: Option<RecordId>,
    /// What those who see the record may do: `V` look, `C` change, `I` as at the record.
    pub share_type: Option<String>,
    /// Who sees it.
    pub visibility: Option<String>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for ContentDocumentLink {
    const NAME: &'static str = "ContentDocumentLink";
}

impl fmt::Debug for ContentDocumentLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentDocumentLink").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`ContentDocumentLink`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContentDocumentLinkFields {
    /// The file; set on create and never changed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub content_document_id: Patch<RecordId>,
    /// The record; set on create and never changed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub linked_entity_id: Patch<RecordId>,
    /// What those who see the record may do: `V` look, `C` change, `I` as at the record.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub share_type: Patch<String>,
    /// Who sees it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub visibility: Patch<String>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for ContentDocumentLinkFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentDocumentLinkFields").finish_non_exhaustive()
    }
}
