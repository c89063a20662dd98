//! A small durable store beside the journal, in the same database: values with an expiry, counters, and leases by name.
//!
//! It is for the few things that must outlive a process or be shared by replicas: proofs of callers and failed attempts,
//! replay positions, ids of webhooks that were seen. Whatever waits for a sink belongs into the journal.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::journal::JournalError;

mod memory;
mod named_lease;

pub use memory::MemoryStore;
pub use named_lease::{HeldLease, NamedLease};

/// The longest key, in bytes.
pub const LONGEST_KEY: usize = 512;
/// The largest value, in bytes.
pub const LARGEST_VALUE: usize = 64 * 1024;

/// A value of the store.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "a store of your own makes them")]
pub struct StoredValue {
    /// The value.
    pub value: Arc<str>,
    /// Changes whenever the value does, and is never used twice for a key.
    pub version: u64,
}

/// What must hold of a key before it is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "a store of your own matches them")]
pub enum Expected {
    /// Nothing: the value is written in any case.
    Anything,
    /// No value is there, or it has expired.
    Absent,
    /// The value with this version is there.
    Version(u64),
}

/// Keeps small values by key, each until its expiry.
///
/// All methods take the present moment, so that a test can say what time it is. A value whose expiry has passed is
/// absent everywhere. Keys are text of at most [`LONGEST_KEY`] bytes, values of at most [`LARGEST_VALUE`]; larger ones
/// are refused with [`JournalError::Store`]. Keys must show no secret: hash what is personal.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The value under a key.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be read.
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<StoredValue>, JournalError>;

    /// Writes a value that lasts for a span, if what is expected holds. Gives the new version, or `None` when something
    /// else was there and nothing was changed.
    ///
    /// On return the value is durable. On an error it may be.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be written.
    async fn put(
        &self,
        key: &str,
        value: &str,
        expected: Expected,
        lasts: Duration,
        now: Timestamp,
    ) -> Result<Option<u64>, JournalError>;

    /// Adds to a counter and gives the sum. A counter that is absent begins at zero, and expires a span after its first
    /// addition.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the value under the key is no number, or the store cannot be written.
    async fn add(&self, key: &str, by: i64, lasts: Duration, now: Timestamp) -> Result<i64, JournalError>;

    /// Removes a value, if what is expected holds. False when nothing was removed.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be written.
    async fn remove(&self, key: &str, expected: Expected, now: Timestamp) -> Result<bool, JournalError>;

    /// The keys that begin with a prefix, in their order, and their values; at most `limit`.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be read.
    async fn list(
        &self,
        prefix: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(String, StoredValue)>, JournalError>;
}

/// A store may be shared.
#[async_trait]
impl<S: Store + ?Sized> Store for Arc<S> {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<StoredValue>, JournalError> {
        (**self).get(key, now).await
    }

    async fn put(
        &self,
        key: &str,
        value: &str,
        expected: Expected,
        lasts: Duration,
        now: Timestamp,
    ) -> Result<Option<u64>, JournalError> {
        (**self).put(key, value, expected, lasts, now).await
    }

    async fn add(&self, key: &str, by: i64, lasts: Duration, now: Timestamp) -> Result<i64, JournalError> {
        (**self).add(key, by, lasts, now).await
    }

    async fn remove(&self, key: &str, expected: Expected, now: Timestamp) -> Result<bool, JournalError> {
        (**self).remove(key, expected, now).await
    }

    async fn list(
        &self,
        prefix: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(String, StoredValue)>, JournalError> {
        (**self).list(prefix, limit, now).await
    }
}

/// Whether a key and a value may be stored.
pub(crate) fn check_size(key: &str, value: &str) -> Result<(), JournalError> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(JournalError::store(format!("a key of the store has 1 to {LONGEST_KEY} bytes")));
    }
    if value.len() > LARGEST_VALUE {
        return Err(JournalError::store(format!("a value of the store has at most {LARGEST_VALUE} bytes")));
    }
    Ok(())
}

/// The sentence for a value that was to be a counter.
pub(crate) const NO_COUNTER: &str = "the value under this key of the store is no counter";
