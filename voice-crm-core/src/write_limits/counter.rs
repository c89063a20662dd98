//! One counter: in memory for whoever waits, in the store for restarts and replicas.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use crate::{clock::Clock, outbox::store::Store};

/// How often at most the store is asked whether a limit is still reached.
const ASKED_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// How long a caller waits for the store: it is asked in a fraction of that, and else the write itself will take long.
const ASKED_WITHIN: Duration = Duration::from_secs(1);

/// The key of a counter in the store. What it is of, the store need not know.
pub(super) fn key(kind: &str, organisation: &str, name: &str) -> String {
    let mut hash = Sha256::new();
    for part in [organisation, name] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    format!("writes:{kind}:{:032x}", u128::from_be_bytes(digest))
}

/// Counts the writes of one call or one number.
pub(super) struct Counter {
    key: String,
    limit: i64,
    /// How long the store counts from the first write on.
    lasts: Duration,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the store has counted, as far as it was heard.
    stored: i64,
    /// Written, and not yet added to the store.
    unsaved: i64,
    /// Writes under way.
    reserved: i64,
    /// When the store was last asked.
    asked_at: Option<Timestamp>,
    /// Whether the unsaved ones are being added.
    is_saving: bool,
    /// How often the store has said a sum.
    sums: u64,
}

impl State {
    fn count(&self) -> i64 {
        self.stored + self.unsaved + self.reserved
    }
}

/// A place below the limit, which is free again when it is dropped.
pub(super) struct Place(Arc<Counter>);

impl Counter {
    pub(super) fn new(
        key: String,
        limit: u32,
        lasts: Duration,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { key, limit: limit.into(), lasts, store, clock, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one write; none when the limit is reached.
    pub(super) async fn reserve(self: &Arc<Self>) -> Option<Place> {
        let now = self.clock.now();
        if self.should_ask(now) {
            self.ask(now).await;
        }
        let mut state = self.state();
        if state.count() >= self.limit {
            return None;
        }
        state.reserved += 1;
        Some(Place(self.clone()))
    }

    /// Whether the store may know better: at first, and where the limit seems to be reached.
    fn should_ask(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        let is_due = match state.asked_at {
            None => true,
            Some(at) => state.count() >= self.limit && at.duration_until(now).abs() >= ASKED_AGAIN,
        };
        if is_due && state.asked_at.is_some() {
            state.asked_at = Some(now);
        }
        is_due
    }

    async fn ask(&self, now: Timestamp) {
        let sums = self.state().sums;
        let found = timeout(ASKED_WITHIN, self.store.get(&self.key, now)).await;
        let mut state = self.state();
        state.asked_at = Some(now);
        match found {
            // A sum that came meanwhile is newer, and one that is on its way may be in both.
            Ok(Ok(found)) if state.sums == sums && !state.is_saving => {
                state.stored = found.and_then(|found| found.value.parse().ok()).unwrap_or(0);
            }
            Ok(Ok(_)) => {}
            // What this process has counted holds meanwhile.
            Ok(Err(error)) => tracing::warn!(%error, "the count of writes cannot be read"),
            Err(_) => tracing::warn!("the count of writes could not be read in time"),
        }
    }

    /// Adds to the store what was written, one addition after the other.
    async fn save(self: Arc<Self>) {
        loop {
            let by = {
                let mut state = self.state();
                state.is_saving = state.unsaved > 0;
                if !state.is_saving {
                    return;
                }
                state.unsaved
            };
            let added = self.store.add(&self.key, by, self.lasts, self.clock.now()).await;
            let mut state = self.state();
            state.unsaved -= by;
            state.sums += 1;
            match added {
                Ok(sum) => state.stored = sum,
                Err(error) => {
                    state.stored += by;
                    tracing::warn!(%error, "the count of writes cannot be kept");
                }
            }
        }
    }
}

impl Place {
    /// The write was made.
    pub(super) fn take(self) {
        let begins = {
            let mut state = self.0.state();
            state.unsaved += 1;
            !std::mem::replace(&mut state.is_saving, true)
        };
        if begins {
            tokio::spawn(self.0.clone().save());
        }
        // Dropped here, it gives back what was reserved: the write counts once.
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.state().reserved -= 1;
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter").field("limit", &self.limit).finish_non_exhaustive()
    }
}
