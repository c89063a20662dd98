//! The journal: what must reach the CRM, durable before a caller hears of it.
//!
//! Every write belongs to a lane, one lane for each call. The writes of a lane are handed out one at a
//! time and in order, under a lease with an epoch: whoever comes back with an old epoch changes nothing.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    crm::{Reference, WriteKey},
    phone::PhoneNumber,
};

mod entry;
mod error;
mod lease;
mod memory;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod payload;
#[cfg(feature = "postgres")]
mod postgres;
mod shared_budget;
#[cfg(feature = "sqlite")]
mod sqlite;
mod standing;

pub use entry::{Digest, Entry, Lane};
pub use error::JournalError;
pub use lease::{Accepted, Claimed, Lease, Reason, Settlement};
pub use memory::MemoryJournal;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use payload::{InvalidPayloadKey, PayloadKeys};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresJournal, PostgresOptions};
pub use shared_budget::{ShareGrant, ShareRequest, SharedBudget, SharedBudgetError};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteJournal, SqliteOptions};
pub use standing::{DeadLetter, Erased, Found, JournalStats, Standing};

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

    /// Leases the heads of at most `limit` lanes that are due. None of them may be passed over for ever: those go first
    /// that hold the oldest write or are due longest, and where replicas share the journal, before them what a dead
    /// one left behind.
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

    /// The writes with a spoken reference, the newest first; usually one.
    async fn find(&self, reference: &Reference) -> Result<Vec<Found>, JournalError>;

    /// Removes what is kept of a person: words, receipts, reasons, and whose call it was, of writes that are done
    /// or were given up. Their keys stay, so that a late repeat of a webhook brings nothing back.
    ///
    /// A dead letter of this person is thereby discarded. What is still on its way to the CRM stays, and is counted.
    async fn erase(&self, caller: &PhoneNumber) -> Result<Erased, JournalError>;

    /// How much there is of everything.
    async fn stats(&self) -> Result<JournalStats, JournalError>;
}

/// The moment a span after another.
fn later(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Beyond this no lease and no pause reaches: what is due later was noted before the clock was set back.
fn horizon(now: Timestamp) -> Timestamp {
    later(now, Duration::from_secs(3600))
}
