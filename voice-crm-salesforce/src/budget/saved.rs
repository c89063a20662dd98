//! What was spent of a budget, written down for the process that comes next.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use voice_crm_core::outbox::store::{Expected, Store};

/// Places of a window that are taken: for how long from now on, and how many.
pub(super) type Spent = Vec<(Duration, usize)>;

/// Where it is written down.
pub(super) struct SavedSpending {
    store: Arc<dyn Store>,
    key: String,
    window: Duration,
}

impl SavedSpending {
    pub(super) fn new(store: Arc<dyn Store>, budget: &str, window: Duration) -> Self {
        Self { store, key: format!("spent {budget}"), window }
    }

    /// What the process before this one had spent. Nothing, where that cannot be read.
    pub(super) async fn read(&self) -> Spent {
        let now = Timestamp::now();
        match self.store.get(&self.key, now).await {
            Ok(Some(text)) => self.parse(&text.value, now),
            Ok(None) => Spent::new(),
            Err(error) => {
                tracing::warn!(%error, "what was spent of the budget before cannot be read");
                Spent::new()
            }
        }
    }

    pub(super) async fn write(&self, spent: &Spent) {
        let now = Timestamp::now();
        let written =
            self.store.put(&self.key, &format(spent, now), Expected::Anything, self.window, now).await;
        if let Err(error) = written {
            tracing::debug!(%error, "what was spent of the budget is not written down");
        }
    }

    /// No place is taken for longer than a window, whatever the clock was set to.
    fn parse(&self, text: &str, now: Timestamp) -> Spent {
        let places: Vec<(i64, usize)> = serde_json::from_str(text).unwrap_or_default();
        let left = |free_at: i64| u64::try_from(free_at.saturating_sub(now.as_millisecond())).ok();
        let left = |free_at| left(free_at).map(|left| Duration::from_millis(left).min(self.window));
        places.into_iter().filter_map(|(free_at, places)| Some((left(free_at)?, places))).collect()
    }
}

/// Moments in milliseconds, and how many places come free then.
fn format(spent: &Spent, now: Timestamp) -> String {
    let free_at =
        |left: Duration| now.as_millisecond().saturating_add(i64::try_from(left.as_millis()).unwrap_or(0));
    let places: Vec<_> = spent.iter().map(|(left, places)| (free_at(*left), *places)).collect();
    serde_json::json!(places).to_string()
}

#[cfg(test)]
mod tests {
    use voice_crm_core::outbox::store::MemoryStore;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn what_was_written_down_is_read_less_the_time_between() {
        let saved = SavedSpending::new(Arc::new(MemoryStore::new()), "user", WINDOW);
        assert_eq!(saved.read().await, Spent::new());
        saved.write(&vec![(Duration::from_secs(1), 7), (WINDOW, 3)]).await;
        let read = saved.read().await;
        assert_eq!(read.iter().map(|(_, places)| *places).collect::<Vec<_>>(), [7, 3]);
        assert!(read[0].0 <= Duration::from_secs(1) && read[1].0 > WINDOW / 2);
    }

    #[test]
    fn places_that_are_free_by_now_are_left_out_and_none_is_taken_for_longer_than_a_window() {
        let saved = SavedSpending::new(Arc::new(MemoryStore::new()), "user", WINDOW);
        let now = Timestamp::from_second(1_000).unwrap();
        let text = "[[999000,5],[1001000,6],[9999999999999,7]]";
        assert_eq!(saved.parse(text, now), [(Duration::from_secs(1), 6), (WINDOW, 7)]);
        assert_eq!(saved.parse("what is this", now), []);
    }
}
