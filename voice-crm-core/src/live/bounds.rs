//! How much of the calls is kept for those who watch.

use std::time::Duration;

/// How much the live feed keeps, and for how long.
#[derive(Clone, Debug)]
pub struct LiveBounds {
    /// How many calls have a card. 1,000; beyond it the one that changed longest ago leaves, ended ones first.
    pub calls: usize,
    /// How long the card of an ended call stays. 5 min.
    pub keep_ended: Duration,
    /// How long the card of a call stays of which nothing more is heard. 4 h.
    pub keep_silent: Duration,
    /// How many lines of its transcript a card keeps. 200; the oldest leave first.
    pub lines: usize,
    /// How many bytes of its transcript a card keeps. 32 KiB; the oldest lines leave first.
    pub transcript_bytes: usize,
    /// How many changes are at hand for readers who come back. 1,000.
    pub changes: usize,
    /// How many changes a subscriber may be behind before it is told that it lags. 256.
    pub behind: usize,
}

impl Default for LiveBounds {
    fn default() -> Self {
        Self {
            calls: 1_000,
            keep_ended: Duration::from_secs(5 * 60),
            keep_silent: Duration::from_secs(4 * 60 * 60),
            lines: 200,
            transcript_bytes: 32 * 1024,
            changes: 1_000,
            behind: 256,
        }
    }
}
