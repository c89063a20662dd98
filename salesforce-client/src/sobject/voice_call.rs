//! `VoiceCall`

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SObject;
use crate::field::Patch;
use crate::id::RecordId;

/// A call, in orgs that have Service Cloud Voice; ask [`Client::describe`](crate::Client::describe) first.
///
/// See \[Salesforce/Object Reference: `VoiceCall`\].
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct VoiceCall {
    /// The record.
    pub id: Option<RecordId>,
    /// Inbound, outbound or another picklist value.
    pub call_type: Option<String>,
    /// How it ended.
    pub call_disposition: Option<String>,
    /// When it began.
    pub call_start_date_time: Option<Timestamp>,
    /// When it ended.
    pub call_end_date_time: Option<Timestamp>,
    /// When it was answered.
    pub call_accept_date_time: Option<Timestamp>,
    /// Who called.
    pub from_phone_number: Option<String>,
    /// Who was called.
    pub to_phone_number: Option<String>,
    /// The telephony provider's id of it.
    pub vendor_call_key: Option<String>,
    /// The telephony provider.
    pub vendor_type: Option<String>,
    /// The record it is about.
    pub related_record_id: Option<RecordId>,
    /// The call center.
    pub call_center_id: Option<RecordId>,
    /// The task that logs it.
    pub activity_id: Option<RecordId>,
    /// Who owns it.
    pub owner_id: Option<RecordId>,
    /// When it was created.
    pub created_date: Option<Timestamp>,
    /// Every other field of the answer, custom ones and `attributes` among them.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl SObject for VoiceCall {
    const NAME: &'static str = "VoiceCall";
}

impl fmt::Debug for VoiceCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoiceCall").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What can be written to a [`VoiceCall`].
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VoiceCallFields {
    /// Inbound, outbound or another picklist value.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_type: Patch<String>,
    /// When it began.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_start_date_time: Patch<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_end_date_time: Patch<Timestamp>,
    /// Who called.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub from_phone_number: Patch<String>,
    /// Who was called.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub to_phone_number: Patch<String>,
    /// The telephony provider's id of it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub vendor_call_key: Patch<String>,
    /// The telephony provider.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub vendor_type: Patch<String>,
    /// The record it is about.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub related_record_id: Patch<RecordId>,
    /// The call center.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub call_center_id: Patch<RecordId>,
    /// Who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner_id: Patch<RecordId>,
    /// Custom fields by API name; `null` clears one.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for VoiceCallFields {
    /// Nothing of the values: they are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoiceCallFields").finish_non_exhaustive()
    }
}
