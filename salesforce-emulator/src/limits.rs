//! So many calls in so much time.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// A window that slides: at most `max` calls in any stretch of its length.
#[derive(Debug)]
pub(crate) struct Window {
    max: usize,
    length: Duration,
    admitted: VecDeque<Instant>,
}

impl Window {
    pub(crate) fn new(max: u64, length: Duration) -> Self {
        Self { max: usize::try_from(max).unwrap_or(usize::MAX), length, admitted: VecDeque::new() }
    }

    /// Whether one more call fits in; it is counted if it does.
    pub(crate) fn admit(&mut self) -> bool {
        self.admit_at(Instant::now())
    }

    fn admit_at(&mut self, now: Instant) -> bool {
        while self.admitted.front().is_some_and(|first| now.duration_since(*first) >= self.length) {
            self.admitted.pop_front();
        }
        let fits = self.admitted.len() < self.max;
        if fits {
            self.admitted.push_back(now);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Window;

    #[test]
    fn a_place_is_free_again_once_its_call_is_a_window_old() {
        let (start, mut window) = (Instant::now(), Window::new(2, Duration::from_secs(10)));
        assert!(window.admit_at(start));
        assert!(window.admit_at(start + Duration::from_secs(4)));
        assert!(!window.admit_at(start + Duration::from_secs(9)));
        assert!(window.admit_at(start + Duration::from_secs(10)));
        assert!(!window.admit_at(start + Duration::from_secs(11)));
    }
}
