//! The budget of API calls: how many may be sent in a span of time, and for what.
//!
//! Calls somebody waits for go first. Work that can wait leaves a reserve, slows down when most of the day's
//! calls are used, and stops before the last of them. Replicas that log in as the same user share its budget out among
//! them: see [`SharedBudget`].

use std::time::Duration;

pub(crate) use ledger::{CallEnd, DayUsage};
pub(crate) use purse::Purse;
pub use shared::{ShareGrant, ShareRequest, SharedBudget, SharedBudgetError};

mod ledger;
mod purse;
mod share;
mod shared;

/// Whether somebody waits for a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Urgency {
    /// A caller is on the line.
    Live,
    /// The journal keeps it; it can wait.
    Background,
}

/// How much may be asked of a CRM now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Room {
    /// How long until a request may be sent; zero when one may be sent now.
    pub wait: Duration,
    /// How many requests may be sent now.
    pub calls: usize,
    /// How long writes shall gather, so that they share a request, before the next one is sent; zero when
    /// requests are plenty.
    pub gather: Duration,
}

impl Room {
    /// As much as anybody asks for.
    pub const PLENTY: Self = Self { wait: Duration::ZERO, calls: usize::MAX, gather: Duration::ZERO };

    /// The room of two users together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            wait: self.wait.min(other.wait),
            calls: self.calls.saturating_add(other.calls),
            gather: self.gather.min(other.gather),
        }
    }
}

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
