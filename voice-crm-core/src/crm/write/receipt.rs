//! What the CRM gives back for a write.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use voice_crm_outbox::JobKey;

use super::{CallMemo, RecordRef};
use crate::crm::RecordText;

/// What the CRM gave back for a write that took effect.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The key of the write, by which a later one of the same call refers to its record. The bridge notes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<JobKey>,
    /// The record that was made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordRef>,
    /// The kind of record, in the CRM's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The number that people call the record by, such as a case number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<RecordText>,
    /// What came out differently from what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
    /// When the CRM noted down the change, by its own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// For an event of a call: what is known of the call by now. It is kept apart from the receipt, until the next event
    /// takes its place.
    #[serde(skip)]
    pub memo: Option<Box<CallMemo>>,
}

impl Receipt {
    /// The receipt that was stored; an empty one where it cannot be read, since it is a receipt all the same.
    pub(crate) fn from_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// A way in which a write came out differently from what was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Remark {
    /// No account has the number that the caller gave; the record stands without one.
    AccountNotFound,
    /// Several accounts have the number that the caller gave; the record stands without one.
    AccountAmbiguous,
    /// Somebody changed the record after the caller asked; it was left as it is, and a task tells a person of the
    /// caller's wish.
    ChangedMeanwhile,
}
