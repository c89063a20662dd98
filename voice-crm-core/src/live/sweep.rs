//! Removes the cards whose time is up.

use std::sync::{Arc, Weak, atomic::Ordering};

use tokio::{
    runtime::Handle,
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{Shared, State};

/// Starts the task that removes the cards of ended calls, if it does not run yet and such a card exists.
pub(super) fn begin(shared: &Arc<Shared>, state: &mut State) {
    if state.sweeping || state.cards.first_to_leave().is_none() {
        return;
    }
    if let Ok(runtime) = Handle::try_current() {
        state.sweeping = true;
        runtime.spawn(sweep(Arc::downgrade(shared), shared.wake.clone()));
    }
}

async fn sweep(feed: Weak<Shared>, wake: Arc<Notify>) {
    while let Some(next) = feed.upgrade().and_then(|shared| remove(&shared)) {
        // The feed is not held while nothing is done.
        tokio::select! {
            () = sleep_until(next) => {}
            () = wake.notified() => {}
        }
    }
}

/// Removes the cards whose time is over. Returns when the next card is due.
fn remove(shared: &Shared) -> Option<Instant> {
    let mut state = shared.lock();
    let State { cards, log, .. } = &mut *state;
    cards.remove_old(log, Instant::now());
    let next = cards.first_to_leave().filter(|_| shared.on.load(Ordering::Relaxed));
    state.sweeping = next.is_some();
    next
}
