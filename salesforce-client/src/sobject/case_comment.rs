//! `CaseComment`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// A note at a case, up to 4,000 bytes.
///
/// See \[Salesforce/Object Reference: `CaseComment`\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct CaseComment {
    /// The record.
    pub id: Option<RecordId>,
    /// The case; set on create and never changed.
    pub parent_id: Option<RecordId>,
    /// The text.
    pub comment_body: Option<String>,
    /// Whether the customer sees it in a portal.
    pub is_published: Option<bool>,
    /// Who wrote it.
    pub created_by_id: Option<RecordId>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for CaseComment {
    const NAME: &'static str = "CaseComment";
}

impl fmt::Debug for CaseComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseComment").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`CaseComment`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaseCommentFields {
    /// The case; set on create and never changed.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub parent_id: Patch<RecordId>,
    /// The text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub comment_body: Patch<String>,
    /// Whether the customer sees it in a portal. A checkbox is never empty, so it can be set or kept only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_published: Option<bool>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for CaseCommentFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseCommentFields").finish_non_exhaustive()
    }
}
