//! The last changes, by number, and the way to those who wait for the next.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::broadcast::{Receiver, Sender};

use super::{
    bounds::LiveBounds,
    card::CardId,
    entry::{LiveChange, LiveEntry},
};

/// The last changes.
pub(super) struct Log {
    next: u64,
    most: usize,
    last: VecDeque<Arc<LiveEntry>>,
    /// None once the feed is closed.
    readers: Option<Sender<Arc<LiveEntry>>>,
}

impl Log {
    pub(super) fn new(bounds: &LiveBounds, first: u64) -> Self {
        // A channel needs at least one place.
        let readers = Some(Sender::new(bounds.behind.clamp(1, 1 << 16)));
        Self { next: first, most: bounds.changes, last: VecDeque::new(), readers }
    }

    /// The number of the next change.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The number of the last change.
    pub(super) fn latest(&self) -> u64 {
        self.next.saturating_sub(1)
    }

    pub(super) fn push(
        &mut self,
        card: CardId,
        owners: (Option<Arc<str>>, Option<Arc<str>>),
        change: LiveChange,
    ) {
        let entry = Arc::new(LiveEntry { id: self.next, card, change, owners });
        self.next += 1;
        self.last.push_back(entry.clone());
        if self.last.len() > self.most {
            self.last.pop_front();
        }
        if let Some(readers) = &self.readers {
            // Whether anybody reads is of no interest.
            let _ = readers.send(entry);
        }
    }

    /// All changes after one, if they are still at hand.
    pub(super) fn after(&self, id: u64) -> Option<Vec<Arc<LiveEntry>>> {
        let oldest = self.last.front().map_or(self.next, |entry| entry.id);
        let at_hand = (oldest..=self.next).contains(&id.checked_add(1)?);
        at_hand.then(|| self.last.iter().filter(|entry| entry.id > id).cloned().collect())
    }

    /// Whatever is pushed from now on; none when the feed is closed.
    pub(super) fn read(&self) -> Option<Receiver<Arc<LiveEntry>>> {
        self.readers.as_ref().map(Sender::subscribe)
    }

    pub(super) fn close(&mut self) {
        self.readers = None;
    }
}
