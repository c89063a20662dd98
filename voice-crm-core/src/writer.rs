//! Brings writes from the journal into the CRM: at once where a caller waits, later where the CRM does not
//! keep up.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedRwLockWriteGuard, RwLock, watch},
    time::timeout_at,
};

use crate::{
    clock::Clock,
    crm::{Crm, Receipt, Reference, WriteKey},
    deadline::Deadline,
    journal::{Accepted, Entry, Journal, JournalError, Reason, Settlement, Standing},
};
use live::LiveQueue;
pub use policy::WriterPolicy;
use settle::Settler;

mod drain;
mod live;
mod pace;
mod policy;
mod settle;
mod trial;

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
    live: LiveQueue,
    settler: Settler,
    /// Work may have become due.
    wake: Notify,
    stopping: watch::Sender<bool>,
    /// Held for reading by every try until it is noted down; held for writing by whoever waits for the last.
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
        Self {
            journal,
            crm,
            clock,
            policy,
            live: LiveQueue::default(),
            settler: Settler::default(),
            wake: Notify::new(),
            stopping: watch::Sender::new(false),
            under_way: Arc::default(),
            stopped: Mutex::new(None),
        }
    }

    pub(crate) fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// Makes a write durable by one deadline, tries it at once when its lane is free and the CRM has room, and
    /// says by the other how it stands.
    pub(crate) async fn write(
        self: &Arc<Self>,
        entry: Entry,
        accept_by: Deadline,
        answer_by: Deadline,
    ) -> Result<Written, WriteError> {
        let key = entry.write.key;
        let lease = self.may_try_live().then_some(self.policy.live_patience + self.policy.lease_margin);
        let lease = match self.accept(entry, lease, accept_by).await? {
            Accepted::Leased(lease) => lease,
            Accepted::Queued => {
                self.wake.notify_one();
                return Ok(Written::BeingSaved(key.reference()));
            }
            Accepted::Known(standing) => return Ok(Written::of(standing, key)),
            Accepted::Conflict => return Err(WriteError::Conflict),
        };
        let live = answer_by.sooner(Deadline::after(self.policy.live_patience));
        let told = self.try_live(lease, live);
        let written = match timeout_at(live.tokio(), told).await {
            Ok(Ok(Settlement::Done(receipt))) => Written::Saved(receipt),
            Ok(Ok(Settlement::Dead(reason))) => Written::Refused(reason),
            Ok(Ok(Settlement::Retry { .. }) | Err(_)) | Err(_) => {
                let reference = key.reference();
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

    /// Lets what is under way come to its end, and lets nothing new begin, for good. False when the time ran
    /// out first.
    pub(crate) async fn stop(&self, within: Duration) -> bool {
        self.stopping.send_replace(true);
        if self.stopped.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return true;
        }
        let ended = tokio::time::timeout(within, self.under_way.clone().write_owned()).await;
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        *stopped = ended.ok();
        stopped.is_some()
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits for the stop.
    async fn stop_wanted(&self) {
        // The sender is here, so this ends only when it is wanted.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("policy", &self.policy).finish_non_exhaustive()
    }
}
