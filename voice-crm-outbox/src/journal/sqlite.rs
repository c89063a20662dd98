//! A journal in one SQLite file: for one machine, durable through kills and power cuts.
//!
//! One thread owns the file. It takes whatever has gathered, runs it in one transaction, and wakes all who
//! wait only after the commit has reached the disk; so a thousand calls share one fsync.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    Accepted, Claimed, DeadLetter, Digest, Entry, Erased, Found, Journal, JournalError, JournalStats, Lease,
    PayloadKeys, Settlement, Standing,
    payload::{Part, Payloads},
};
use crate::{
    crm::{Reference, WriteKey},
    phone::PhoneNumber,
};
use committer::Committer;
use leases::Incoming;

mod committer;
mod lanes;
mod leases;
mod operator;
mod rows;
mod schema;
mod store;

/// How many entries are looked through at a time for those of a person, so that no caller's write waits long.
const ERASED_AT_ONCE: i64 = 20_000;

/// A journal in one SQLite file.
///
/// The file is held exclusively: a second process that opens it is refused.
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
    /// An upper limit on the size of the file, in pages of 4 KiB. Beyond it new writes are refused as on a full
    /// disk, and taken again when there is room.
    pub fn page_limit(mut self, pages: u32) -> Self {
        self.page_limit = Some(pages);
        self
    }

    /// Encrypts what is stored of writes and of their outcomes. What stands there already is still read.
    pub fn encrypted(mut self, keys: PayloadKeys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Opens the journal, and makes the file where it is not there yet.
    ///
    /// What a killed process left behind is taken up again: each write that was under way is due at once.
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
    async fn accept(
        &self,
        entry: Entry,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Accepted, JournalError> {
        // Written down here and not by the one thread that all wait for.
        let body = self.payloads.write(entry.write.key, Part::Body, entry.write.as_ref());
        let body = body.map_err(|error| JournalError::Store { problem: error.to_string() })?;
        let caller = entry.caller.as_ref().map(|caller| self.payloads.caller(caller));
        let incoming = Incoming { entry, body, caller };
        self.committer.run(move |store| leases::accept(store, &incoming, live, now)).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: usize) -> Result<Claimed, JournalError> {
        self.committer.run(move |store| leases::claim(store, now, lease, limit)).await
    }

    async fn settle(
        &self,
        settlements: Vec<(Lease, Settlement)>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.committer
            .run(move |store| {
                settlements
                    .iter()
                    .try_for_each(|(lease, settlement)| leases::settle(store, lease, settlement, now))
            })
            .await
    }

    async fn standing(&self, key: WriteKey) -> Result<Option<(Digest, Standing)>, JournalError> {
        self.committer.run(move |store| operator::standing(store, key)).await
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, JournalError> {
        self.committer.run(move |store| operator::dead_letters(store, limit)).await
    }

    async fn retry(&self, key: WriteKey, now: Timestamp) -> Result<bool, JournalError> {
        self.committer.run(move |store| operator::retry(store, key, now)).await
    }

    async fn discard(&self, key: WriteKey) -> Result<bool, JournalError> {
        self.committer.run(move |store| operator::discard(store, key)).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        self.committer.run(move |store| operator::forget(store, done_before, limit)).await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<Found>, JournalError> {
        let reference = reference.clone();
        self.committer.run(move |store| operator::find(store, &reference)).await
    }

    async fn erase(&self, caller: &PhoneNumber) -> Result<Erased, JournalError> {
        let mut all = Erased::default();
        let mut after = 0;
        loop {
            let marks = self.payloads.callers(caller);
            let work = move |store: &mut store::Store| operator::erase(store, &marks, after, ERASED_AT_ONCE);
            let (erased, last) = self.committer.run(work).await?;
            all.erased += erased.erased;
            all.pending += erased.pending;
            let Some(last) = last else { return Ok(all) };
            after = last;
        }
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        self.committer.run(|store| Ok(store.lanes.stats())).await
    }
}
