//! The budget of API calls: how many may be sent in a span of time, and for what.
//!
//! Calls somebody waits for go first. Work that can wait leaves a reserve, slows down when most of the day's
//! calls are used, and stops before the last of them.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ledger::Ledger;
pub(crate) use ledger::{CallEnd, DayUsage};

mod ledger;

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

/// The budget of one user, as it stands; clones share it.
#[derive(Clone)]
pub(crate) struct Purse(Arc<Mutex<Ledger>>);

impl Purse {
    pub(crate) fn new(budget: Budget) -> Self {
        Self(Arc::new(Mutex::new(Ledger::new(budget.calls, budget.window))))
    }

    /// Lets a call through, or says how long until one may pass.
    pub(crate) fn admit(&self, urgency: Urgency) -> Result<(), Duration> {
        self.ledger().admit(urgency, now())
    }

    /// Notes that a call which was let through has ended.
    pub(crate) fn ended(&self, end: &CallEnd) {
        self.ledger().ended(end, now());
    }

    pub(crate) fn room(&self, urgency: Urgency) -> Room {
        self.ledger().room(urgency, now())
    }

    /// How many calls are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.ledger().under_way()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tokio's clock, so that a test with paused time moves the window along.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl fmt::Debug for Purse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purse").finish_non_exhaustive()
    }
}
