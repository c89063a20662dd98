//! The journal: jobs that must reach a sink, durable before anybody is promised anything.
//!
//! Jobs wait in lanes. The jobs of a lane are handed out one at a time and in their order, under a lease with an epoch:
//! whoever comes back with an old epoch changes nothing.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Digest, Job, JobKey, JobStatus, Reference, Subject, store::Store};

mod claim;
mod error;
mod job_info;
mod lease;
mod memory;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod payload;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use claim::{Claim, Claimed, FAILING_AFTER};
pub use error::JournalError;
pub use job_info::{DeadJob, Erased, JobInfo, JournalStats};
pub use lease::{Enqueued, Lease, LeasedJob, Outcome};
pub use memory::MemoryJournal;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use payload::{InvalidPayloadKey, PayloadKeys};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresJournal, PostgresOptions};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteJournal, SqliteOptions};

#[cfg(any(feature = "postgres", feature = "sqlite"))]
/// How long a lane waits whose next job is encrypted under a key that was not given.
const WITHOUT_KEY: Duration = Duration::from_secs(60);
#[cfg(any(feature = "postgres", feature = "sqlite"))]
/// The most jobs that are shown for one reference.
const FOUND: i64 = 20;

/// Keeps jobs until they are done, and remembers them afterwards.
///
/// A journal is a [`Store`] as well, in the same database: what is counted of jobs must last as long as they do.
///
/// Every method may be cancelled by dropping its future. What then holds is said where it matters; elsewhere the work was
/// done or not. The feature `conformance` has a suite that holds a journal of your own to this contract.
#[async_trait]
pub trait Journal: Store {
    /// Takes a job in.
    ///
    /// - On return the job is durable, unless it is [`Enqueued::Conflict`] or [`Enqueued::Noted`].
    /// - A key that is known changes nothing: with the same digest its status comes back, with another digest
    ///   [`Enqueued::Conflict`].
    /// - The [`Note`](crate::Note) of a job that is not known is written with it, both or neither. Where a value is under the
    ///   note's key, nothing is changed: [`Enqueued::Noted`].
    /// - With `live`, the first job of an idle lane is leased to the caller for that long. Every other job waits for
    ///   [`Journal::claim`].
    /// - On an error the job is not durable and never becomes so later.
    /// - When the future is dropped, the job must not become durable afterwards; if it is durable already, it stays.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store is full, broken or away, [`JournalError::Overloaded`] when too many wait,
    /// [`JournalError::Closed`] when the journal was closed.
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError>;

    /// Leases the heads of lanes of one sink that are due.
    ///
    /// - A lane is due when it has a job, no lease on it is in force, and the pause of its head is over. A pause or lease
    ///   that ends more than an hour from now was noted before the clock was set back, and counts as over.
    /// - A lease that ran out was an attempt of which nothing was heard: the job comes back marked as
    ///   [`may_have_applied`](crate::Attempt::may_have_applied).
    /// - Heads that have failed [`FAILING_AFTER`] times or more come apart from the others and have a limit of their own,
    ///   so neither can hold up the other.
    /// - Of the others, the lane with the oldest job comes first in a journal that one process owns, and the lane that has
    ///   been due for longest in one that replicas share; what a dead replica left behind comes before them. Of those that
    ///   keep failing, whoever has been due for longest comes first.
    /// - A head that names a job to wait for, which is still pending, is passed over and comes again later. It takes no
    ///   room from others.
    /// - When the future is dropped, leases may have been given that nobody knows; they run out.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be read or written.
    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError>;

    /// Says what became of leased jobs.
    ///
    /// - A lease that is no longer in force is passed over without an error.
    /// - On return every outcome is durable. On an error any of them may be; the caller repeats the call.
    /// - Whatever is full, this must work: a journal keeps room in reserve for it.
    /// - [`Outcome::Retry`] counts as a failed attempt of the job, [`Outcome::Snooze`] does not.
    /// - When a job is done, its body is dropped. Its receipt stays until [`Journal::forget`]; its memo replaces the
    ///   memo before it in the lane.
    /// - When the future is dropped, any of the outcomes may be durable.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be written.
    async fn settle(&self, outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError>;

    /// Where a job stands and the digest of its request, if the key is known.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be read.
    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError>;

    /// The jobs with a spoken reference, the newest first; usually one.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be read.
    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError>;

    /// The dead jobs, the oldest first.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be read.
    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError>;

    /// Makes a dead job the head of its lane again. False when no dead job has this key.
    ///
    /// Its next attempt is told that it may have been applied, its attempts count from zero, and it counts as taken in now.
    /// On an error it may have been made the head.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be written.
    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError>;

    /// Drops the body of a dead job, which can then not be retried. False when no dead job has this key.
    ///
    /// The key stays known, so that a late repeat of the request does not bring the job back. On an error the body may
    /// have been dropped.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be written.
    async fn discard(&self, key: JobKey) -> Result<bool, JournalError>;

    /// Forgets jobs that were done or discarded before a moment, at most `limit` of them. Gives how many.
    ///
    /// After a clock was set back, a journal may keep jobs until the clock is where it was.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be written.
    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError>;

    /// Removes what is kept of a person: bodies, receipts, reasons and lanes of jobs that are done or dead, and the memos of
    /// those lanes.
    ///
    /// Their keys stay, so that a late repeat of a request brings nothing back. A dead job of this person is
    /// discarded. A job that is pending stays, and is counted. On an error it may have been erased, all or in part.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be written.
    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError>;

    /// How much there is of everything.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the store cannot be read.
    async fn stats(&self) -> Result<JournalStats, JournalError>;

    /// Writes something durable and reads it back, as a readiness check.
    ///
    /// # Errors
    /// The error that [`Journal::enqueue`] would give now: [`JournalError::Store`] when the store is full, away, or was
    /// removed.
    async fn check(&self) -> Result<(), JournalError>;
}

#[async_trait]
impl<J: Journal + ?Sized> Journal for Arc<J> {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        J::enqueue(self, job, live, now).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        J::claim(self, claim).await
    }

    async fn settle(&self, outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        J::settle(self, outcomes, now).await
    }

    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError> {
        J::status(self, key).await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError> {
        J::find(self, reference).await
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError> {
        J::dead(self, limit).await
    }

    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError> {
        J::retry(self, key, now).await
    }

    async fn discard(&self, key: JobKey) -> Result<bool, JournalError> {
        J::discard(self, key).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        J::forget(self, done_before, limit).await
    }

    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError> {
        J::erase(self, subject).await
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        J::stats(self).await
    }

    async fn check(&self) -> Result<(), JournalError> {
        J::check(self).await
    }
}

/// The moment a span after another.
pub(crate) fn later(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// No lease and no pause ends later than this. A later end was written before the clock was set back.
fn horizon(now: Timestamp) -> Timestamp {
    later(now, Duration::from_secs(3600))
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
/// A moment as it is stored, in milliseconds since 1970.
fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
