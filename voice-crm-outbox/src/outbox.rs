//! Brings jobs from the journal to their sinks: at once where somebody waits, later where a sink does not keep up.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::JoinSet, time::timeout_at};

use crate::{
    Job, JobKey, JobStatus, SinkName,
    deadline::Deadline,
    journal::{Enqueued, Journal, JournalError, Outcome},
    sink::GRACE,
};
pub use builder::{OutboxBuilder, StartError};
pub use policy::SinkPolicy;
use worker::{Shared, Worker};

mod attempt;
mod builder;
mod drain;
mod housekeeping;
mod in_flight;
mod live;
mod pace;
mod policy;
mod settle;
mod telemetry;
mod worker;

/// The pauses between the looks at a job that came again and is not tried here: a job that was answered elsewhere is noted
/// within them, and one that waits for its sink makes nobody wait for longer.
const SETTLING: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(30),
    Duration::from_millis(60),
    Duration::from_millis(100),
];

/// A journal and the sinks that its jobs are brought to. Its workers end when it is dropped.
pub struct Outbox {
    shared: Arc<Shared>,
    workers: HashMap<SinkName, Arc<Worker>>,
    tasks: Mutex<JoinSet<()>>,
    /// How long a job that is done is remembered.
    retention: Duration,
}

/// A job that is durable.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Submitted {
    /// Where it stands.
    pub status: JobStatus,
    /// Whether the journal knew it before: then it is the same job, and no further one.
    pub is_known: bool,
}

impl Submitted {
    fn new(status: JobStatus) -> Self {
        Self { status, is_known: false }
    }

    fn again(status: JobStatus) -> Self {
        Self { status, is_known: true }
    }
}

/// Nothing was promised about a job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnqueueError {
    /// The journal did not take the job in, or did not say so in time. A job that nobody waits for any more is not taken in
    /// later; only a commit that was under way in that moment may stand, and a repeat finds it.
    #[error("the journal did not take the job in")]
    NotEnqueued(#[source] Option<JournalError>),
    /// The same key came before with another digest; what came first stands.
    #[error("the key of this job was used before for something else")]
    Conflict,
    /// The note of the job was there already, so the job was not enqueued.
    #[error("somebody else has noted what this job notes")]
    Noted,
    /// The outbox has no sink of this name.
    #[error("the outbox has no sink {0}")]
    NoSuchSink(String),
}

impl Outbox {
    /// An outbox to put together, over a journal.
    pub fn builder(journal: Arc<dyn Journal>) -> OutboxBuilder {
        OutboxBuilder::new(journal)
    }

    /// The journal.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.shared.journal
    }

    /// Makes a job durable by one deadline, tries it at once when its lane is idle and the sink has capacity, and says by
    /// the other deadline where it stands.
    ///
    /// # Errors
    /// [`EnqueueError::NotEnqueued`] when it could not be made durable in time, [`EnqueueError::Conflict`] when its key
    /// was used for something else, [`EnqueueError::Noted`] when its note was there, [`EnqueueError::NoSuchSink`] when nothing takes its lane.
    pub async fn submit(
        &self,
        job: Job,
        enqueue_by: Deadline,
        answer_by: Deadline,
    ) -> Result<Submitted, EnqueueError> {
        let (key, worker) = (job.key(), self.worker(&job)?);
        let policy = &worker.policy;
        let lease = worker.may_try_live().then_some(policy.live_lease());
        // The lease runs from now, however long the journal takes.
        let latest = Deadline::after(policy.live_timeout + policy.lease_margin.saturating_sub(GRACE));
        let live = || answer_by.sooner(Deadline::after(policy.live_timeout)).sooner(latest);
        let lease = match self.accept(job, lease, enqueue_by).await? {
            Enqueued::Leased(lease) => lease,
            Enqueued::AlreadyKnown(JobStatus::Pending) => {
                return Ok(Submitted::again(self.status_of_repeat(key, live()).await));
            }
            Enqueued::AlreadyKnown(status) => return Ok(Submitted::again(status)),
            Enqueued::Conflict => return Err(EnqueueError::Conflict),
            Enqueued::Noted => return Err(EnqueueError::Noted),
            Enqueued::Queued => {
                worker.wake.notify_one();
                return Ok(Submitted::new(JobStatus::Pending));
            }
        };
        let live = live();
        let told = worker.try_live(lease, live);
        Ok(Submitted::new(match timeout_at(live.tokio(), told).await {
            Ok(Ok(Outcome::Done(receipt))) => JobStatus::Done(receipt.body),
            Ok(Ok(Outcome::Dead(reason))) => JobStatus::Dead(reason),
            Ok(Ok(Outcome::Retry { .. } | Outcome::Snooze { .. }) | Err(_)) | Err(_) => {
                tracing::info!(%key, reference = key.reference().as_str(), "a job waits for its sink");
                JobStatus::Pending
            }
        }))
    }

    /// Where a job stands that came again and was pending a moment ago.
    ///
    /// Its first attempt may be under way or may just have been answered, here or at another replica; then this is the
    /// answer of the first.
    async fn status_of_repeat(&self, key: JobKey, deadline: Deadline) -> JobStatus {
        for pause in SETTLING {
            if let Some(status) = self.shared.in_flight.status(key, deadline).await {
                return status;
            }
            // What became of it may have been noted between the two questions. Whoever cannot tell says that it waits.
            let known = timeout_at(deadline.tokio(), self.shared.journal.status(key)).await;
            match known {
                Ok(Ok(Some((_, JobStatus::Pending)))) => {}
                Ok(Ok(Some((_, status)))) => return status,
                Ok(Ok(None) | Err(_)) | Err(_) => break,
            }
            if timeout_at(deadline.tokio(), tokio::time::sleep(pause)).await.is_err() {
                break;
            }
        }
        JobStatus::Pending
    }

    /// Makes a job durable for which nobody waits.
    ///
    /// # Errors
    /// As [`Outbox::submit`].
    pub async fn enqueue(&self, job: Job, deadline: Deadline) -> Result<(), EnqueueError> {
        let worker = self.worker(&job)?;
        match self.accept(job, None, deadline).await? {
            Enqueued::Conflict => Err(EnqueueError::Conflict),
            Enqueued::Noted => Err(EnqueueError::Noted),
            Enqueued::Leased(_) | Enqueued::Queued | Enqueued::AlreadyKnown(_) => {
                worker.wake.notify_one();
                Ok(())
            }
        }
    }

    fn worker(&self, job: &Job) -> Result<&Arc<Worker>, EnqueueError> {
        let sink = job.lane().sink();
        self.workers.get(sink).ok_or_else(|| EnqueueError::NoSuchSink(sink.to_owned()))
    }

    async fn accept(
        &self,
        job: Job,
        live: Option<Duration>,
        deadline: Deadline,
    ) -> Result<Enqueued, EnqueueError> {
        let (key, kind) = (job.key, job.kind.clone());
        if deadline.remaining().is_zero() {
            // Whoever waits has been told by now that it did not come to it.
            return Err(EnqueueError::NotEnqueued(None));
        }
        let Shared { journal, clock, .. } = &*self.shared;
        match timeout_at(deadline.tokio(), journal.enqueue(job, live, clock.now())).await {
            Ok(Ok(Enqueued::Conflict)) => {
                tracing::warn!(%key, %kind, "the same request came again with other contents; the first stands");
                Ok(Enqueued::Conflict)
            }
            Ok(Ok(enqueued)) => Ok(enqueued),
            Ok(Err(error)) => {
                tracing::error!(%key, %kind, %error, "the journal refused a job");
                Err(EnqueueError::NotEnqueued(Some(error)))
            }
            Err(_) => {
                tracing::error!(%key, %kind, "the journal did not answer in time");
                Err(EnqueueError::NotEnqueued(None))
            }
        }
    }

    /// Whether the workers are at work.
    pub fn is_running(&self) -> bool {
        !self.shared.is_stopping()
    }

    /// Lets what is under way come to its end, and lets nothing new begin. False when the time ran out first.
    ///
    /// What is left stands in the journal.
    pub async fn stop(&self, within: Duration) -> bool {
        self.shared.stopping.send_replace(true);
        let deadline = Deadline::after(within);
        let at_rest = self.shared.stopped.get_or_init(|| self.shared.under_way.clone().write_owned());
        let is_stopped = timeout_at(deadline.tokio(), at_rest).await.is_ok();
        // All that they had under way has ended, or may not end any more.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        // Once more, so that what is done leaves the disk before a long rest. There is no need to wait for it.
        let _ = timeout_at(deadline.tokio(), housekeeping::forget(&self.shared, self.retention)).await;
        is_stopped
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("sinks", &self.workers.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
