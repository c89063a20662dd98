//! May this failed call be sent again, and when? Pure verdicts; only the loop in `client.rs` sleeps.

mod backoff;
mod breaker;
mod budget;

use std::time::Duration;

use crate::error::{Error, ErrorCode, ErrorKind, Limit, Retry};
use crate::request::Idempotence;

pub use self::backoff::RetryPolicy;
pub(crate) use self::backoff::{half_or_more, retry_after};
pub(crate) use self::breaker::{Breaker, Sign};
pub(crate) use self::budget::Budget;

/// An attempt that ended sooner than this without an answer says nothing about the org.
const SHORT_ATTEMPT: Duration = Duration::from_secs(1);

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// Give the error to the caller.
    Stop,
    /// Drop the rejected token, get another one and send at once.
    Reauthenticate,
    /// Send again after this long.
    Wait(Duration),
}

/// What has happened to the call so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    /// Attempts made, the failed one included.
    pub(crate) attempts: u32,
    /// Whether the one new login a request may cause is used up.
    pub(crate) reauthenticated: bool,
    /// Whether an earlier attempt may have taken effect.
    pub(crate) ambiguous: bool,
    /// Whether the one repeat after a lost upsert race is used up.
    pub(crate) raced: bool,
}

/// The verdict on `error`. `chance` is in 0..1 and spreads the waits.
pub(crate) fn verdict(
    policy: &RetryPolicy,
    idempotence: Idempotence,
    error: &Error,
    progress: Progress,
    chance: f64,
) -> Verdict {
    if progress.attempts >= policy.max_attempts {
        return Verdict::Stop;
    }
    if error.status().is_some() && error.kind() == ErrorKind::Authentication && error.oauth().is_none() {
        let worth_it = error.retry() == Retry::Safe && !progress.reauthenticated;
        return if worth_it { Verdict::Reauthenticate } else { Verdict::Stop };
    }
    // Without a status it was our own gate that refused; its budget is not to be waited for.
    let gated = error.kind() == ErrorKind::Limit && error.status().is_none();
    // These windows are longer than any call may last.
    if gated || matches!(error.limit(), Some(Limit::Daily | Limit::Login)) {
        return Verdict::Stop;
    }
    let lost_race = idempotence == Idempotence::Upsert
        && !progress.raced
        && error.code() == Some(&ErrorCode::DUPLICATE_VALUE);
    let again = match error.retry() {
        Retry::Safe => true,
        Retry::IfIdempotent => idempotence != Idempotence::Creates,
        Retry::Never => lost_race,
    };
    if !again {
        return Verdict::Stop;
    }
    // What is asked for is asked of everybody, and may be nothing: our own delay comes on top.
    let own = policy.delay(progress.attempts, chance);
    Verdict::Wait(error.retry_after().unwrap_or_default().saturating_add(own))
}

/// Whether a repeat after `error` is paid for: one for a locked row is not, because the org is well.
pub(crate) fn is_charged(error: &Error) -> bool {
    let free = [&ErrorCode::UNABLE_TO_LOCK_ROW, &ErrorCode::DUPLICATE_VALUE];
    !error.code().is_some_and(|code| free.contains(&code))
}

/// What the failure of an attempt that took so long says about the org.
pub(crate) fn sign(error: &Error, lasted: Duration) -> Sign {
    match error.kind() {
        ErrorKind::Deadline if error.retry() == Retry::Safe || lasted < SHORT_ATTEMPT => Sign::Nothing,
        // The login service is not the API.
        _ if error.oauth().is_some() => Sign::Nothing,
        _ if error.is_org_down() => Sign::Down,
        // Who answers is up, also when its own code or one record is the trouble.
        _ if error.status().is_some() => Sign::Up,
        ErrorKind::Transport | ErrorKind::Unavailable | ErrorKind::Deadline
            if error.retry() != Retry::Never =>
        {
            Sign::Down
        }
        _ => Sign::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;

    use super::*;
    use crate::error::classify;

    fn answer(status: u16, code: &str, message: &str) -> Error {
        let body = format!(r#"[{{"errorCode":"{code}","message":"{message}"}}]"#);
        classify::answer(StatusCode::from_u16(status).unwrap(), &Bytes::from(body))
    }

    fn first(idempotence: Idempotence, error: &Error) -> Verdict {
        let progress = Progress { attempts: 1, ..Progress::default() };
        verdict(&RetryPolicy::default(), idempotence, error, progress, 0.5)
    }

    #[test]
    fn a_create_is_never_sent_again_after_an_ambiguous_failure() {
        let reset = Error::new(ErrorKind::Transport, "the connection was cut");
        let busy = answer(503, "SERVER_UNAVAILABLE", "");

        for error in [&reset, &busy] {
            assert_eq!(first(Idempotence::Creates, error), Verdict::Stop);
            assert!(matches!(first(Idempotence::Upsert, error), Verdict::Wait(_)));
            assert!(matches!(first(Idempotence::Idempotent, error), Verdict::Wait(_)));
        }
    }

    #[test]
    fn a_create_is_sent_again_where_nothing_was_applied() {
        let unsent = Error::new(ErrorKind::Transport, "no connection").with_retry(Retry::Safe);
        let locked = answer(400, "UNABLE_TO_LOCK_ROW", "");
        let crowded = answer(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.");

        for error in [unsent, locked, crowded] {
            assert!(matches!(first(Idempotence::Creates, &error), Verdict::Wait(_)));
        }
    }

    #[test]
    fn the_daily_limit_and_refusals_stop_at_once() {
        let day = answer(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
        let rule = answer(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "");

        for error in [day, rule] {
            assert_eq!(first(Idempotence::Upsert, &error), Verdict::Stop);
        }
    }

    #[test]
    fn a_request_causes_at_most_one_new_login() {
        let expired = answer(401, "INVALID_SESSION_ID", "Session expired or invalid");
        let again = Progress { attempts: 2, reauthenticated: true, ..Progress::default() };

        assert_eq!(first(Idempotence::Creates, &expired), Verdict::Reauthenticate);
        assert_eq!(
            verdict(&RetryPolicy::default(), Idempotence::Creates, &expired, again, 0.5),
            Verdict::Stop
        );
    }

    #[test]
    fn an_upsert_that_lost_a_race_is_repeated_once() {
        let taken = answer(400, "DUPLICATE_VALUE", "");
        let raced = Progress { attempts: 2, raced: true, ..Progress::default() };

        assert!(matches!(first(Idempotence::Upsert, &taken), Verdict::Wait(_)));
        assert_eq!(first(Idempotence::Idempotent, &taken), Verdict::Stop);
        assert_eq!(verdict(&RetryPolicy::default(), Idempotence::Upsert, &taken, raced, 0.5), Verdict::Stop);
    }

    #[test]
    fn our_own_delay_comes_on_top_of_retry_after_however_short_that_is() {
        let own = RetryPolicy::default().delay(1, 0.5);
        assert!(!own.is_zero());
        for asked in [0, 1, 3].map(Duration::from_secs) {
            let slow = answer(429, "SLOW", "").with_retry_after(Some(asked));
            assert_eq!(first(Idempotence::Creates, &slow), Verdict::Wait(asked + own));
        }
    }

    #[test]
    fn what_is_about_one_request_is_not_held_against_the_org() {
        let signs = [
            (answer(400, "UNABLE_TO_LOCK_ROW", ""), Sign::Up),
            (answer(500, "UNKNOWN_EXCEPTION", ""), Sign::Up),
            (answer(400, "REQUIRED_FIELD_MISSING", ""), Sign::Up),
            (answer(500, "APEX_ERROR", "System.NullPointerException"), Sign::Up),
            (answer(500, "NEVER_HEARD_OF", ""), Sign::Up),
            (answer(503, "NEVER_HEARD_OF", ""), Sign::Down),
            (answer(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), Sign::Up),
            (answer(503, "SERVER_UNAVAILABLE", ""), Sign::Down),
            (answer(502, "", ""), Sign::Down),
            (Error::new(ErrorKind::Transport, "cut"), Sign::Down),
            (Error::new(ErrorKind::Transport, "too large").with_retry(Retry::Never), Sign::Nothing),
            (Error::new(ErrorKind::Deadline, "no answer"), Sign::Down),
            (Error::new(ErrorKind::Deadline, "not sent").with_retry(Retry::Safe), Sign::Nothing),
            (Error::new(ErrorKind::InvalidRequest, "no"), Sign::Nothing),
        ];
        for (error, expected) in signs {
            assert_eq!(sign(&error, SHORT_ATTEMPT), expected, "{error}");
        }
        let hurried = Error::new(ErrorKind::Deadline, "no answer");
        assert_eq!(sign(&hurried, SHORT_ATTEMPT / 2), Sign::Nothing, "a short deadline proves nothing");
    }

    #[test]
    fn attempts_are_bounded() {
        let busy = answer(503, "SERVER_UNAVAILABLE", "");
        let policy = RetryPolicy::default();
        let spent = Progress { attempts: policy.max_attempts, ..Progress::default() };
        assert_eq!(verdict(&policy, Idempotence::Idempotent, &busy, spent, 0.0), Verdict::Stop);
    }
}
