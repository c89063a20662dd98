//! The worker of one sink, and what the workers of all sinks share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{Notify, OnceCell, OwnedRwLockWriteGuard, RwLock, watch};

use super::{in_flight::InFlight, live::LiveQueue, policy::SinkPolicy, settle::Settler};
use crate::{
    Sink, SinkName,
    clock::Clock,
    journal::{Journal, Lease, Outcome},
};

/// What is to become of leased jobs.
pub(super) type Settled = Vec<(Lease, Outcome)>;

/// What the workers of all sinks share.
pub(super) struct Shared {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settler: Settler,
    pub(super) in_flight: InFlight,
    pub(super) stopping: watch::Sender<bool>,
    /// Held for reading by every attempt until it is noted down; held for writing by whoever waits for the last.
    pub(super) under_way: Arc<RwLock<()>>,
    /// Held from the stop on.
    pub(super) stopped: OnceCell<OwnedRwLockWriteGuard<()>>,
}

impl Shared {
    pub(super) fn new(journal: Arc<dyn Journal>, clock: Arc<dyn Clock>) -> Self {
        Self {
            journal,
            clock,
            settler: Settler::default(),
            in_flight: InFlight::default(),
            stopping: watch::Sender::new(false),
            under_way: Arc::default(),
            stopped: OnceCell::new(),
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits for the stop.
    pub(super) async fn stop_wanted(&self) {
        // The sender is here, so this ends only when it is wanted.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}

/// Brings jobs to one sink: at once where somebody waits, in batches where not. It shares nothing with the workers of
/// other sinks that one of them could hold up.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) name: SinkName,
    pub(super) sink: Arc<dyn Sink>,
    pub(super) policy: SinkPolicy,
    pub(super) live: LiveQueue,
    /// Work may have become due.
    pub(super) wake: Arc<Notify>,
    /// The sink took a job that somebody waited for, though the background finds it to be down.
    pub(super) taken_live: Notify,
    outage: AtomicBool,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, name: SinkName, sink: Arc<dyn Sink>, policy: SinkPolicy) -> Self {
        let (live, wake) = (LiveQueue::default(), Arc::default());
        let (taken_live, outage) = (Notify::new(), AtomicBool::new(false));
        Self { shared, name, sink, policy, live, wake, taken_live, outage }
    }

    /// Whether the background has found the sink to be down.
    pub(super) fn is_outage(&self) -> bool {
        self.outage.load(Ordering::Relaxed)
    }

    pub(super) fn note_outage(&self, outage: bool) {
        self.outage.store(outage, Ordering::Relaxed);
    }

    /// Nobody waits for these any more, and they were not tried.
    pub(super) fn snoozed(&self, leases: impl IntoIterator<Item = Lease>) -> Settled {
        let at = self.shared.clock.now();
        leases.into_iter().map(|lease| (lease, Outcome::Snooze { at, may_have_applied: false })).collect()
    }
}
