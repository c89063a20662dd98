//! Notes down in the journal what became of writes: many at a time, since each note needs an fsync.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::OwnedRwLockReadGuard;

use super::Writer;
use crate::journal::{Lease, Settlement};

/// Shows that a try is under way until what became of it is noted.
pub(super) type UnderWay = Arc<OwnedRwLockReadGuard<()>>;

/// What waits to be noted down.
#[derive(Default)]
pub(super) struct Settler(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    settlements: Vec<(Lease, Settlement)>,
    tries: Vec<UnderWay>,
    /// Whether a task is at work that takes whatever gathers.
    at_work: bool,
}

impl Settler {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// Marks a try as under way; `None` when we are stopping, and the next process does it.
    pub(super) fn begin(&self) -> Option<UnderWay> {
        self.under_way.clone().try_read_owned().ok().map(Arc::new)
    }

    /// Has it noted down what became of writes, together with whatever else is to be noted by then.
    pub(super) fn settle(self: &Arc<Self>, settlements: Vec<(Lease, Settlement)>, under_way: UnderWay) {
        let mut waiting = self.settler.lock();
        waiting.settlements.extend(settlements);
        waiting.tries.push(under_way);
        if !mem::replace(&mut waiting.at_work, true) {
            tokio::spawn(self.clone().note_down());
        }
    }

    async fn note_down(self: Arc<Self>) {
        loop {
            let (settlements, tries) = {
                let mut waiting = self.settler.lock();
                if waiting.tries.is_empty() {
                    waiting.at_work = false;
                    return;
                }
                (mem::take(&mut waiting.settlements), mem::take(&mut waiting.tries))
            };
            self.note(settlements).await;
            drop(tries);
        }
    }

    async fn note(&self, settlements: Vec<(Lease, Settlement)>) {
        let mut pause = Duration::from_millis(100);
        for _ in 0..5 {
            match self.journal.settle(settlements.clone(), self.clock.now()).await {
                Ok(()) => {
                    // The next write of a lane may be due, and so may a repeat.
                    self.wake.notify_one();
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, "what became of a write is not noted yet");
                }
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        tracing::error!("what became of a write was not noted; when its lease ends, the CRM is asked");
    }
}
