//! How lanes are claimed: those that are well and those that keep failing apart, so that neither holds up the other.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Lease;
use crate::SinkName;

/// A head with this many failed attempts counts as failing. Failing heads are claimed and tried apart from the others.
///
/// Fewer are bad luck where a third of all requests fail.
pub const FAILING_AFTER: u32 = 3;

/// A request for leases.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claim {
    /// The sink whose lanes are meant.
    pub sink: SinkName,
    /// The present moment.
    pub now: Timestamp,
    /// How long the leases last.
    pub lease: Duration,
    /// How many lanes are wanted at most whose head has not failed often.
    pub limit: usize,
    /// How many lanes are wanted at most whose head keeps failing.
    pub failing_limit: usize,
}

impl Claim {
    /// Lanes of a sink, leased for a span: so many that are well, and so many whose head keeps failing.
    pub fn new(
        sink: SinkName,
        now: Timestamp,
        lease: Duration,
        (limit, failing_limit): (usize, usize),
    ) -> Self {
        Self { sink, now, lease, limit, failing_limit }
    }
}

/// What [`Journal::claim`](super::Journal::claim) found.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Lanes whose head has not failed often.
    pub leases: Vec<Lease>,
    /// Lanes whose head keeps failing.
    pub failing: Vec<Lease>,
    /// When the next lane of the sink falls due that was not yet.
    pub next_due: Option<Timestamp>,
}

/// How often one claim looks for lanes in place of those that it had to pass over: others get their turn, but one claim
/// does not go through all there are.
pub(super) const PASSES: usize = 8;

impl Claimed {
    /// How many lanes that are well, and how many that keep failing, a claim still has room for.
    pub(super) fn room(&self, claim: &Claim) -> (usize, usize) {
        let room = |limit: usize, taken: &[Lease]| limit.saturating_sub(taken.len());
        (room(claim.limit, &self.leases), room(claim.failing_limit, &self.failing))
    }

    #[cfg(feature = "sqlite")]
    pub(super) fn len(&self) -> usize {
        self.leases.len() + self.failing.len()
    }
}

/// How long a job waits that is to come after another which is still pending: the longer it has waited, the longer.
pub(super) fn pause_behind_another(enqueued_at: Timestamp, now: Timestamp) -> Duration {
    let waited = now.duration_since(enqueued_at).max(SignedDuration::ZERO).unsigned_abs();
    (waited / 2).clamp(Duration::from_secs(1), Duration::from_secs(60))
}
