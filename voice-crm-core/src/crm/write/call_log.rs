//! What an event adds to the log of its call.

use std::fmt;

use serde::{Deserialize, Serialize};
use voice_crm_outbox::JobKey;

use super::RecordRef;
use crate::call::CallFacts;

/// What an event adds to the log of its call.
///
/// The log is one record, whatever the number of events. A CRM gets it when the call is over, with the facts of all that
/// came before; the facts of what comes after are put together with those.
#[derive(Clone, Serialize, Deserialize)]
pub struct CallLog {
    /// The key of the record; the same for all events of a call.
    pub record: JobKey,
    /// What the event tells.
    pub facts: CallFacts,
    /// The contact or lead at the far end, where it is known already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<RecordRef>,
}

impl fmt::Debug for CallLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallLog")
            .field("record", &self.record)
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}

/// What is known of a call from its events so far.
///
/// It is kept in the lane of the call until the next event. Once the call is on record it holds nothing of what was said
/// and no number: see [`CallFacts::without_content`].
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallMemo {
    /// What is known.
    pub facts: CallFacts,
    /// The record of the call, once there is one.
    pub record: Option<RecordRef>,
    /// Whether the record has the caller's number.
    pub has_number: bool,
    /// The contact or lead who called: an id, which says who it was when the number is no longer here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<RecordRef>,
    /// What was last written of whom and what the call was about into a record of it beside its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub written_about: Vec<RecordRef>,
}
