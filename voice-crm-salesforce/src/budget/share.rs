//! One replica's share of a budget that several spend from: pure, on instants that it is given.
//!
//! A share grows only by the word of all, and shrinks only by the replica's own hand, once no call of its own takes
//! the place any more. So the shares never add up to more than the budget, whatever is lost on the way.

use std::time::{Duration, Instant};

use voice_crm_core::outbox::budget_share::{ShareGrant, ShareRequest};

/// Into how many parts a window is cut: so often it is agreed anew.
const PARTS: u32 = 40;
/// However short the window, not more often than this.
const OFTEN: Duration = Duration::from_millis(50);
/// However long it is, not more rarely.
const RARELY: Duration = Duration::from_millis(500);

/// A share as it stands.
#[derive(Debug)]
pub(super) struct Share {
    calls: usize,
    window: Duration,
    held: usize,
    replicas: usize,
    good_until: Option<Instant>,
}

impl Share {
    /// The share of one who has not asked yet: nothing.
    pub(super) fn new(calls: usize, window: Duration) -> Self {
        Self { calls, window, held: 0, replicas: 1, good_until: None }
    }

    /// How often the shares are agreed anew.
    pub(super) fn interval(&self) -> Duration {
        (self.window / PARTS).clamp(OFTEN, RARELY)
    }

    /// What is to be said to the others.
    pub(super) fn request<'a>(
        &mut self,
        budget: &'a str,
        replica: [u8; 16],
        in_use: usize,
        now: Instant,
    ) -> ShareRequest<'a> {
        let (calls, window, lease) = (self.calls, self.window, self.lease());
        ShareRequest {
            budget,
            replica,
            calls,
            window,
            // What is in use is held, though no more of it may be taken.
            held: self.limit(now).max(in_use),
            wanted: self.wanted(in_use),
            lease,
        }
    }

    /// For how long a word is good.
    fn lease(&self) -> Duration {
        (self.window / 2).max(self.interval() * 10)
    }

    /// How many calls may take a place now. When nothing was heard for too long, the even part of it: were the others
    /// still heard of, the rest would soon be theirs.
    pub(super) fn limit(&mut self, now: Instant) -> usize {
        if self.good_until.is_some_and(|until| until <= now) {
            self.held = self.held.min(self.calls / self.replicas.max(1));
        }
        self.held
    }

    /// How many this replica has use for: twice what it uses, and half of its even part in any case.
    fn wanted(&self, in_use: usize) -> usize {
        let least = (self.calls / self.replicas.max(1)).div_ceil(2);
        in_use.saturating_mul(2).clamp(least, self.calls)
    }

    /// What all agreed on, with what is in use by now.
    pub(super) fn agreed(&mut self, granted: ShareGrant, in_use: usize, good_until: Instant) {
        let ShareGrant { granted, fair, replicas } = granted;
        self.held = granted.min(fair.max(in_use));
        self.replicas = replicas;
        self.good_until = Some(good_until);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(20);

    fn grant(granted: usize, fair: usize, replicas: usize) -> ShareGrant {
        ShareGrant { granted, fair, replicas }
    }

    #[test]
    fn what_others_lack_is_let_go_only_when_it_is_out_of_the_window() {
        let (mut share, now) = (Share::new(100, WINDOW), Instant::now());
        assert_eq!(share.limit(now), 0, "nothing was granted yet");
        share.agreed(grant(90, 90, 1), 0, now + WINDOW);
        share.agreed(grant(90, 50, 2), 80, now + WINDOW);
        assert_eq!(share.limit(now), 80);
        share.agreed(grant(80, 50, 2), 30, now + WINDOW);
        assert_eq!(share.limit(now), 50);
    }

    #[test]
    fn without_a_word_a_replica_goes_on_with_its_even_part() {
        let (mut share, now) = (Share::new(100, WINDOW), Instant::now());
        share.agreed(grant(90, 90, 3), 0, now + WINDOW / 2);
        assert_eq!(share.limit(now + WINDOW / 4), 90);
        assert_eq!(share.limit(now + WINDOW / 2), 33);
    }

    #[test]
    fn after_a_lapse_what_is_still_in_the_window_is_told_as_held() {
        let (mut share, now) = (Share::new(100, WINDOW), Instant::now());
        share.agreed(grant(90, 90, 2), 0, now + WINDOW / 2);
        let request = share.request("user", [0; 16], 90, now + WINDOW / 2);
        assert_eq!(request.held, 90);
        assert_eq!(share.limit(now + WINDOW / 2), 50, "no more of it is taken");
    }

    proptest! {
        /// However the replicas' words and needs follow each other, the parts that are written down never add up to
        /// more than the budget, and nobody spends more than is written down as its own.
        #[test]
        fn shares_never_add_up_to_more_than_the_budget(
            calls in 1_usize..50,
            steps in prop::collection::vec((0_usize..3, 0_usize..60, any::<bool>()), 1..200),
        ) {
            let now = Instant::now();
            let mut shares: Vec<Share> = (0..3).map(|_| Share::new(calls, WINDOW)).collect();
            let mut written = [(0, 0); 3];
            for (who, need, answer_arrives) in steps {
                let in_use = need.min(shares[who].limit(now));
                let request = shares[who].request("", [0; 16], in_use, now);
                let others = |f: fn(&(usize, usize), usize) -> usize| -> usize {
                    (0..3).filter(|one| *one != who).map(|one| f(&written[one], calls / 3)).sum()
                };
                let taken = others(|(held, _), _| *held);
                let lacking = others(|(held, wanted), even| (*wanted).min(even).saturating_sub(*held));
                let fair = request.wanted.min(calls.saturating_sub(taken + lacking));
                let granted = request.held.min(written[who].0).max(fair);
                written[who] = (granted, request.wanted);
                if answer_arrives {
                    shares[who].agreed(grant(granted, fair, 3), in_use, now + WINDOW);
                }
                prop_assert!(written.iter().map(|(held, _)| held).sum::<usize>() <= calls);
                prop_assert!(shares.iter_mut().zip(written).all(|(share, (held, _))| share.limit(now) <= held));
                prop_assert!(shares[who].limit(now) >= in_use);
            }
        }
    }
}
