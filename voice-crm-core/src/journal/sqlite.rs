//! A journal in one SQLite file: for one machine, durable through kills and power cuts.
//!
//! One thread owns the file. It takes whatever has gathered, runs it in one transaction, and wakes all who
//! wait only after the commit has reached the disk; so a thousand calls share one fsync.

use std::{fmt, path::Path, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    Accepted, Claimed, DeadLetter, Digest, Entry, Journal, JournalError, JournalStats, Lease, Settlement,
    Standing,
};
use crate::crm::WriteKey;
use committer::{Committer, Job};

mod committer;
mod queries;
mod schema;

/// A journal in one SQLite file.
///
/// The file is held exclusively: a second process that opens it is refused.
pub struct SqliteJournal {
    committer: Committer,
}

impl SqliteJournal {
    /// Opens the journal in a file, which is made where it is not there yet.
    ///
    /// What a killed process left behind is taken up again: each write that was under way is due at once.
    ///
    /// # Errors
    /// [`JournalError::Open`] when the file is in use by another process, not writable, or no journal.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::start(path.as_ref(), None)
    }

    /// Opens the journal with an upper limit on the size of its file, in pages of 4 KiB.
    ///
    /// Beyond it new writes are refused as on a full disk, and taken again when there is room.
    ///
    /// # Errors
    /// As [`SqliteJournal::open`].
    pub fn open_with_page_limit(path: impl AsRef<Path>, pages: u32) -> Result<Self, JournalError> {
        Self::start(path.as_ref(), Some(pages))
    }

    fn start(path: &Path, page_limit: Option<u32>) -> Result<Self, JournalError> {
        let refused = |problem| JournalError::Open { path: path.display().to_string(), problem };
        let connection = schema::open(path, page_limit).map_err(refused)?;
        let committer = Committer::start(connection).map_err(|error| refused(error.to_string()))?;
        Ok(Self { committer })
    }

    /// Runs a job inside the next transaction and waits until that is on the disk.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Whoever gave up waiting was told that it failed; so it shall not happen behind their back.
            if sender.is_closed() {
                return Ok(Box::new(|_| {}));
            }
            let result = work(connection)?;
            Ok(Box::new(move |committed: Result<(), JournalError>| {
                // Nobody may be left to hear it; the work stands all the same.
                let _ = sender.send(committed.map(|()| result));
            }))
        });
        self.committer.submit(job).await?;
        receiver.await.unwrap_or_else(|_| {
            Err(JournalError::Store { problem: "the transaction was rolled back; see the log".to_owned() })
        })
    }
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal").finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn accept(
        &self,
        entry: Entry,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Accepted, JournalError> {
        self.run(move |connection| queries::accept(connection, &entry, live, now)).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: usize) -> Result<Claimed, JournalError> {
        self.run(move |connection| queries::claim(connection, now, lease, limit)).await
    }

    async fn settle(
        &self,
        settlements: Vec<(Lease, Settlement)>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.run(move |connection| {
            settlements
                .iter()
                .try_for_each(|(lease, settlement)| queries::settle(connection, lease, settlement, now))
        })
        .await
    }

    async fn standing(&self, key: WriteKey) -> Result<Option<(Digest, Standing)>, JournalError> {
        self.run(move |connection| queries::standing(connection, key)).await
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, JournalError> {
        self.run(move |connection| queries::dead_letters(connection, limit)).await
    }

    async fn retry(&self, key: WriteKey, now: Timestamp) -> Result<bool, JournalError> {
        self.run(move |connection| queries::retry(connection, key, now)).await
    }

    async fn discard(&self, key: WriteKey) -> Result<bool, JournalError> {
        self.run(move |connection| queries::discard(connection, key)).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        self.run(move |connection| queries::forget(connection, done_before, limit)).await
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        self.run(queries::stats).await
    }
}
