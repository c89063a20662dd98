//! Placing calls no faster than the account may: a call waits for its turn.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Turns at an even distance, in the order they were asked for.
#[derive(Debug)]
pub(crate) struct Pace {
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn every(gap: Duration) -> Self {
        Self { gap, next: Mutex::new(None) }
    }

    pub(crate) fn unlimited() -> Self {
        Self::every(Duration::ZERO)
    }

    /// The next turn, which is then taken; none, and no turn taken, if it is not before the deadline.
    pub(crate) fn reserve(&self, now: Instant, deadline: Instant) -> Option<Instant> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        if turn >= deadline {
            return None;
        }
        *next = Some(turn + self.gap);
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_keep_their_distance_and_a_pause_is_not_saved_up() {
        let pace = Pace::every(Duration::from_secs(1));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let turn = |now| pace.reserve(at(now), at(100)).unwrap() - start;

        let turns = [turn(0), turn(0), turn(0), turn(10), turn(10)].map(|turn| turn.as_secs());
        assert_eq!(turns, [0, 1, 2, 10, 11]);
    }

    #[test]
    fn a_call_that_cannot_be_placed_in_time_takes_no_turn() {
        let pace = Pace::every(Duration::from_secs(5));
        let start = Instant::now();
        let deadline = start + Duration::from_secs(3);

        assert_eq!(pace.reserve(start, deadline), Some(start));
        assert_eq!(pace.reserve(start, deadline), None);
        let later = start + Duration::from_secs(60);
        assert_eq!(pace.reserve(start, later), Some(start + Duration::from_secs(5)));
    }
}
