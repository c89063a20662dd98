//! How patiently jobs are brought to a sink, and what becomes of a job after an attempt: a pure decision.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    Reason, SinkError, SinkErrorKind,
    journal::{FAILING_AFTER, Outcome},
};

/// How often a job is tried at least before it counts as too old.
const LEAST_ATTEMPTS: u32 = 10;

/// No pause is longer, since a journal takes what is due an hour from now for noted before its clock was set back, and
/// has it tried at once.
const UTMOST_PAUSE: Duration = Duration::from_secs(3_000);

/// The longest pause of a job that failed through no fault of its own: the sink may be back at any moment, and its own
/// pace keeps it from being asked too often.
const SINK_PAUSE: Duration = Duration::from_secs(5);

/// How patiently jobs are brought to one sink.
#[derive(Clone, Debug)]
pub struct SinkPolicy {
    /// How long a person waits for the sink before hearing that the job is pending. 2 s.
    pub live_timeout: Duration,
    /// How long a batch of jobs may take in the background. 15 s.
    pub batch_timeout: Duration,
    /// How much longer than an attempt its lease lasts. 10 s: with a batch's own time, and that of the next look, what a
    /// dead replica held is taken up within 30 s.
    pub lease_margin: Duration,
    /// How many jobs that people wait for may share a request. 200.
    pub live_batch: usize,
    /// How many requests for waiting people are under way at once; what comes meanwhile shares the next. 64.
    pub live_requests: usize,
    /// How many jobs are claimed at a time in the background when there is a backlog and the sink is healthy. 200.
    pub batch: usize,
    /// How many batches are under way at once, so that one that stalls holds up few jobs. 6. One more is for jobs that
    /// keep failing.
    pub batches: usize,
    /// How long the background waits for more jobs to share a request. 250 ms.
    pub linger: Duration,
    /// The pause before the first repeat, which doubles with each. 1 s.
    pub backoff_base: Duration,
    /// The longest pause between repeats, 50 min at most. 5 min. A job that is not at fault itself, because the sink is
    /// away or slow, pauses for 5 s at most.
    pub backoff_cap: Duration,
    /// The age from which a job that failed ten times is dead. 72 h.
    pub give_up_after: Duration,
    /// Whether a stop waits for batches that are under way. Without it they are dropped, and their jobs come back at the
    /// next start as jobs that may have been applied. True.
    pub finish_on_stop: bool,
}

impl Default for SinkPolicy {
    fn default() -> Self {
        Self {
            live_timeout: Duration::from_secs(2),
            batch_timeout: Duration::from_secs(15),
            lease_margin: Duration::from_secs(10),
            live_batch: 200,
            live_requests: 64,
            batch: 200,
            batches: 6,
            linger: Duration::from_millis(250),
            backoff_base: Duration::from_secs(1),
            backoff_cap: Duration::from_secs(300),
            give_up_after: Duration::from_secs(72 * 3600),
            finish_on_stop: true,
        }
    }
}

/// What is known of a job whose attempt failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed {
    /// How often it failed before.
    pub(super) attempts: u32,
    pub(super) enqueued_at: Timestamp,
    /// By how many attempts its pause is reckoned.
    pub(super) counted: u32,
    /// Whether the sink is down, which is no fault of the job.
    pub(super) outage: bool,
}

impl SinkPolicy {
    /// How long a job is leased that somebody waits for: for its own time, for that of the latest who shares its request,
    /// and the margin.
    pub(super) fn live_lease(&self) -> Duration {
        self.live_timeout * 2 + self.lease_margin
    }

    /// What becomes of a job whose attempt failed; `random` lies in `0.0..1.0`.
    pub(super) fn failed(&self, error: &SinkError, failed: Failed, now: Timestamp, random: f64) -> Outcome {
        let code = error.code().unwrap_or("no_code").to_owned();
        if error.kind() == SinkErrorKind::Refused {
            return Outcome::Dead(Reason::new(code, error.to_string()));
        }
        // A clock that was set back makes nothing old, and neither does a night switched off.
        let age = Duration::try_from(now.duration_since(failed.enqueued_at)).unwrap_or_default();
        if age > self.give_up_after && failed.attempts + 1 >= LEAST_ATTEMPTS {
            return Outcome::Dead(Reason::new("too_old", error.to_string()));
        }
        let longest = if error.kind().is_of_the_job() { UTMOST_PAUSE } else { SINK_PAUSE };
        let backoff = self.backoff(failed.counted, random).min(longest);
        let pause = backoff.max(self.asked_pause(error)).min(UTMOST_PAUSE);
        let at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        let may_have_applied = error.may_have_applied();
        // In an outage a job counts its attempts until it is tried apart from the others: it may be the one that has the
        // sink look down to all that share a request with it. A job whose turn has not come has not failed.
        let is_known = failed.outage && failed.attempts >= FAILING_AFTER;
        if is_known || matches!(error.kind(), SinkErrorKind::InProgress | SinkErrorKind::Throttled) {
            Outcome::Snooze { at, may_have_applied }
        } else {
            Outcome::Retry { at, may_have_applied }
        }
    }

    /// A pause that doubles, with full jitter. Jobs that failed together get the same draw.
    fn backoff(&self, attempts: u32, random: f64) -> Duration {
        let doubled = self.backoff_base.saturating_mul(1 << attempts.min(16)).min(self.backoff_cap);
        doubled.mul_f64(random.clamp(0.05, 1.0))
    }

    /// The pause that the sink asked for, as far as it is reasonable.
    fn asked_pause(&self, error: &SinkError) -> Duration {
        error.retry_after().unwrap_or_default().min(self.backoff_cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: u64) -> Timestamp {
        START.checked_add(Duration::from_secs(seconds)).unwrap()
    }

    fn failed(error: &SinkError, attempts: u32, now: Timestamp) -> Outcome {
        let failed = Failed { attempts, enqueued_at: START, counted: attempts, outage: false };
        SinkPolicy::default().failed(error, failed, now, 1.0)
    }

    fn down() -> SinkError {
        SinkError::new(SinkErrorKind::Unavailable, "down")
    }

    #[test]
    fn a_refusal_is_dead_at_once_with_the_code_of_the_sink() {
        let error = SinkError::new(SinkErrorKind::Refused, "a rule refuses this").with_code("RULE");
        let Outcome::Dead(reason) = failed(&error, 0, START) else { panic!("not dead") };
        assert_eq!(reason.code, "RULE");
    }

    #[test]
    fn a_failure_is_retried_with_pauses_that_double_up_to_a_cap() {
        let locked = SinkError::new(SinkErrorKind::Transient, "locked");
        for (error, attempts, seconds) in [
            (&locked, 0, 1),
            (&locked, 1, 2),
            (&locked, 4, 16),
            (&locked, 9, 300),
            (&locked, 60, 300),
            (&down(), 2, 4),
            (&down(), 9, 5),
        ] {
            let Outcome::Retry { at, may_have_applied } = failed(error, attempts, START) else {
                panic!("no retry")
            };
            assert_eq!(at, after(seconds), "attempt {attempts}");
            assert!(!may_have_applied);
        }
    }

    #[test]
    fn an_outage_counts_until_a_job_is_tried_apart_and_neither_a_limit_nor_work_in_progress_does() {
        for (attempts, counts) in [(0, true), (2, true), (3, false), (9, false)] {
            let by_outage = Failed { attempts, enqueued_at: START, counted: 0, outage: true };
            let outcome = SinkPolicy::default().failed(&down(), by_outage, START, 1.0);
            assert_eq!(matches!(outcome, Outcome::Retry { .. }), counts, "attempt {attempts}: {outcome:?}");
        }
        for kind in [SinkErrorKind::InProgress, SinkErrorKind::Throttled] {
            let no_attempt = failed(&SinkError::new(kind, "not now"), 0, START);
            assert!(matches!(no_attempt, Outcome::Snooze { .. }), "{kind:?}");
        }
    }

    #[test]
    fn a_pause_that_the_sink_asks_for_is_kept_but_not_without_limit() {
        for (asked, seconds) in [(40, 40), (86_400, 300)] {
            let error = SinkError::new(SinkErrorKind::Throttled, "pause")
                .with_retry_after(Some(Duration::from_secs(asked)));
            let Outcome::Snooze { at, .. } = failed(&error, 0, START) else { panic!("no snooze") };
            assert_eq!(at, after(seconds));
        }
    }

    #[test]
    fn no_policy_puts_a_job_so_far_off_that_a_journal_takes_it_for_due() {
        let policy = SinkPolicy { backoff_cap: Duration::from_secs(7_200), ..SinkPolicy::default() };
        let failed = Failed { attempts: 60, enqueued_at: START, counted: 60, outage: false };
        let locked = SinkError::new(SinkErrorKind::Transient, "locked");
        let Outcome::Retry { at, .. } = policy.failed(&locked, failed, START, 1.0) else {
            panic!("no retry")
        };
        assert_eq!(at, after(3_000));
    }

    #[test]
    fn an_unknown_end_is_remembered_so_that_the_sink_looks_first() {
        let error = SinkError::new(SinkErrorKind::Late, "late").that_may_have_applied(true);
        assert!(matches!(failed(&error, 0, START), Outcome::Retry { may_have_applied: true, .. }));
    }

    #[test]
    fn neither_a_clock_set_back_nor_a_long_stop_makes_a_job_too_old() {
        let long_ago = Failed { attempts: 20, enqueued_at: after(400 * 3600), counted: 20, outage: false };
        let set_back = SinkPolicy::default().failed(&down(), long_ago, START, 1.0);
        assert!(matches!(set_back, Outcome::Retry { .. }));
        assert!(matches!(failed(&down(), 1, after(400 * 3600)), Outcome::Retry { .. }));
    }

    #[test]
    fn a_job_that_grew_too_old_is_given_up() {
        let old = after(72 * 3600 + 1);
        let Outcome::Dead(reason) = failed(&down(), 9, old) else { panic!("not dead") };
        assert_eq!(reason.code, "too_old");
        assert!(matches!(failed(&down(), 8, old), Outcome::Retry { .. }), "nine attempts are too few");
    }
}
