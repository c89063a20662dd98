//! A small durable store beside the journal, in the same database: values with an expiry, counters, and leases by name.
//!
//! It is for the few things that must outlive a process or be shared by replicas: proofs of callers and failed attempts,
//! replay positions, ids of webhooks that were seen. Whatever waits for a sink belongs into the journal.

use std::{fmt, sync::Arc, time::Duration};

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
#[derive(Clone, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "a store of your own makes them")]
pub struct StoredValue {
    /// The value.
    pub value: Arc<str>,
    /// Changes whenever the value does, and is never used twice for a key.
    pub version: u64,
}

impl fmt::Debug for StoredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredValue").field("version", &self.version).finish_non_exhaustive()
    }
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

impl Expected {
    /// Whether this holds of the value that is there.
    pub(crate) fn holds(self, known: Option<&StoredValue>) -> bool {
        match (self, known) {
            (Self::Anything, _) | (Self::Absent, None) => true,
            (Self::Version(version), Some(value)) => value.version == version,
            (Self::Absent, Some(_)) | (Self::Version(_), None) => false,
        }
    }
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
    /// addition. On an error the addition may have been made.
    ///
    /// # Errors
    /// [`JournalError::Store`] when the value under the key is no number, or the store cannot be written.
    async fn add(&self, key: &str, by: i64, lasts: Duration, now: Timestamp) -> Result<i64, JournalError>;

    /// Removes a value, if what is expected holds. False when nothing was removed. On an error it may have been removed.
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

/// The first text after all that begin with a prefix, byte by byte; none when they reach to the end.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) fn end_of(prefix: &str) -> Option<String> {
    let (place, last) = prefix.char_indices().rev().find(|(_, character)| *character != char::MAX)?;
    let next = (last..=char::MAX).nth(1)?;
    Some(format!("{}{next}", &prefix[..place]))
}

#[cfg(all(test, any(feature = "postgres", feature = "sqlite")))]
mod tests {
    use proptest::prelude::*;

    use super::end_of;

    proptest! {
        #[test]
        fn a_text_lies_before_the_end_of_a_prefix_just_when_it_begins_with_it(prefix in ".{1,3}", text in ".{0,5}") {
            let end = end_of(&prefix).unwrap();
            let longer = format!("{prefix}{text}");
            prop_assert!(longer < end);
            let lies_within = prefix <= text && text < end;
            prop_assert_eq!(lies_within, text.starts_with(&prefix));
        }
    }

    #[test]
    fn a_prefix_of_the_last_characters_has_no_end() {
        assert_eq!(end_of(""), None);
        assert_eq!(end_of("\u{10FFFF}"), None);
        assert_eq!(end_of("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(end_of("\u{D7FF}").as_deref(), Some("\u{E000}"));
    }
}
