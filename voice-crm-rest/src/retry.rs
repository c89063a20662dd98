//! When to send a request again: pure decisions, nothing here sleeps.

use std::time::Duration;

use http::{HeaderMap, header};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

/// How often and how patiently a client repeats a request that may be repeated.
///
/// The pauses have full jitter: each is drawn between zero and a bound that doubles from `base` up to `cap`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first one included; 1 never repeats.
    pub attempts: u32,
    /// The bound of the first pause.
    pub base: Duration,
    /// The bound of any pause.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    /// Four attempts, pauses up to 200 ms, 400 ms and 800 ms.
    fn default() -> Self {
        Self { attempts: 4, base: Duration::from_millis(200), cap: Duration::from_secs(3) }
    }
}

impl RetryPolicy {
    /// The pause after the given number of failed attempts, or none when they are used up.
    ///
    /// `unit` is random, from 0 to 1. A pause that the service asks for is kept in full, and the jitter comes on top of it,
    /// so that those it was asked of do not come back in the same instant.
    pub(crate) fn pause(&self, failed: u32, asked: Option<Duration>, unit: f64) -> Option<Duration> {
        if failed >= self.attempts {
            return None;
        }
        let doublings = failed.saturating_sub(1).min(31);
        let bound = self.base.saturating_mul(1 << doublings).min(self.cap);
        Some(asked.unwrap_or_default().saturating_add(bound.mul_f64(unit.clamp(0.0, 1.0))))
    }
}

/// The pause asked for by `Retry-After`, as seconds or as a date.
///
/// A date is measured from the answer's own `Date`, so that our clock need not agree with the service's.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text: &str| PARSER.parse_timestamp(text).ok();
    let asked = text(header::RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let from = text(header::DATE).and_then(date).unwrap_or(now);
    Some(date(asked)?.duration_since(from).try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        let read = |pairs: &[(http::HeaderName, &str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
            retry_after(&headers, now)
        };
        let date = "Fri, 20 Nov 2026 10:00:07 GMT";

        assert_eq!(read(&[(header::RETRY_AFTER, "3")]), Some(Duration::from_secs(3)));
        assert_eq!(read(&[(header::RETRY_AFTER, date)]), Some(Duration::from_secs(7)));
        let skewed = [(header::RETRY_AFTER, date), (header::DATE, "Fri, 20 Nov 2026 10:00:05 GMT")];
        assert_eq!(read(&skewed), Some(Duration::from_secs(2)));
        let past = [(header::RETRY_AFTER, date), (header::DATE, "Fri, 20 Nov 2026 11:00:00 GMT")];
        assert_eq!(read(&past), Some(Duration::ZERO));
        assert_eq!(read(&[(header::RETRY_AFTER, "soon")]), None);
    }

    proptest! {
        #[test]
        fn a_pause_is_never_less_than_the_own_jittered_one(
            failed in 1_u32..100, asked in 0_u64..100, unit in 0.0..=1.0
        ) {
            let policy = RetryPolicy { attempts: 1000, ..RetryPolicy::default() };
            let own = policy.pause(failed, None, unit).unwrap();
            let asked = Duration::from_secs(asked);
            let pause = policy.pause(failed, Some(asked), unit).unwrap();

            prop_assert!(pause >= own && pause >= asked && pause <= asked + policy.cap);
            let spent = RetryPolicy { attempts: failed, ..policy };
            prop_assert!(spent.pause(failed, None, unit).is_none());
        }
    }
}
