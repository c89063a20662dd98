//! Where jobs go: the sink, and the attempts that it is handed.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{JobKey, Lane, Receipt, SinkError, SinkErrorKind, deadline::Deadline, journal::Lease};

/// What takes jobs: a CRM, a gateway of text messages, a store of files.
///
/// Each sink of an outbox has its own health, pace, claims and patience, so none holds up another.
///
/// # Contract
/// - A job whose attempt says [`Attempt::may_have_applied`] may have taken effect before. The sink looks first, or uses
///   a key that the far end takes only once. Doing the same job twice changes nothing and gives its receipt.
/// - [`SinkErrorKind`] decides what happens next, so it must be true: a failure of one record is
///   [`Transient`](SinkErrorKind::Transient) or [`Refused`](SinkErrorKind::Refused), a failure of transport or status is
///   [`Unavailable`](SinkErrorKind::Unavailable).
/// - The sink keeps to the deadline. What it has not answered half a second later counts as
///   [`Late`](SinkErrorKind::Late), and as if it may have taken effect.
///
/// The feature `conformance` has a suite that holds a sink to this.
#[async_trait]
pub trait Sink: Send + Sync + 'static {
    /// Does jobs. Each is answered through its own attempt, as soon as it is known what became of it.
    ///
    /// The future may be dropped at any point after the deadline. An attempt that is dropped without an answer may have
    /// taken effect.
    async fn apply(&self, attempts: Vec<Attempt>, urgency: Urgency, deadline: Deadline);

    /// How much may be asked of the sink now. Must be cheap: it is asked before each attempt.
    fn capacity(&self, urgency: Urgency) -> Capacity {
        let _ = urgency;
        Capacity::AMPLE
    }
}

#[async_trait]
impl<T: Sink + ?Sized> Sink for Arc<T> {
    async fn apply(&self, attempts: Vec<Attempt>, urgency: Urgency, deadline: Deadline) {
        T::apply(self, attempts, urgency, deadline).await;
    }

    fn capacity(&self, urgency: Urgency) -> Capacity {
        T::capacity(self, urgency)
    }
}

/// How long after its deadline a sink may still say what became of each job.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// Whether somebody waits for a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "a sink of your own decides between the two")]
pub enum Urgency {
    /// A person waits.
    Live,
    /// The journal keeps the job; it can wait.
    Background,
}

/// How much may be asked of a sink now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Capacity {
    /// How long until a request may be sent; zero when one may be sent now.
    pub wait: Duration,
    /// How many requests may be sent now.
    pub requests: usize,
    /// How long jobs wait for others, so that they share the next request; zero while requests are ample.
    pub linger: Duration,
}

impl Capacity {
    /// As much as anybody asks for.
    pub const AMPLE: Self = Self { wait: Duration::ZERO, requests: usize::MAX, linger: Duration::ZERO };

    /// So many requests now, the first of them after a wait, and how long jobs wait for others.
    pub fn new(wait: Duration, requests: usize, linger: Duration) -> Self {
        Self { wait, requests, linger }
    }

    /// The capacity of two together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            wait: self.wait.min(other.wait),
            requests: self.requests.saturating_add(other.requests),
            linger: self.linger.min(other.linger),
        }
    }
}

/// What became of the attempt at a place in its batch.
pub(crate) type Answered = (usize, Result<Receipt, SinkError>);

/// One attempt at one job, and the only way to say what became of it.
pub struct Attempt {
    lease: Lease,
    place: usize,
    /// Taken by the answer.
    answers: Option<mpsc::UnboundedSender<Answered>>,
}

impl Attempt {
    pub(crate) fn new(lease: Lease, place: usize, answers: mpsc::UnboundedSender<Answered>) -> Self {
        Self { lease, place, answers: Some(answers) }
    }

    /// The identity of the job.
    pub fn key(&self) -> JobKey {
        self.lease.key()
    }

    /// The lane of the job.
    pub fn lane(&self) -> &Lane {
        self.lease.lane()
    }

    /// One word for what the job does.
    pub fn kind(&self) -> &str {
        self.lease.kind()
    }

    /// What the job is.
    pub fn body(&self) -> &str {
        self.lease.body()
    }

    /// Whether an earlier attempt may have taken effect without our hearing of it.
    pub fn may_have_applied(&self) -> bool {
        self.lease.may_have_applied()
    }

    /// The bodies of the receipts of the jobs before it in its lane, the oldest first.
    pub fn earlier(&self) -> &[Arc<str>] {
        self.lease.earlier()
    }

    /// The memo that the sink left in the lane last.
    pub fn memo(&self) -> Option<&str> {
        self.lease.memo()
    }

    /// How often the job failed before.
    pub fn attempts(&self) -> u32 {
        self.lease.attempts()
    }

    /// When the job was taken in.
    pub fn enqueued_at(&self) -> Timestamp {
        self.lease.enqueued_at()
    }

    /// Says what became of the job.
    pub fn answer(mut self, result: Result<Receipt, SinkError>) {
        self.send(result);
    }

    fn send(&mut self, result: Result<Receipt, SinkError>) {
        if let Some(answers) = self.answers.take() {
            // Nobody may be left to hear it after the deadline; the next attempt looks first.
            let _ = answers.send((self.place, result));
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.send(Err(unanswered()));
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("key", &self.key())
            .field("kind", &self.kind())
            .field("may_have_applied", &self.may_have_applied())
            .finish_non_exhaustive()
    }
}

/// Nothing was heard, which says nothing about what happened.
pub(crate) fn unanswered() -> SinkError {
    SinkError::new(SinkErrorKind::Late, "the sink did not answer").that_may_have_applied(true)
}
