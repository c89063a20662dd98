//! The fair share of one telephone call in a budget of API calls, so that a call with hundreds of look-ups starves no
//! other: pure, on instants that it is given.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use voice_crm_core::crm::CallTag;

/// The least share of a call in requests, however small the budget.
const LEAST: usize = 4;
/// Otherwise a call has one part in so many of the budget.
const PARTS: usize = 10;

/// The requests of each call in the last window. What is out of the window is forgotten.
#[derive(Default)]
pub(super) struct FairShares {
    /// The requests, the oldest first.
    admitted: VecDeque<(Instant, CallTag)>,
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
        let own = || self.admitted.iter().filter(|(_, known)| *known == call);
        let Some(beyond) = own().count().checked_sub(Self::of(requests)) else { return Duration::ZERO };
        // The share may have shrunk since, so that more than one has to leave the window.
        own().nth(beyond).map_or(Duration::ZERO, |(at, _)| (*at + window).saturating_duration_since(now))
    }

    /// Notes a request of a call.
    pub(super) fn admit(&mut self, call: CallTag, now: Instant) {
        self.admitted.push_back((now, call));
    }

    fn forget(&mut self, window: Duration, now: Instant) {
        while self.admitted.front().is_some_and(|(at, _)| *at + window <= now) {
            self.admitted.pop_front();
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
                prop_assert!(shares.admitted.len() <= in_window);
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
