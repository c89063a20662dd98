//! When it is time for a line in the log about what was refused.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// One line in this time is enough to be woken by.
const QUIET: SignedDuration = SignedDuration::from_secs(60);

/// Counts refusals, and says when to log them: the first at once, and then once a minute at most.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<(Option<Timestamp>, u64)>);

impl Refusals {
    /// One more; gives how many there were since the last line, when there is to be another.
    pub(super) fn one_more(&self, now: Timestamp) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += 1;
        // A clock that was set back is no reason to be silent until it has caught up.
        if state.0.is_some_and(|last| last.duration_until(now).abs() < QUIET) {
            return None;
        }
        state.0 = Some(now);
        Some(std::mem::take(&mut state.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_a_line_a_minute_and_none_is_left_out() {
        let refusals = Refusals::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let lines: Vec<_> = (0..150).filter_map(|second| refusals.one_more(at(second))).collect();
        assert_eq!(lines, [1, 60, 60]);
        assert_eq!(refusals.one_more(at(0)), Some(30), "the clock was set back");
    }
}
