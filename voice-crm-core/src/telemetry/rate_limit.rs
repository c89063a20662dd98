//! A limit on lines of the log that strangers can cause.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// One line of a kind is written in this time.
const SPAN: Duration = Duration::from_secs(10);

/// A kind of line: two words of closed sets, so that there are only so many kinds.
type Kind = (&'static str, &'static str);

static LAST: LazyLock<RateLimit> = LazyLock::new(RateLimit::default);

/// Whether a line of a kind may be written now, and how many of its kind were not since the last one.
pub(super) fn admit(kind: Kind) -> Option<u64> {
    LAST.admit(kind, Instant::now())
}

#[derive(Default)]
struct RateLimit {
    /// When a line of each kind was last written, and how many were held back since.
    last: Mutex<HashMap<Kind, (Instant, u64)>>,
}

impl RateLimit {
    fn admit(&self, kind: Kind, now: Instant) -> Option<u64> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((written, held_back)) = last.get_mut(&kind) else {
            last.insert(kind, (now, 0));
            return Some(0);
        };
        if now.duration_since(*written) < SPAN {
            *held_back += 1;
            return None;
        }
        *written = now;
        Some(std::mem::take(held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_a_kind_is_written_in_ten_seconds_and_says_how_many_were_not() {
        let (limit, begun) = (RateLimit::default(), Instant::now());
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(limit.admit(("vapi", "signature"), at(0)), Some(0));
        assert_eq!(limit.admit(("vapi", "signature"), at(1)), None);
        assert_eq!(limit.admit(("vapi", "timestamp"), at(1)), Some(0));
        assert_eq!(limit.admit(("vapi", "signature"), at(9)), None);
        assert_eq!(limit.admit(("vapi", "signature"), at(10)), Some(2));
        assert_eq!(limit.admit(("vapi", "signature"), at(21)), Some(0));
    }
}
