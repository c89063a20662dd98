//! A recording that is to be kept as a file.

use std::fmt;

use serde::{Deserialize, Serialize};
use voice_crm_outbox::JobKey;

/// A recording of a call, to be kept as a file of the call's record.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewRecording {
    /// Where it lies.
    pub url: String,
    /// The key of the call's record.
    pub log: JobKey,
    /// The name by which people know the call.
    pub call: String,
}

impl NewRecording {
    /// A recording of the call with this name, whose record has this key.
    pub fn new(url: impl Into<String>, log: JobKey, call: impl Into<String>) -> Self {
        Self { url: url.into(), log, call: call.into() }
    }
}

impl fmt::Debug for NewRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRecording").field("log", &self.log).finish_non_exhaustive()
    }
}
