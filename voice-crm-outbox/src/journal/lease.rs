//! Who may try a job, and what became of it.

use std::{borrow::Cow, fmt, sync::Arc};

use jiff::Timestamp;

use crate::{Job, JobKey, JobStatus, Lane, Reason, Receipt};

/// What became of a job that asked to be taken in.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums, reason = "a journal of your own gives them")]
pub enum Enqueued {
    /// It is durable, and whoever brought it may try it now.
    Leased(Lease),
    /// It is durable, and its turn comes.
    Queued,
    /// It was taken in before.
    AlreadyKnown(JobStatus),
    /// The key was used before for something else. Nothing was changed.
    Conflict,
    /// The job was not known, but its [`Note`](crate::Note) was there. Nothing was changed.
    Noted,
}

/// The right to try the head of a lane.
#[derive(Clone)]
pub struct Lease {
    pub(crate) sequence: i64,
    pub(crate) epoch: i64,
    pub(crate) job: Arc<LeasedJob>,
}

/// What a journal of your own knows of a job that it leases.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs, reason = "a journal of your own makes them")]
pub struct LeasedJob {
    /// The identity of the job.
    pub key: JobKey,
    /// Its lane.
    pub lane: Lane,
    /// One word for what it does.
    pub kind: Cow<'static, str>,
    /// What it is.
    pub body: Arc<str>,
    /// Whether an earlier attempt may have taken effect.
    pub may_have_applied: bool,
    /// The bodies of the receipts of the earlier jobs of the lane, the oldest first.
    pub earlier: Vec<Arc<str>>,
    /// The memo that the sink left in the lane last.
    pub memo: Option<Arc<str>>,
    /// How often it failed before.
    pub attempts: u32,
    /// When it was taken in, or when an operator last had it tried again.
    pub enqueued_at: Timestamp,
}

impl LeasedJob {
    /// A job that was just taken in and is tried for the first time.
    pub fn first(job: &Job, earlier: Vec<Arc<str>>, memo: Option<Arc<str>>, now: Timestamp) -> Self {
        Self {
            key: job.key,
            lane: job.lane.clone(),
            kind: job.kind.clone(),
            body: job.body.clone(),
            may_have_applied: false,
            earlier,
            memo,
            attempts: 0,
            enqueued_at: now,
        }
    }
}

impl Lease {
    /// The lease of a lane's head, for a journal of your own.
    ///
    /// `sequence` and `epoch` come back with the outcome. The pair of sequence and epoch is never given twice.
    pub fn new((sequence, epoch): (i64, i64), job: LeasedJob) -> Self {
        Self { sequence, epoch, job: Arc::new(job) }
    }

    /// The numbers by which the journal knows the lease: sequence and epoch.
    pub fn numbers(&self) -> (i64, i64) {
        (self.sequence, self.epoch)
    }

    /// The identity of the job.
    pub fn key(&self) -> JobKey {
        self.job.key
    }

    /// The lane.
    pub fn lane(&self) -> &Lane {
        &self.job.lane
    }

    /// One word for what the job does.
    pub fn kind(&self) -> &str {
        &self.job.kind
    }

    /// What the job is.
    pub fn body(&self) -> &str {
        &self.job.body
    }

    /// Whether an earlier attempt may have taken effect.
    pub fn may_have_applied(&self) -> bool {
        self.job.may_have_applied
    }

    /// The bodies of the receipts of the earlier jobs of the lane, the oldest first.
    pub fn earlier(&self) -> &[Arc<str>] {
        &self.job.earlier
    }

    /// The memo that the sink left in the lane last.
    pub fn memo(&self) -> Option<&str> {
        self.job.memo.as_deref()
    }

    /// How often the job failed before.
    pub fn attempts(&self) -> u32 {
        self.job.attempts
    }

    /// When the job was taken in, or when an operator last had it tried again.
    pub fn enqueued_at(&self) -> Timestamp {
        self.job.enqueued_at
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("key", &self.job.key)
            .field("epoch", &self.epoch)
            .field("attempts", &self.job.attempts)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LeasedJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeasedJob").field("key", &self.key).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What became of an attempt at a leased job.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_enums, reason = "a journal of your own matches them")]
pub enum Outcome {
    /// The sink took it.
    Done(Receipt),
    /// It failed, and is tried again. Counts as an attempt.
    Retry {
        /// Not before this moment, which is at most an hour away.
        at: Timestamp,
        /// Whether it may have taken effect all the same.
        may_have_applied: bool,
    },
    /// It was not tried, or failed because the sink was down; it is tried again. Counts as no attempt.
    Snooze {
        /// Not before this moment, which is at most an hour away.
        at: Timestamp,
        /// Whether it may have taken effect all the same.
        may_have_applied: bool,
    },
    /// It is dead, for an operator to look at; its lane goes on.
    Dead(Reason),
}
