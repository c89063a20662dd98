//! Who has proved who they are on which call.

use std::{fmt, time::Duration};

use moka::sync::Cache;

use crate::{call::CallId, crm::CallerRecord};

/// How long a proof holds; no call is longer.
const PROOF: Duration = Duration::from_secs(4 * 3600);
/// How many calls are kept in mind.
const ROOM: u64 = 100_000;

/// A call, by channel and id.
pub(crate) type CallKey = (&'static str, CallId);

/// The proofs of this process.
///
/// They are not shared between replicas: a call whose webhooks go to several has to prove itself on each. What failed
/// is shared, in [`ProofCounts`](super::ProofCounts).
pub(crate) struct ProvenCalls(Cache<CallKey, CallerRecord>);

impl Default for ProvenCalls {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(ROOM).time_to_live(PROOF).build())
    }
}

impl ProvenCalls {
    /// Who has proved to be calling.
    pub(crate) fn get(&self, call: &CallKey) -> Option<CallerRecord> {
        self.0.get(call)
    }

    /// Notes a proof.
    pub(crate) fn note(&self, call: CallKey, caller: CallerRecord) {
        self.0.insert(call, caller);
    }
}

impl fmt::Debug for ProvenCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvenCalls").field("calls", &self.0.entry_count()).finish()
    }
}
