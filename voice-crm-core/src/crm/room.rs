//! How much may be asked of a CRM now, and by whom.

use std::time::Duration;

/// Whether somebody waits for a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "a CRM of one's own decides between the two")]
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

    /// The room of one who says how long it takes, how much may be sent then, and how long writes shall gather.
    pub const fn new(wait: Duration, calls: usize, gather: Duration) -> Self {
        Self { wait, calls, gather }
    }

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
