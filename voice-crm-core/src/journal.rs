//! The journal: what must reach the CRM, durable before a caller hears of it.
//!
//! Every write belongs to a lane, one lane for each call. The writes of a lane are handed out one at a
//! time and in order, under a lease with an epoch: whoever comes back with an old epoch changes nothing.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::crm::{Attempt, Receipt, Write, WriteKey};

mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use memory::MemoryJournal;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;

/// Keeps writes until they are in the CRM, and remembers them afterwards.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Takes a write in. On return it is durable.
    ///
    /// With `live` the first write of an idle lane is leased to the caller of this function for that long;
    /// everything else waits for [`Journal::claim`].
    async fn accept(
        &self,
        entry: Entry,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Accepted, JournalError>;

    /// Leases the heads of at most `limit` lanes that are due, those due longest first.
    async fn claim(&self, now: Timestamp, lease: Duration, limit: usize) -> Result<Claimed, JournalError>;

    /// Says what became of leased writes; a lease that is no longer in force is passed over.
    async fn settle(&self, settlements: Vec<(Lease, Settlement)>, now: Timestamp)
    -> Result<(), JournalError>;

    /// Where a write stands and what was asked for, if it is known at all.
    async fn standing(&self, key: WriteKey) -> Result<Option<(Digest, Standing)>, JournalError>;

    /// The dead letters, the oldest first.
    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, JournalError>;

    /// Puts a dead letter back at the head of its lane; false when there is none with this key.
    async fn retry(&self, key: WriteKey, now: Timestamp) -> Result<bool, JournalError>;

    /// Gives a dead letter up for good, but for the memory that it was one; false when there is none with
    /// this key.
    async fn discard(&self, key: WriteKey) -> Result<bool, JournalError>;

    /// Forgets writes that were done before a moment; at most `limit` at a time. Gives how many.
    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError>;

    /// How much there is of everything.
    async fn stats(&self) -> Result<JournalStats, JournalError>;
}

/// A write that asks to be taken in.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The lane it belongs to.
    pub lane: Lane,
    /// The write.
    pub write: Arc<Write>,
    /// A digest of what was asked for, which tells a repeat from a conflict.
    ///
    /// It is made of the request and not of the write: what a look-up adds may differ from one time to the next.
    pub digest: Digest,
}

/// The order in which writes happen; one for each call.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Lane(Arc<str>);

impl Lane {
    /// The lane with this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The lane's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digest of what was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest with these sixteen bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What became of a write that asked to be taken in.
#[derive(Debug)]
#[non_exhaustive]
pub enum Accepted {
    /// It is durable, and whoever brought it may try it now.
    Leased(Lease),
    /// It is durable, and its turn comes.
    Queued,
    /// It was here before.
    Known(Standing),
    /// The key was here before, for something else. Nothing was changed.
    Conflict,
}

/// The right to try the head of a lane.
#[derive(Clone)]
pub struct Lease {
    pub(crate) sequence: i64,
    pub(crate) lane: Lane,
    pub(crate) epoch: i64,
    pub(crate) attempt: Attempt,
    pub(crate) attempts: u32,
    pub(crate) accepted_at: Timestamp,
}

impl Lease {
    /// The write to try, and what is known of earlier tries.
    pub fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    /// How often it was tried before.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// When it was taken in.
    pub fn accepted_at(&self) -> Timestamp {
        self.accepted_at
    }
}

impl Lease {
    /// The lease of a lane's head, for a journal of one's own.
    ///
    /// `sequence` and `epoch` come back with the settlement; an epoch is never given twice for a lane.
    pub fn new(
        lane: Lane,
        (sequence, epoch): (i64, i64),
        attempt: Attempt,
        attempts: u32,
        accepted_at: Timestamp,
    ) -> Self {
        Self { sequence, lane, epoch, attempt, attempts, accepted_at }
    }

    /// The lane.
    pub fn lane(&self) -> &Lane {
        &self.lane
    }

    /// The numbers by which the journal knows the lease: sequence and epoch.
    pub fn numbers(&self) -> (i64, i64) {
        (self.sequence, self.epoch)
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("key", &self.attempt.write.key)
            .field("epoch", &self.epoch)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What [`Journal::claim`] found.
#[derive(Debug, Default)]
pub struct Claimed {
    /// The leases, one for each lane.
    pub leases: Vec<Lease>,
    /// When the next lane falls due that was not yet.
    pub next_due: Option<Timestamp>,
}

/// What became of a leased write.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Settlement {
    /// It is in the CRM.
    Done(Receipt),
    /// It is to be tried again.
    Retry {
        /// Not before this moment.
        at: Timestamp,
        /// Whether it may have taken effect all the same.
        may_exist: bool,
    },
    /// It is given up, for an operator to look at; its lane goes on.
    Dead(Reason),
}

/// Why a write was given up.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    /// The CRM's code, or our own word.
    pub code: String,
    /// A sentence for the operator.
    pub sentence: String,
}

/// Where a write stands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Standing {
    /// It is durable here and not yet known to be in the CRM.
    Pending,
    /// It is in the CRM.
    Done(Receipt),
    /// It was given up.
    Dead(Reason),
}

/// A write that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The write.
    pub write: Arc<Write>,
    /// Its lane.
    pub lane: Lane,
    /// Why it was given up.
    pub reason: Reason,
    /// When it was taken in.
    pub accepted_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// How much there is of everything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct JournalStats {
    /// Writes that wait for the CRM.
    pub pending: u64,
    /// Writes that are in the CRM and still remembered.
    pub done: u64,
    /// Writes that were given up.
    pub dead: u64,
    /// Writes that wait, by kind.
    pub pending_by_kind: BTreeMap<String, u64>,
}

/// The moment a span after another.
fn later(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Beyond this no lease and no pause reaches: what is due later was noted before the clock was set back.
fn horizon(now: Timestamp) -> Timestamp {
    later(now, Duration::from_secs(3600))
}

/// The journal cannot do its work.
///
/// A write whose `accept` failed is not promised to anybody.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be opened, or not for us alone.
    #[error("the journal {path} cannot be opened: {problem}")]
    Open {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The store failed: the disk is full, not writable, or broken.
    #[error("the journal cannot store: {problem}")]
    Store {
        /// What is wrong.
        problem: String,
    },
    /// More is coming in than the disk takes.
    #[error("the journal is overloaded; fewer calls at a time or a faster disk are needed")]
    Overloaded,
    /// It was closed.
    #[error("the journal is closed")]
    Closed,
}
