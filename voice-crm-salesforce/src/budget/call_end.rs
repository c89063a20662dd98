//! What is known of an API call when it ends.

use std::time::Duration;

use salesforce_client::Limit;

/// The calls of the day, as the org tells them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct DayUsage {
    pub(crate) used: u64,
    pub(crate) allowed: u64,
}

impl DayUsage {
    pub(super) fn reaches(self, hundredths: u64) -> bool {
        self.allowed > 0 && self.used.saturating_mul(100) >= self.allowed.saturating_mul(hundredths)
    }
}

/// What is known of an API call when it ends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallEnd {
    /// Whether an answer came.
    pub(crate) answered: bool,
    /// The limit that is reached, if that was the answer.
    pub(crate) limit: Option<Limit>,
    /// The pause that the org asks for.
    pub(crate) retry_after: Option<Duration>,
    /// The calls of the day.
    pub(crate) usage: Option<DayUsage>,
}
