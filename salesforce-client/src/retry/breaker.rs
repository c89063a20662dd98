//! When the org has been down for a while, most calls are told so at once and not sent.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::half_or_more;

/// How long nothing is sent at first, and at most; it doubles in between.
const FIRST_REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(4);

/// What an attempt says about the org.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sign {
    /// It answers.
    Up,
    /// It does not answer, or says that it cannot.
    Down,
    /// Nothing: the attempt did not get that far.
    Nothing,
}

/// Counts signs. After enough bad ones in a row it rests: one attempt per rest goes through as a
/// probe, until one is answered. The cap on concurrent requests keeps the return gentle.
#[derive(Debug)]
pub(crate) struct Breaker {
    break_after: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How many rests there were. An attempt of an earlier period says nothing bad about this one.
    period: u64,
    failures: u32,
    rest: Option<Rest>,
}

#[derive(Clone, Copy, Debug)]
struct Rest {
    until: Instant,
    length: Duration,
}

/// When an attempt was admitted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Admitted {
    period: u64,
}

impl Breaker {
    /// Rests after so many failures in a row; never for `u32::MAX`.
    pub(crate) fn new(break_after: u32) -> Self {
        Self { break_after, state: Mutex::new(State { period: 0, failures: 0, rest: None }) }
    }

    /// Whether an attempt may be sent now; if not, how long until one may.
    pub(crate) fn admit(&self, now: Instant) -> Result<Admitted, Duration> {
        let mut state = self.state();
        if let Some(rest) = &mut state.rest {
            if now < rest.until {
                return Err(rest.until - now);
            }
            // The probe may never come back, so the next one does not wait for it.
            rest.until = now + rest.length;
        }
        Ok(Admitted { period: state.period })
    }

    /// Takes note of how an attempt ended; gives the rest that begins with it. `chance` is in 0..1 and
    /// spreads the ends of rests: many clients have lost the same org.
    pub(crate) fn note(&self, admitted: Admitted, now: Instant, sign: Sign, chance: f64) -> Option<Duration> {
        let mut state = self.state();
        match sign {
            Sign::Nothing => return None,
            Sign::Up => {
                state.failures = 0;
                state.rest = None;
                return None;
            }
            Sign::Down if admitted.period < state.period => return None,
            Sign::Down => state.failures = state.failures.saturating_add(1),
        }
        if state.failures < self.break_after || self.break_after == u32::MAX {
            return None;
        }
        let length = state.rest.map_or(FIRST_REST, |rest| (rest.length * 2).min(LONGEST_REST));
        let rest = half_or_more(length, chance);
        state.rest = Some(Rest { until: now + rest, length });
        state.period += 1;
        Some(rest)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A breaker that rests after three failures, resting since `now`.
    fn resting(now: Instant) -> Breaker {
        let breaker = Breaker::new(3);
        let admitted: Vec<Admitted> = (0..3).map(|_| breaker.admit(now).unwrap()).collect();
        let rests = admitted.into_iter().map(|admitted| breaker.note(admitted, now, Sign::Down, 1.0));
        assert_eq!(rests.collect::<Vec<_>>(), [None, None, Some(FIRST_REST)]);
        breaker
    }

    #[test]
    fn it_rests_after_failures_in_a_row_and_tells_for_how_long() {
        let now = Instant::now();
        let breaker = resting(now);
        assert_eq!(breaker.admit(now), Err(FIRST_REST));
        assert!(breaker.admit(now + FIRST_REST.mul_f64(0.9)).is_err());
    }

    #[test]
    fn a_single_answer_in_between_begins_the_count_anew() {
        let now = Instant::now();
        let breaker = Breaker::new(3);
        for sign in [Sign::Down, Sign::Down, Sign::Up, Sign::Nothing, Sign::Down, Sign::Down] {
            let admitted = breaker.admit(now).unwrap();
            assert_eq!(breaker.note(admitted, now, sign, 1.0), None);
        }
    }

    #[test]
    fn one_probe_goes_through_per_rest_and_rests_grow_to_their_bound() {
        let mut now = Instant::now();
        let breaker = resting(now);
        for length in [1, 2, 4, 8, 8, 8].map(|halves| FIRST_REST * halves) {
            now += length;
            let probe = breaker.admit(now).unwrap();
            assert!(breaker.admit(now).is_err(), "one probe is enough");
            let next = breaker.note(probe, now, Sign::Down, 1.0);
            assert_eq!(next, Some((length * 2).min(LONGEST_REST)));
        }
    }

    #[test]
    fn an_answered_probe_ends_the_rest() {
        let now = Instant::now();
        let breaker = resting(now);
        let probe = breaker.admit(now + FIRST_REST).unwrap();
        breaker.note(probe, now + FIRST_REST, Sign::Up, 1.0);
        assert!((0..100).all(|_| breaker.admit(now + FIRST_REST).is_ok()));
    }

    #[test]
    fn a_probe_that_is_given_up_does_not_keep_the_next_one_from_being_sent() {
        let now = Instant::now();
        let breaker = resting(now);
        assert!(breaker.admit(now + FIRST_REST).is_ok());
        assert!(breaker.admit(now + FIRST_REST * 2).is_ok());
    }

    #[test]
    fn attempts_that_were_under_way_when_the_rest_began_do_not_lengthen_it() {
        let now = Instant::now();
        let breaker = Breaker::new(1);
        let admitted: Vec<Admitted> = (0..20).map(|_| breaker.admit(now).unwrap()).collect();
        let rests = admitted.into_iter().filter_map(|admitted| breaker.note(admitted, now, Sign::Down, 1.0));
        assert_eq!(rests.collect::<Vec<_>>(), [FIRST_REST]);
    }

    #[test]
    fn clients_that_lost_an_org_together_do_not_probe_it_together() {
        let rest = |chance| {
            let breaker = Breaker::new(1);
            let now = Instant::now();
            breaker.note(breaker.admit(now).unwrap(), now, Sign::Down, chance).unwrap()
        };
        assert_eq!((rest(0.0), rest(1.0)), (FIRST_REST / 2, FIRST_REST));
        assert!(rest(0.2) < rest(0.7));
    }

    #[test]
    fn it_can_be_switched_off() {
        let now = Instant::now();
        let breaker = Breaker::new(u32::MAX);
        for _ in 0..10_000 {
            let admitted = breaker.admit(now).unwrap();
            breaker.note(admitted, now, Sign::Down, 1.0);
        }
    }

    proptest! {
        #[test]
        fn however_calls_end_one_is_sent_at_least_every_longest_rest(
            ends in prop::collection::vec((0_u64..3000, 0_u8..4), 1..200),
        ) {
            let breaker = Breaker::new(3);
            let mut now = Instant::now();
            let mut sent = now;
            for (pause, end) in ends {
                now += Duration::from_millis(pause);
                match breaker.admit(now) {
                    Err(wait) => {
                        prop_assert!(wait <= LONGEST_REST);
                        prop_assert!(now < sent + LONGEST_REST);
                    }
                    Ok(admitted) => {
                        sent = now;
                        // The fourth end is an attempt that is given up.
                        if let Some(sign) = [Sign::Up, Sign::Down, Sign::Nothing].get(usize::from(end)) {
                            breaker.note(admitted, now, *sign, 1.0);
                        }
                    }
                }
            }
        }
    }
}
