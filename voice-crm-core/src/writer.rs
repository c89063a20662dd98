//! Brings writes from the journal into the CRM: at once where a caller waits, later where the CRM does not
//! keep up.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::{
    sync::{Notify, OwnedRwLockWriteGuard, RwLock, oneshot},
    time::timeout_at,
};

use crate::{
    clock::Clock,
    crm::{Crm, CrmError, CrmErrorKind, Receipt, Reference, WriteKey},
    deadline::Deadline,
    journal::{Accepted, Entry, Journal, JournalError, Lease, Reason, Settlement, Standing},
    telemetry,
};
pub use policy::WriterPolicy;

mod drain;
mod policy;

/// How long after its deadline a CRM may still tell what became of each write.
const GRACE: Duration = Duration::from_millis(500);

/// What a caller can be told of a write.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Written {
    /// It is in the CRM.
    Saved(Receipt),
    /// It is durable with us and will be in the CRM; the reference stands in the log beside its key.
    BeingSaved(Reference),
    /// The CRM refuses it. It is kept as a dead letter for an operator.
    Refused(Reason),
}

impl Written {
    /// What can be told of a write that stands so.
    pub(crate) fn of(standing: Standing, key: WriteKey) -> Self {
        match standing {
            Standing::Pending => Self::BeingSaved(key.reference()),
            Standing::Done(receipt) => Self::Saved(receipt),
            Standing::Dead(reason) => Self::Refused(reason),
        }
    }
}

/// Nothing was promised about a write.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The journal could not take it in, or not in time.
    #[error("the journal did not take the write in")]
    NotAccepted(#[source] Option<JournalError>),
    /// The same request came before with other contents, which stand.
    #[error("the key of this write was used before for something else")]
    Conflict,
}

/// The way from the journal to the CRM.
pub(crate) struct Writer {
    journal: Arc<dyn Journal>,
    crm: Arc<dyn Crm>,
    clock: Arc<dyn Clock>,
    policy: WriterPolicy,
    /// Work may have become due.
    wake: Notify,
    stopping: AtomicBool,
    /// Held for reading by every try; held for writing by whoever waits for the last of them.
    under_way: Arc<RwLock<()>>,
    /// Held from the stop on.
    stopped: Mutex<Option<OwnedRwLockWriteGuard<()>>>,
}

impl Writer {
    pub(crate) fn new(
        journal: Arc<dyn Journal>,
        crm: Arc<dyn Crm>,
        clock: Arc<dyn Clock>,
        policy: WriterPolicy,
    ) -> Self {
        let (wake, stopping, under_way) = (Notify::new(), AtomicBool::new(false), Arc::default());
        Self { journal, crm, clock, policy, wake, stopping, under_way, stopped: Mutex::new(None) }
    }

    pub(crate) fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// Makes a write durable by one deadline, tries it at once when its lane is free, and says by the other how
    /// it stands.
    pub(crate) async fn write(
        self: &Arc<Self>,
        entry: Entry,
        accept_by: Deadline,
        answer_by: Deadline,
    ) -> Result<Written, WriteError> {
        let key = entry.write.key;
        let reference = key.reference();
        let lease = self.policy.live_patience + self.policy.lease_margin;
        let accepted = self.accept(entry, Some(lease), accept_by).await?;
        let lease = match accepted {
            Accepted::Leased(lease) => lease,
            Accepted::Queued => return Ok(Written::BeingSaved(reference)),
            Accepted::Known(standing) => return Ok(Written::of(standing, key)),
            Accepted::Conflict => return Err(WriteError::Conflict),
        };
        let live = answer_by.sooner(Deadline::after(self.policy.live_patience));
        let outcome = self.clone().try_live(lease, live);
        let written = match timeout_at(live.tokio(), outcome).await {
            Ok(Ok(Settlement::Done(receipt))) => Written::Saved(receipt),
            Ok(Ok(Settlement::Dead(reason))) => Written::Refused(reason),
            Ok(Ok(Settlement::Retry { .. }) | Err(_)) | Err(_) => {
                tracing::info!(%key, reference = reference.as_str(), "a write waits for the CRM");
                Written::BeingSaved(reference)
            }
        };
        Ok(written)
    }

    /// Makes a write durable for which nobody waits.
    pub(crate) async fn park(&self, entry: Entry, deadline: Deadline) -> Result<(), WriteError> {
        let accepted = self.accept(entry, None, deadline).await?;
        self.wake.notify_one();
        match accepted {
            Accepted::Conflict => Err(WriteError::Conflict),
            Accepted::Leased(_) | Accepted::Queued | Accepted::Known(_) => Ok(()),
        }
    }

    async fn accept(
        &self,
        entry: Entry,
        live: Option<Duration>,
        deadline: Deadline,
    ) -> Result<Accepted, WriteError> {
        let (key, kind) = (entry.write.key, entry.write.change.kind());
        if deadline.remaining().is_zero() {
            // The caller has been told by now that it did not come to it.
            return Err(WriteError::NotAccepted(None));
        }
        match timeout_at(deadline.tokio(), self.journal.accept(entry, live, self.clock.now())).await {
            Ok(Ok(Accepted::Conflict)) => {
                tracing::warn!(%key, kind, "the same request came again with other contents; the first stands");
                Ok(Accepted::Conflict)
            }
            Ok(Ok(accepted)) => Ok(accepted),
            Ok(Err(error)) => {
                tracing::error!(%key, kind, %error, "the journal refused a write");
                Err(WriteError::NotAccepted(Some(error)))
            }
            Err(_) => {
                tracing::error!(%key, kind, "the journal did not answer in time");
                Err(WriteError::NotAccepted(None))
            }
        }
    }

    /// Tries a write in a task of its own, so that a caller who hangs up does not stop it half-way.
    ///
    /// What it came to is told before it is noted down: the note needs another fsync, and a process killed
    /// in between asks the CRM again and finds the same.
    fn try_live(self: Arc<Self>, lease: Lease, live: Deadline) -> oneshot::Receiver<Settlement> {
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let Ok(_under_way) = self.under_way.clone().try_read_owned() else {
                // We are stopping: the next process does it.
                return;
            };
            let tried = self.apply(std::slice::from_ref(&lease), live).await.pop();
            let Some((_, settlement)) = tried else { return };
            let _ = sender.send(settlement.clone());
            self.settle(vec![(lease, settlement)]).await;
        });
        receiver
    }

    /// Applies leased writes, and says what is to become of each.
    ///
    /// The CRM keeps to the deadline itself and tells of each write; the limit here is for one that does not.
    async fn apply(&self, leases: &[Lease], deadline: Deadline) -> Vec<(Lease, Settlement)> {
        let attempts: Vec<_> = leases.iter().map(|lease| lease.attempt().clone()).collect();
        let limit = deadline.tokio() + GRACE;
        let applying = AssertUnwindSafe(self.crm.apply(&attempts, deadline)).catch_unwind();
        let results = match timeout_at(limit, applying).await {
            Ok(Ok(results)) => results,
            Ok(Err(_panic)) => attempts.iter().map(|_| Err(panicked())).collect(),
            Err(_) => attempts.iter().map(|_| Err(late())).collect(),
        };
        let now = self.clock.now();
        leases
            .iter()
            .zip(results.into_iter().chain(std::iter::repeat_with(|| Err(late()))))
            .map(|(lease, result)| (lease.clone(), self.verdict(lease, result, now)))
            .collect()
    }

    fn verdict(&self, lease: &Lease, result: Result<Receipt, CrmError>, now: Timestamp) -> Settlement {
        let kind = lease.attempt().write.change.kind();
        if let Err(error) = &result {
            telemetry::write_failed(lease.attempt().write.key, kind, error);
        }
        let settlement =
            self.policy.verdict(result, lease.attempts(), lease.accepted_at(), now, fastrand::f64());
        telemetry::write_settled(kind, &settlement);
        settlement
    }

    async fn settle(&self, settlements: Vec<(Lease, Settlement)>) {
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

    /// Lets what is under way come to its end, and lets nothing new begin, for good. False when the time ran
    /// out first.
    pub(crate) async fn stop(&self, within: Duration) -> bool {
        self.stopping.store(true, Ordering::Release);
        self.wake.notify_one();
        let ended = tokio::time::timeout(within, self.under_way.clone().write_owned()).await;
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        *stopped = ended.ok();
        stopped.is_some()
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// Nothing was heard by the deadline, which says nothing about what happened.
fn late() -> CrmError {
    CrmError::new(CrmErrorKind::Late, "the CRM did not answer by the deadline").that_may_have_applied(true)
}

/// The adapter to the CRM is broken; nobody knows how far it came.
fn panicked() -> CrmError {
    tracing::error!("the adapter to the CRM panicked");
    CrmError::new(CrmErrorKind::Unavailable, "the adapter to the CRM panicked").that_may_have_applied(true)
}
