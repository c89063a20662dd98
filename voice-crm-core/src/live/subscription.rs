//! One who watches.

use std::{collections::VecDeque, fmt, sync::Arc};

use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    Shared, State,
    entry::{LiveEntry, LiveFilter, LiveMessage},
};

/// The changes to the cards, as one subscriber reads them.
pub struct Subscription {
    shared: Arc<Shared>,
    filter: LiveFilter,
    /// What comes before anything new.
    ahead: VecDeque<LiveMessage>,
    /// None once the feed has ended.
    changes: Option<Receiver<Arc<LiveEntry>>>,
}

impl Subscription {
    pub(super) fn begin(shared: &Arc<Shared>, filter: LiveFilter, last: Option<u64>) -> Self {
        let state = shared.lock();
        let is_on = shared.on.load(std::sync::atomic::Ordering::Relaxed);
        // Under one lock with what was before, so that nothing is left out between them.
        let changes = if is_on { state.log.read() } else { None };
        let replay = last.and_then(|last| state.log.after(last));
        let ahead = match replay {
            _ if changes.is_none() => VecDeque::new(),
            Some(missed) => {
                missed.into_iter().filter_map(|entry| filter.view(entry)).map(LiveMessage::Change).collect()
            }
            None => VecDeque::from([snapshot(&state, &filter)]),
        };
        drop(state);
        Self { shared: shared.clone(), filter, ahead, changes }
    }

    /// The next message; none when the bridge has shut down.
    ///
    /// Nothing is lost when this future is dropped before it is ready.
    pub async fn next(&mut self) -> Option<LiveMessage> {
        loop {
            if let Some(message) = self.ahead.pop_front() {
                return Some(message);
            }
            match self.changes.as_mut()?.recv().await {
                Ok(entry) => {
                    if let Some(entry) = self.filter.view(entry) {
                        return Some(LiveMessage::Change(entry));
                    }
                }
                Err(RecvError::Lagged(missed)) => {
                    self.begin_anew();
                    return Some(LiveMessage::Lagged { missed });
                }
                Err(RecvError::Closed) => self.changes = None,
            }
        }
    }

    fn begin_anew(&mut self) {
        let state = self.shared.lock();
        self.changes = state.log.read();
        self.ahead.push_back(snapshot(&state, &self.filter));
    }
}

fn snapshot(state: &State, filter: &LiveFilter) -> LiveMessage {
    LiveMessage::Snapshot { id: state.log.latest(), cards: state.cards.all(filter) }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("filter", &self.filter).finish_non_exhaustive()
    }
}
