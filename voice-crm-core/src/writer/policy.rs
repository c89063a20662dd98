//! What becomes of a write after a try: a pure decision.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    crm::{CrmError, CrmErrorKind, Receipt},
    journal::{Reason, Settlement},
};

/// How often a write is tried at least before it counts as too old.
const LEAST_ATTEMPTS: u32 = 10;

/// No pause is longer, since a journal takes what is due an hour from now for noted before its clock was set back, and
/// has it tried at once.
const UTMOST_PAUSE: Duration = Duration::from_secs(3_000);

/// How patiently writes are brought into the CRM.
#[derive(Clone, Debug)]
pub struct WriterPolicy {
    /// How long a caller waits for the CRM before being told that it is being saved. 2 s.
    pub live_patience: Duration,
    /// How long a batch of writes may take in the background. 15 s: an org counts requests from 20 s on as
    /// long-running, and takes few of those.
    pub batch_patience: Duration,
    /// How much longer than a try its lease lasts. 10 s: with a batch's own time, and that of the next look, what a dead
    /// replica held is taken up within 30 s.
    pub lease_margin: Duration,
    /// How many writes callers wait for may go together when requests are scarce. 200: what one request holds.
    pub live_batch: usize,
    /// How many requests for waiting callers are under way at once; what comes meanwhile shares the next. 16, the second
    /// half of them for several writes each.
    pub live_requests: usize,
    /// How many writes are taken from the journal at a time when there is a backlog and all is well. 200: what one
    /// request holds.
    pub batch: usize,
    /// How many batches are under way at once, so that one that stalls holds up few writes. 6.
    pub batches: usize,
    /// How long the background waits for more writes to share a request. 250 ms.
    pub linger: Duration,
    /// The pause before the first repeat, which doubles with each. 1 s.
    pub first_pause: Duration,
    /// The longest pause between repeats, 50 min at most. 5 min.
    pub longest_pause: Duration,
    /// How old a write may grow before it is given up. 72 h.
    pub age_limit: Duration,
    /// How long a write that is done is remembered, so that a late repeat finds it. 14 days.
    pub memory: Duration,
}

impl Default for WriterPolicy {
    fn default() -> Self {
        Self {
            live_patience: Duration::from_secs(2),
            batch_patience: Duration::from_secs(15),
            lease_margin: Duration::from_secs(10),
            live_batch: 200,
            live_requests: 16,
            batch: 200,
            batches: 6,
            linger: Duration::from_millis(250),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(300),
            age_limit: Duration::from_secs(72 * 3600),
            memory: Duration::from_secs(14 * 24 * 3600),
        }
    }
}

impl WriterPolicy {
    /// What becomes of a write that was tried; `counted` says by how many attempts its pause is reckoned, and `random`
    /// lies in `0.0..1.0`.
    pub(super) fn verdict(
        &self,
        result: Result<Receipt, CrmError>,
        (earlier_attempts, accepted_at): (u32, Timestamp),
        counted: u32,
        now: Timestamp,
        random: f64,
    ) -> Settlement {
        let error = match result {
            Ok(receipt) => return Settlement::Done(receipt),
            Err(error) => error,
        };
        let code = error.code().unwrap_or("no_code").to_owned();
        if error.kind() == CrmErrorKind::Refused {
            return Settlement::Dead(Reason { code, sentence: error.to_string() });
        }
        // A clock that was set back makes nothing old, and neither does a night switched off.
        let age = Duration::try_from(now.duration_since(accepted_at)).unwrap_or_default();
        if age > self.age_limit && earlier_attempts >= LEAST_ATTEMPTS {
            return Settlement::Dead(Reason { code: "too_old".to_owned(), sentence: error.to_string() });
        }
        let pause = self.pause(counted, random).max(self.asked_pause(&error)).min(UTMOST_PAUSE);
        let at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        Settlement::Retry { at, may_exist: error.may_have_applied() }
    }

    /// Full jitter over a pause that doubles, so that writes that failed together do not come back together.
    fn pause(&self, earlier_attempts: u32, random: f64) -> Duration {
        let doubled = self.first_pause.saturating_mul(1 << earlier_attempts.min(16)).min(self.longest_pause);
        doubled.mul_f64(random.clamp(0.05, 1.0))
    }

    /// The pause that the CRM asked for, as far as it is reasonable.
    fn asked_pause(&self, error: &CrmError) -> Duration {
        error.retry_after().unwrap_or_default().min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: u64) -> Timestamp {
        START.checked_add(Duration::from_secs(seconds)).unwrap()
    }

    fn verdict(error: CrmError, attempts: u32, now: Timestamp) -> Settlement {
        WriterPolicy::default().verdict(Err(error), (attempts, START), attempts, now, 1.0)
    }

    #[test]
    fn a_refusal_is_dead_at_once_with_the_code_of_the_crm() {
        let error = CrmError::new(CrmErrorKind::Refused, "a rule of the org refuses this").with_code("RULE");
        let Settlement::Dead(reason) = verdict(error, 0, START) else { panic!("not dead") };
        assert_eq!(reason.code, "RULE");
    }

    #[test]
    fn an_outage_is_retried_with_pauses_that_double_up_to_a_limit() {
        for (attempts, seconds) in [(0, 1), (1, 2), (4, 16), (9, 300), (60, 300)] {
            let error = CrmError::new(CrmErrorKind::Unavailable, "down");
            let Settlement::Retry { at, may_exist } = verdict(error, attempts, START) else {
                panic!("no retry")
            };
            assert_eq!(at, after(seconds), "attempt {attempts}");
            assert!(!may_exist);
        }
    }

    #[test]
    fn a_pause_that_the_crm_asks_for_is_kept_but_not_without_limit() {
        for (asked, seconds) in [(40, 40), (86_400, 300)] {
            let error = CrmError::new(CrmErrorKind::Throttled, "pause")
                .with_retry_after(Some(Duration::from_secs(asked)));
            let Settlement::Retry { at, .. } = verdict(error, 0, START) else { panic!("no retry") };
            assert_eq!(at, after(seconds));
        }
    }

    #[test]
    fn no_policy_puts_a_write_so_far_off_that_a_journal_takes_it_for_due() {
        let policy = WriterPolicy { longest_pause: Duration::from_secs(7_200), ..WriterPolicy::default() };
        let error = CrmError::new(CrmErrorKind::Unavailable, "down");
        let settled = policy.verdict(Err(error), (60, START), 60, START, 1.0);
        let Settlement::Retry { at, .. } = settled else { panic!("no retry") };
        assert_eq!(at, after(3_000));
    }

    #[test]
    fn an_unknown_end_is_remembered_so_that_the_crm_is_asked_first() {
        let error = CrmError::new(CrmErrorKind::Late, "late").that_may_have_applied(true);
        assert!(matches!(verdict(error, 0, START), Settlement::Retry { may_exist: true, .. }));
    }

    #[test]
    fn neither_a_clock_set_back_nor_a_long_stop_makes_a_write_too_old() {
        let down = || CrmError::new(CrmErrorKind::Unavailable, "down");
        let policy = WriterPolicy::default();
        let set_back = policy.verdict(Err(down()), (20, after(400 * 3600)), 20, START, 1.0);
        assert!(matches!(set_back, Settlement::Retry { .. }));
        assert!(matches!(verdict(down(), 1, after(400 * 3600)), Settlement::Retry { .. }));
    }

    #[test]
    fn a_write_that_grew_too_old_is_given_up() {
        let error = CrmError::new(CrmErrorKind::Unavailable, "down");
        let Settlement::Dead(reason) = verdict(error, 10, after(72 * 3600 + 1)) else { panic!("not dead") };
        assert_eq!(reason.code, "too_old");
    }
}
