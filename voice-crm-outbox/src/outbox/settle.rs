//! Notes down in the journal what became of jobs: many at a time, since each note needs an fsync.

use std::{
    mem,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::sync::{Notify, OwnedRwLockReadGuard};

use super::worker::{Settled, Shared};

/// Shows that an attempt is under way until what became of it is noted.
pub(super) type UnderWay = Arc<OwnedRwLockReadGuard<()>>;

/// How often a note is tried before the lease is left to run out. With the pauses in between this takes about 15 s.
const TRIES: u32 = 10;
/// The longest pause between two.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// What waits to be noted down.
#[derive(Default)]
pub(super) struct Settler(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    outcomes: Settled,
    attempts: Vec<UnderWay>,
    /// Whoever has something due once it is noted.
    wakes: Vec<Arc<Notify>>,
    /// Whether a task is at work that takes whatever gathers.
    at_work: bool,
}

impl Settler {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Marks an attempt as under way; `None` when the outbox stops, and the next process makes it.
    pub(super) fn begin(&self) -> Option<UnderWay> {
        self.under_way.clone().try_read_owned().ok().map(Arc::new)
    }

    /// Queues outcomes for the next write to the journal, and wakes the worker once they are written.
    pub(super) fn settle(self: &Arc<Self>, outcomes: Settled, under_way: &UnderWay, wake: &Arc<Notify>) {
        if outcomes.is_empty() {
            return;
        }
        let mut waiting = self.settler.lock();
        waiting.outcomes.extend(outcomes);
        waiting.attempts.push(under_way.clone());
        if !waiting.wakes.iter().any(|known| Arc::ptr_eq(known, wake)) {
            waiting.wakes.push(wake.clone());
        }
        if !mem::replace(&mut waiting.at_work, true) {
            tokio::spawn(self.clone().note_down());
        }
    }

    async fn note_down(self: Arc<Self>) {
        loop {
            let (outcomes, attempts, wakes) = {
                let mut waiting = self.settler.lock();
                if waiting.outcomes.is_empty() {
                    waiting.at_work = false;
                    return;
                }
                let Waiting { outcomes, attempts, wakes, .. } = &mut *waiting;
                (mem::take(outcomes), mem::take(attempts), mem::take(wakes))
            };
            // Whoever is not told by a journal that panics is told by the end of the lease; the next outcomes go on.
            if AssertUnwindSafe(self.note(&outcomes)).catch_unwind().await.is_err() {
                tracing::error!("the journal panicked; what became of jobs is not noted");
            }
            self.in_flight.forget(outcomes.iter().map(|(lease, _)| lease.key()));
            // The next job of a lane may be due, and so may a repeat.
            for wake in wakes {
                wake.notify_one();
            }
            drop(attempts);
        }
    }

    async fn note(&self, outcomes: &Settled) {
        let mut pause = Duration::from_millis(100);
        for attempt in 1..=TRIES {
            match self.journal.settle(outcomes.clone(), self.clock.now()).await {
                Ok(()) => return,
                Err(error) => tracing::error!(%error, "what became of a job is not noted yet"),
            }
            if attempt < TRIES {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
        tracing::error!("what became of a job was not noted; when its lease ends, the sink is asked");
    }
}
