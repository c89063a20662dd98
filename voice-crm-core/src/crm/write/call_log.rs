//! What an event adds to the log of its call.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{RecordRef, WriteKey};
use crate::call::CallFacts;

/// What an event adds to the log of its call.
///
/// The log is one record, whatever the number of events. It is made when the call is over; the facts of what came
/// before and after are put together with those of the end.
#[derive(Clone, Serialize, Deserialize)]
pub struct CallLog {
    /// The key of the record; the same for all events of a call.
    pub record: WriteKey,
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
