//! The fair share of one telephone call in a budget of API calls, so that a call with hundreds of look-ups starves no
//! other: pure, on instants that it is given.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    time::{Duration, Instant},
};

use voice_crm_core::crm::CallTag;

/// A call may have so many requests in a window, however small the budget.
const LEAST: usize = 4;
/// And beyond them one part in so many of the budget.
const PARTS: usize = 10;

/// The requests of each call in the last window. What is out of the window is forgotten.
#[derive(Default)]
pub(super) struct FairShares {
    /// The requests, the oldest first.
    admitted: VecDeque<(Instant, CallTag)>,
    /// How many of them each call has.
    of_call: HashMap<CallTag, usize>,
}

impl FairShares {
    /// How many requests one call may have in a window of a budget of so many.
    pub(super) fn of(requests: usize) -> usize {
        (requests / PARTS).max(LEAST)
    }

    /// How long a call has to wait for its next request; zero while its share is not used up.
    pub(super) fn wait(
        &mut self,
        call: CallTag,
        requests: usize,
        window: Duration,
        now: Instant,
    ) -> Duration {
        self.forget(window, now);
        let used = self.of_call.get(&call).copied().unwrap_or_default();
        let Some(beyond) = used.checked_sub(Self::of(requests)) else { return Duration::ZERO };
        // The share may have shrunk since, so that more than one has to leave the window.
        let mut own = self.admitted.iter().filter(|(_, known)| *known == call);
        own.nth(beyond).map_or(Duration::ZERO, |(at, _)| (*at + window).saturating_duration_since(now))
    }

    /// Notes a request of a call.
    pub(super) fn admit(&mut self, call: CallTag, now: Instant) {
        self.admitted.push_back((now, call));
        *self.of_call.entry(call).or_default() += 1;
    }

    fn forget(&mut self, window: Duration, now: Instant) {
        while let Some((_, call)) = self.admitted.front().copied().filter(|(at, _)| *at + window <= now) {
            self.admitted.pop_front();
            if let Entry::Occupied(mut used) = self.of_call.entry(call) {
                *used.get_mut() -= 1;
                if *used.get() == 0 {
                    used.remove();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(20);

    proptest! {
        /// However calls ask, none gets more than its share in any window, each that is refused may go when its wait is
        /// over, and nothing is kept of calls that are out of the window.
        #[test]
        fn no_call_has_more_than_its_share_in_any_window(
            steps in prop::collection::vec((0_u64..4_000, 0_usize..5), 1..400),
            requests in 1_usize..100,
        ) {
            let (mut shares, mut now) = (FairShares::default(), Instant::now());
            let mut passed: Vec<Vec<Instant>> = vec![Vec::new(); 5];
            for (gap, who) in steps {
                now += Duration::from_millis(gap);
                let call = CallTag::new("channel", &who.to_string());
                let wait = shares.wait(call, requests, WINDOW, now);
                if wait.is_zero() {
                    shares.admit(call, now);
                    passed[who].push(now);
                } else {
                    prop_assert!(wait <= WINDOW);
                    let inside = |at: Instant| passed[who].iter().filter(|one| at - **one < WINDOW).count();
                    prop_assert_eq!(inside(now), FairShares::of(requests));
                    prop_assert!(inside(now + wait) < FairShares::of(requests));
                }
                let in_window = passed.iter().flatten().filter(|at| now - **at < WINDOW).count();
                prop_assert!(shares.admitted.len() <= in_window && shares.of_call.len() <= in_window);
            }
            for moments in &passed {
                for (place, first) in moments.iter().enumerate() {
                    let inside = moments[place..].iter().take_while(|at| **at - *first < WINDOW).count();
                    prop_assert!(inside <= FairShares::of(requests), "{inside} of {requests}");
                }
            }
        }
    }
}
