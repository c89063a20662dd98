//! The moment by which a caller must have an answer, passed down as an absolute instant.

use std::time::{Duration, Instant};

/// An absolute moment after which an answer is worthless.
///
/// It is set once, where a request comes in, and every wait below is cut to what is left of it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline `span` from now.
    pub fn after(span: Duration) -> Self {
        // Tokio's clock, so that a test with paused time moves deadlines along.
        Self(tokio::time::Instant::now().into_std() + span)
    }

    /// The present moment, and the deadline `span` from it, by one look at the clock.
    pub fn from_now(span: Duration) -> (Instant, Self) {
        let now = tokio::time::Instant::now().into_std();
        (now, Self(now + span))
    }

    /// The instant itself.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// What is left of the time; zero when it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(tokio::time::Instant::now().into_std())
    }

    /// The earlier of two deadlines.
    #[must_use]
    pub fn sooner(self, other: Self) -> Self {
        self.min(other)
    }

    /// The same deadline, moved `margin` earlier.
    #[must_use]
    pub fn minus(self, margin: Duration) -> Self {
        Self(self.0.checked_sub(margin).unwrap_or(self.0))
    }

    pub(crate) fn tokio(self) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_runs_out_and_stays_run_out() {
        let deadline = Deadline::after(Duration::from_secs(2));
        assert_eq!(deadline.remaining(), Duration::from_secs(2));
        assert!(deadline.minus(Duration::from_secs(1)).remaining() <= Duration::from_secs(1));

        tokio::time::advance(Duration::from_secs(3)).await;

        assert_eq!(deadline.remaining(), Duration::ZERO);
    }
}
