//! How long to wait: exponential with full jitter, or what `Retry-After` asks.

use std::time::Duration;

use http::{HeaderMap, header};
use jiff::Timestamp;

/// No wait is longer than this; a `Retry-After` beyond it is taken for a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How often and how patiently a failed call is sent again, inside its deadline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included.
    pub max_attempts: u32,
    /// The first wait is between zero and this.
    pub base_delay: Duration,
    /// No wait is longer than this, unless the org asks for it.
    pub max_delay: Duration,
    /// How long one attempt may wait for its answer before a repeat is tried instead, where a repeat
    /// does no harm; `None`, the default, gives each attempt all the time of its call.
    pub attempt_timeout: Option<Duration>,
    /// How many repeats all calls of a client may make without success, 50 unless set; each call that
    /// succeeds earns one back. When none is left, a failure is told at once, so that an org that is down
    /// gets no more requests than there are calls. Repeats for a locked row are free.
    pub reserve: u32,
    /// After so many failures in a row that show the org down, 20 unless set, calls are refused unsent
    /// for half a second to four seconds at a time, but for one probe each time, until the org answers
    /// one. `u32::MAX` switches this off.
    pub break_after: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 6,
            base_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(2),
            attempt_timeout: None,
            reserve: 50,
            break_after: 20,
        }
    }
}

impl RetryPolicy {
    /// The wait after attempt number `attempt` (from 1): anywhere below a doubling bound, so that
    /// many callers that failed together do not come back together.
    pub(crate) fn delay(&self, attempt: u32, chance: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(20);
        let bound = self.base_delay.saturating_mul(1 << doublings).min(self.max_delay).min(LONGEST_WAIT);
        bound.mul_f64(chance.clamp(0.0, 1.0))
    }
}

/// Between half of a wait and the whole of it: spread, and never nothing.
pub(crate) fn half_or_more(wait: Duration, chance: f64) -> Duration {
    wait.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
}

/// The wait the answer asks for: seconds or an HTTP date, never negative, never absurd.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    parse(headers.get(header::RETRY_AFTER)?.to_str().ok()?, Timestamp::now())
}

fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    let wait = if let Ok(seconds) = text.trim().parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
        Duration::try_from(date.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms_and_clamped() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();

        assert_eq!(parse("7", now), Some(Duration::from_secs(7)));
        assert_eq!(parse("Fri, 20 Nov 2026 10:00:05 GMT", now), Some(Duration::from_secs(5)));
        assert_eq!(parse("Fri, 20 Nov 2026 09:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse("999999999999", now), Some(LONGEST_WAIT));
        assert_eq!(parse("soon", now), None);
        assert_eq!(parse("-1", now), None);
    }

    proptest! {
        #[test]
        fn a_delay_is_below_its_bound(attempt in 0_u32..1000, chance in 0.0..1.0_f64) {
            let policy = RetryPolicy::default();
            let bound = policy.base_delay.saturating_mul(1 << attempt.saturating_sub(1).min(20));
            prop_assert!(policy.delay(attempt, chance) <= bound.min(policy.max_delay));
        }
    }
}
