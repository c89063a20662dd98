//! What was spent of a budget, written down for the process that comes next.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::timeout;
use voice_crm_core::{
    clock::Clock,
    journal::JournalError,
    outbox::store::{Expected, Store},
};

/// How long a store may take to say what was spent before.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// Places of the window that stay taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Taken {
    /// For how long.
    pub(super) left: Duration,
    /// How many.
    pub(super) places: usize,
}

/// Where it is written down.
pub(super) struct SavedSpending {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: String,
    window: Duration,
}

impl SavedSpending {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, budget: &str, window: Duration) -> Self {
        Self { store, clock, key: format!("spent {budget}"), window }
    }

    /// What the process before this one had spent. Nothing, where that cannot be read in time: the org's own limit is
    /// met then, and nothing worse.
    pub(super) async fn read(&self) -> Vec<Taken> {
        let now = self.clock.now();
        match timeout(READ_TIMEOUT, self.store.get(&self.key, now)).await {
            Ok(Ok(Some(text))) => self.parse(&text.value, now),
            Ok(Ok(None)) => Vec::new(),
            Ok(Err(error)) => {
                tracing::warn!(%error, "what was spent of the budget before cannot be read");
                Vec::new()
            }
            Err(_) => {
                tracing::warn!(
                    "what was spent of the budget before cannot be read: the store does not answer"
                );
                Vec::new()
            }
        }
    }

    pub(super) async fn write(&self, taken: &[Taken]) -> Result<(), JournalError> {
        let now = self.clock.now();
        let text = format(taken, now);
        self.store.put(&self.key, &text, Expected::Anything, self.window, now).await.map(drop)
    }

    /// A clock that was set back takes no place for longer than a window; one that was set forward makes all free.
    fn parse(&self, text: &str, now: Timestamp) -> Vec<Taken> {
        let saved: Vec<(i64, usize)> = serde_json::from_str(text).unwrap_or_default();
        let left = |free_at: i64| u64::try_from(free_at.saturating_sub(now.as_millisecond())).ok();
        let left = |free_at| left(free_at).map(|left| Duration::from_millis(left).min(self.window));
        saved
            .into_iter()
            .filter_map(|(free_at, places)| Some(Taken { left: left(free_at)?, places }))
            .collect()
    }
}

/// Moments in milliseconds, and how many places come free then.
fn format(taken: &[Taken], now: Timestamp) -> String {
    let free_at = |left: Duration| {
        let left = i64::try_from(left.as_millis()).unwrap_or(i64::MAX);
        now.as_millisecond().saturating_add(left)
    };
    let saved: Vec<_> = taken.iter().map(|taken| (free_at(taken.left), taken.places)).collect();
    serde_json::json!(saved).to_string()
}

#[cfg(test)]
mod tests {
    use voice_crm_core::{clock::SystemClock, outbox::store::MemoryStore};

    use super::*;

    const WINDOW: Duration = Duration::from_secs(20);

    fn saved() -> SavedSpending {
        SavedSpending::new(Arc::new(MemoryStore::new()), Arc::new(SystemClock), "user", WINDOW)
    }

    #[tokio::test]
    async fn what_was_written_down_is_read_less_the_time_between() {
        let saved = saved();
        assert_eq!(saved.read().await, []);
        let second = Duration::from_secs(1);
        saved.write(&[Taken { left: second, places: 7 }, Taken { left: WINDOW, places: 3 }]).await.unwrap();
        let read = saved.read().await;
        assert_eq!(read.iter().map(|taken| taken.places).collect::<Vec<_>>(), [7, 3]);
        assert!(read[0].left <= second && read[1].left > WINDOW / 2);
    }

    #[test]
    fn places_that_are_free_by_now_are_left_out_and_none_is_taken_for_longer_than_a_window() {
        let now = Timestamp::from_second(1_000).unwrap();
        let text = "[[999000,5],[1001000,6],[9999999999999,7]]";
        let second = Duration::from_secs(1);
        let expected = [Taken { left: second, places: 6 }, Taken { left: WINDOW, places: 7 }];
        assert_eq!(saved().parse(text, now), expected);
        assert_eq!(saved().parse("what is this", now), []);
    }
}
