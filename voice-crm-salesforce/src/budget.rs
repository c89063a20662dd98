//! The budget of API calls: how many may be sent in a span of time, and for what.
//!
//! Calls somebody waits for go first. Work that can wait leaves a reserve, slows down when most of the day's calls are
//! used, and stops before the last of them. No telephone call gets more than its fair share. Replicas that log in as the
//! same user share its budget out among them: see
//! [`SharedBudget`](voice_crm_core::outbox::budget_share::SharedBudget).

use std::time::Duration;

pub(crate) use call_end::{CallEnd, DayUsage};
pub(crate) use handle::BudgetHandle;

mod call_end;
mod fair_share;
mod handle;
mod ledger;
mod pause;
mod saved;
mod share;

/// How many API calls one integration user may make: 100 in any 20 seconds unless said otherwise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Budget {
    calls: Option<usize>,
    window: Duration,
}

impl Budget {
    /// At most this many calls in any span of this length.
    pub fn new(calls: usize, window: Duration) -> Self {
        Self { calls: Some(calls.max(1)), window }
    }

    /// No budget of our own: only what the org says counts, its limits and the calls of the day.
    pub fn unlimited() -> Self {
        Self { calls: None, window: Duration::ZERO }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(100, Duration::from_secs(20))
    }
}
