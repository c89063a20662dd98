//! The log of a finished call.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RecordRef;
use crate::{
    call::{Direction, EndedCall},
    phone::PhoneNumber,
};

/// A finished call, as the CRM keeps it.
#[derive(Clone, Serialize, Deserialize)]
pub struct CallLog {
    /// The platform's id of the call.
    pub call: String,
    /// Which way it went.
    pub inbound: bool,
    /// Why it ended.
    pub ended_reason: String,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Its length in whole seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// What it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Where the recording lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_url: Option<String>,
    /// The number at the far end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// Whose number that is, where it is known already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<RecordRef>,
}

impl CallLog {
    /// The log of a finished call with a contact, if it is known who that is.
    pub fn of(ended: &EndedCall, contact: Option<RecordRef>) -> Self {
        Self {
            call: ended.call.id.as_str().to_owned(),
            inbound: ended.call.direction == Direction::Inbound,
            ended_reason: ended.reason.clone(),
            ended_at: ended.ended_at,
            seconds: ended.seconds,
            summary: ended.summary.clone(),
            transcript: ended.transcript.clone(),
            recording_url: ended.recording_url.clone(),
            phone: ended.call.caller.number().cloned(),
            contact,
        }
    }
}

impl fmt::Debug for CallLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallLog")
            .field("call", &self.call)
            .field("ended_reason", &self.ended_reason)
            .finish_non_exhaustive()
    }
}
