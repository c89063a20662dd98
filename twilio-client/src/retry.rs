//! May the same request be sent again, and when: pure decisions, nothing here sleeps.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;

use crate::error::{ErrorCode, ErrorKind};
use crate::lenient::parse_date;
use crate::transport::Reach;

/// May the same call be sent again?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Retry {
    /// Twilio refused before acting, or nothing was sent; a repeat is safe.
    Safe,
    /// It may have been applied; repeat only an idempotent call.
    IfIdempotent,
    /// A repeat fails the same way.
    Never,
}

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
    /// `unit` is random, from 0 to 1. A pause that Twilio asks for is kept in full, and the jitter comes on
    /// top of it, so that the clients it was asked of do not come back in the same instant.
    pub(crate) fn pause(&self, failed: u32, asked: Option<Duration>, unit: f64) -> Option<Duration> {
        if failed >= self.attempts {
            return None;
        }
        let doublings = failed.saturating_sub(1).min(31);
        let bound = self.base.saturating_mul(1 << doublings).min(self.cap);
        Some(asked.unwrap_or_default().saturating_add(bound.mul_f64(unit.clamp(0.0, 1.0))))
    }
}

/// How an attempt ended without an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loss {
    /// The transport failed.
    Broken(Reach),
    /// No answer came in time.
    TimedOut,
}

/// What a failed attempt means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) kind: ErrorKind,
    pub(crate) retry: Retry,
    /// Whether the client itself may try again.
    pub(crate) again: bool,
}

impl Verdict {
    fn refused(kind: ErrorKind) -> Self {
        Self { kind, retry: Retry::Never, again: false }
    }

    fn untouched(kind: ErrorKind) -> Self {
        Self { kind, retry: Retry::Safe, again: true }
    }

    fn unclear(kind: ErrorKind, repeatable: bool) -> Self {
        let kind = if repeatable { kind } else { ErrorKind::Ambiguous };
        Self { kind, retry: Retry::IfIdempotent, again: repeatable }
    }
}

/// Judges an answer by its status and Twilio's code. A `repeatable` request does no harm when it is applied twice.
///
/// An answer of success has no verdict.
pub(crate) fn judge_answer(status: StatusCode, code: Option<ErrorCode>, repeatable: bool) -> Option<Verdict> {
    Some(match status {
        status if status.is_success() => return None,
        _ if code.is_some_and(ErrorCode::is_verify_limit) => Verdict::refused(ErrorKind::Refused),
        StatusCode::TOO_MANY_REQUESTS => Verdict::untouched(ErrorKind::RateLimited),
        StatusCode::UNAUTHORIZED => Verdict::refused(ErrorKind::Authentication),
        StatusCode::FORBIDDEN => Verdict::refused(ErrorKind::Forbidden),
        StatusCode::NOT_FOUND => Verdict::refused(ErrorKind::NotFound),
        StatusCode::REQUEST_TIMEOUT => Verdict::unclear(ErrorKind::Unavailable, repeatable),
        status if status.is_server_error() => Verdict::unclear(ErrorKind::Unavailable, repeatable),
        status if status.is_client_error() => Verdict::refused(ErrorKind::Refused),
        _ => Verdict::refused(ErrorKind::Unexpected),
    })
}

/// Judges an attempt that brought no answer.
pub(crate) fn judge_loss(loss: Loss, repeatable: bool) -> Verdict {
    match loss {
        Loss::Broken(Reach::NotSent) => Verdict::untouched(ErrorKind::Network),
        Loss::Broken(Reach::MayHaveArrived) => Verdict::unclear(ErrorKind::Network, repeatable),
        Loss::TimedOut => Verdict::unclear(ErrorKind::Timeout, repeatable),
    }
}

/// The pause asked for by `Retry-After`, as seconds or as a date.
///
/// A date is measured from the answer's own `Date`, so that our clock need not agree with Twilio's.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = headers.get(header::DATE).and_then(|value| value.to_str().ok()).and_then(parse_date);
    let pause = parse_date(text)?.duration_since(date.unwrap_or(now));
    Some(pause.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, repeatable: bool) -> Option<Verdict> {
        judge_answer(StatusCode::from_u16(status).unwrap(), None, repeatable)
    }

    #[test]
    fn a_call_that_may_exist_is_never_placed_again() {
        let unclear = |repeatable| {
            let losses = [Loss::Broken(Reach::MayHaveArrived), Loss::TimedOut];
            let answers = [408, 500, 502, 503, 504].map(|status| answer(status, repeatable).unwrap());
            losses.map(|loss| judge_loss(loss, repeatable)).into_iter().chain(answers)
        };

        for verdict in unclear(false) {
            let expected = Verdict { kind: ErrorKind::Ambiguous, retry: Retry::IfIdempotent, again: false };
            assert_eq!(verdict, expected);
        }
        for verdict in unclear(true) {
            assert!(verdict.again && verdict.kind != ErrorKind::Ambiguous, "{verdict:?}");
        }
    }

    #[test]
    fn what_twilio_did_not_act_on_is_repeated_whatever_it_is() {
        for repeatable in [true, false] {
            let unsent = judge_loss(Loss::Broken(Reach::NotSent), repeatable);

            for verdict in [answer(429, repeatable).unwrap(), unsent] {
                assert_eq!((verdict.retry, verdict.again), (Retry::Safe, true));
            }
        }
    }

    #[test]
    fn a_refusal_is_not_repeated() {
        for status in [302, 400, 401, 403, 404, 409, 422] {
            let verdict = answer(status, true).unwrap();

            assert_eq!((verdict.retry, verdict.again), (Retry::Never, false), "{status}");
        }
        assert_eq!(answer(201, false), None);
    }

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

    #[test]
    fn attempts_are_counted_with_the_first() {
        let policy = RetryPolicy { attempts: 2, ..RetryPolicy::default() };

        assert!(policy.pause(1, None, 1.0).is_some());
        assert!(policy.pause(2, None, 1.0).is_none());
    }

    proptest! {
        #[test]
        fn a_pause_is_within_its_bounds(failed in 1_u32..100, asked in 0_u64..100, unit in 0.0..=1.0) {
            let policy = RetryPolicy { attempts: 1000, ..RetryPolicy::default() };
            let asked = Duration::from_secs(asked);
            let pause = policy.pause(failed, Some(asked), unit).unwrap();

            prop_assert!(pause >= asked && pause <= asked + policy.cap);
        }
    }
}
