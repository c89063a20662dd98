//! A journal in one SQLite file: for one machine, durable through kills and power cuts.
//!
//! One thread owns the file. It takes all that waits, runs it in one transaction, and wakes all who
//! wait only after the commit has reached the disk; so a thousand calls share one fsync.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    Claim, Claimed, DeadJob, Enqueued, Erased, JobInfo, Journal, JournalError, JournalStats, Lease, Outcome,
    PayloadKeys,
    payload::{Part, Payloads},
};
use crate::{Digest, Job, JobKey, JobStatus, Reference, Subject, store::check_size};
use committer::Committer;
use leases::Incoming;

mod committer;
mod file;
mod lanes;
mod leases;
mod operator;
mod room;
mod rows;
mod schema;
mod values;

/// How many bytes of jobs that are done are overwritten in one piece of work.
const SETTLED_AT_ONCE: usize = 4 * 1024 * 1024;
/// How many jobs are looked through at a time for those of a person, so that nobody's job waits long.
const ERASED_AT_ONCE: i64 = 20_000;

/// A journal in one SQLite file.
///
/// The file is held exclusively: a second process that opens it is refused.
///
/// What was overwritten, as the body of a job that is done, is nowhere on the disk after the next [`Journal::forget`] or
/// [`Journal::erase`]. An outbox forgets every ten minutes, and when it stops.
///
/// One promise of [`Journal::enqueue`] has a gap: when a caller stops waiting while the commit is under way, its job may
/// become durable, since a flush cannot be called back. A repeat of the request finds the job.
pub struct SqliteJournal {
    committer: Committer,
    payloads: Payloads,
}

/// How a file is opened; see [`SqliteJournal::options`].
#[derive(Clone, Debug)]
#[must_use = "nothing is opened until `open`"]
pub struct SqliteOptions {
    path: PathBuf,
    page_limit: Option<u32>,
    keys: Option<PayloadKeys>,
}

impl SqliteOptions {
    /// An upper limit on the size of the file, in pages of 4 KiB. Beyond it new jobs are refused as on a full
    /// disk, and taken again when there is room.
    pub fn page_limit(mut self, pages: u32) -> Self {
        self.page_limit = Some(pages);
        self
    }

    /// Encrypts what is stored of jobs and of their outcomes. What is there already is still read.
    pub fn encrypted(mut self, keys: PayloadKeys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Opens the journal, and makes the file where it is not there yet.
    ///
    /// What a killed process left behind is taken up again: each job that was under way is due at once.
    ///
    /// # Errors
    /// [`JournalError::Open`] when the file is in use by another process, not writable, or no journal.
    pub fn open(self) -> Result<SqliteJournal, JournalError> {
        let refused = |problem| JournalError::Open { path: self.path.display().to_string(), problem };
        let payloads = Payloads::new(self.keys.clone());
        let store = schema::open(&self.path, payloads.clone(), self.page_limit).map_err(refused)?;
        let committer = Committer::start(store).map_err(|error| refused(error.to_string()))?;
        Ok(SqliteJournal { committer, payloads })
    }
}

impl SqliteJournal {
    /// Opens the journal in a file, which is made where it is not there yet.
    ///
    /// # Errors
    /// As [`SqliteOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::options(path).open()
    }

    /// Copies the journal as it is now into a new file, which a program can open as its journal.
    ///
    /// Whoever enqueues meanwhile waits until the copy is made: about a second for each 200 MB. What is encrypted stays
    /// so. See "VACUUM INTO", <https://sqlite.org/lang_vacuum.html>.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the file is there already or cannot be written.
    pub async fn backup(&self, path: impl AsRef<Path>) -> Result<(), JournalError> {
        let path = path.as_ref().to_string_lossy().into_owned();
        self.committer.alone(move |file| file.backup(&path)).await
    }

    /// How the journal in a file is to be opened.
    pub fn options(path: impl AsRef<Path>) -> SqliteOptions {
        SqliteOptions { path: path.as_ref().to_owned(), page_limit: None, keys: None }
    }
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal").finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        // Sealed here and not by the one thread that all wait for.
        let body = self.payloads.seal(job.key, Part::Body, &job.body).map_err(JournalError::store)?;
        let subject = job.subject.as_ref().map(|subject| self.payloads.subject(subject));
        let noted = match &job.note {
            Some(note) => check_size(&note.key, &note.value).map(|()| values::WEIGHT)?,
            None => 0,
        };
        let weight = job.weight() + noted;
        let incoming = Incoming { job, body, subject };
        self.committer.add(weight, move |file| leases::enqueue(file, &incoming, live, now)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        let claim = claim.clone();
        self.committer.run(move |file| leases::claim(file, &claim)).await
    }

    async fn settle(&self, outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        // What is done is overwritten, so a transaction of many large jobs would make the log as large as they are.
        let mut shares = Vec::new();
        let mut room = 0;
        for (lease, outcome) in outcomes {
            let weight = if matches!(outcome, Outcome::Done(_)) { lease.body().len() } else { 0 };
            if weight > room || shares.is_empty() {
                shares.push((0, Vec::new()));
                room = SETTLED_AT_ONCE;
            }
            room = room.saturating_sub(weight);
            if let Some((bytes, share)) = shares.last_mut() {
                *bytes += weight;
                share.push((lease, outcome));
            }
        }
        let settle_all = |(bytes, share): (usize, Vec<(Lease, Outcome)>)| {
            self.committer.rewrite(bytes, move |file| {
                share.iter().try_for_each(|(lease, outcome)| leases::settle(file, lease, outcome, now))
            })
        };
        futures_util::future::try_join_all(shares.into_iter().map(settle_all)).await.map(|_| ())
    }

    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError> {
        self.committer.run(move |file| operator::status(file, key)).await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError> {
        let reference = reference.clone();
        self.committer.run(move |file| operator::find(file, &reference)).await
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError> {
        self.committer.run(move |file| operator::dead(file, limit)).await
    }

    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError> {
        self.committer.run(move |file| operator::retry(file, key, now)).await
    }

    async fn discard(&self, key: JobKey) -> Result<bool, JournalError> {
        self.committer.run(move |file| operator::discard(file, key)).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        let forgotten = self.committer.run(move |file| operator::forget(file, done_before, limit)).await?;
        self.committer.alone(|file| file.fold_all()).await?;
        Ok(forgotten)
    }

    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError> {
        let marks: Arc<[_]> = self.payloads.subjects(subject).into();
        let mut all = Erased::default();
        let mut after = 0;
        loop {
            let marks = marks.clone();
            let work = move |file: &mut file::Store| operator::erase(file, &marks, after, ERASED_AT_ONCE);
            let (erased, last) = self.committer.run(work).await?;
            all.erased += erased.erased;
            all.pending += erased.pending;
            let Some(last) = last else { break };
            after = last;
        }
        self.committer.alone(|file| file.fold_all()).await?;
        Ok(all)
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        self.committer.run(|file| Ok(file.lanes.stats())).await
    }

    async fn check(&self) -> Result<(), JournalError> {
        // As something that adds, since it is to tell whether a new job would be taken.
        self.committer.add(0, |file| operator::check(file)).await
    }
}
