//! The store in memory, and the model that the durable ones are held against.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Expected, NO_COUNTER, Store, StoredValue, check_size};
use crate::{
    Note,
    journal::{JournalError, MemoryJournal, later},
};

/// A store that lasts as long as the process.
#[derive(Default)]
pub struct MemoryStore(Mutex<Values>);

#[derive(Default)]
struct Values {
    version: u64,
    values: BTreeMap<String, (StoredValue, Timestamp)>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the note of a job. False when a value is there already.
    pub(crate) fn insert(&self, note: &Note, now: Timestamp) -> Result<bool, JournalError> {
        check_size(&note.key, &note.value)?;
        let mut values = self.lock();
        let is_free = values.get(&note.key, now).is_none();
        if is_free {
            values.set(&note.key, note.value.clone(), later(now, note.lasts), now);
        }
        Ok(is_free)
    }

    fn lock(&self) -> MutexGuard<'_, Values> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Values {
    fn get(&self, key: &str, now: Timestamp) -> Option<&StoredValue> {
        self.values.get(key).filter(|(_, expires_at)| *expires_at > now).map(|(value, _)| value)
    }

    fn set(&mut self, key: &str, value: Arc<str>, expires_at: Timestamp, now: Timestamp) -> u64 {
        self.values.retain(|_, (_, expires_at)| *expires_at > now);
        self.version += 1;
        let version = self.version;
        self.values.insert(key.to_owned(), (StoredValue { value, version }, expires_at));
        version
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<StoredValue>, JournalError> {
        Ok(self.lock().get(key, now).cloned())
    }

    async fn put(
        &self,
        key: &str,
        value: &str,
        expected: Expected,
        lasts: Duration,
        now: Timestamp,
    ) -> Result<Option<u64>, JournalError> {
        check_size(key, value)?;
        let mut values = self.lock();
        if !expected.holds(values.get(key, now)) {
            return Ok(None);
        }
        Ok(Some(values.set(key, value.into(), later(now, lasts), now)))
    }

    async fn add(&self, key: &str, by: i64, lasts: Duration, now: Timestamp) -> Result<i64, JournalError> {
        check_size(key, "")?;
        let mut values = self.lock();
        let (before, expires_at) = match values.get(key, now) {
            Some(value) => {
                let before: i64 = value.value.parse().map_err(|_| JournalError::store(NO_COUNTER))?;
                (before, values.values.get(key).map_or(now, |(_, expires_at)| *expires_at))
            }
            None => (0, later(now, lasts)),
        };
        let sum = before.saturating_add(by);
        values.set(key, sum.to_string().into(), expires_at, now);
        Ok(sum)
    }

    async fn remove(&self, key: &str, expected: Expected, now: Timestamp) -> Result<bool, JournalError> {
        let mut values = self.lock();
        let known = values.get(key, now);
        let is_there = known.is_some() && expected.holds(known);
        Ok(is_there && values.values.remove(key).is_some())
    }

    async fn list(
        &self,
        prefix: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(String, StoredValue)>, JournalError> {
        let values = self.lock();
        let named = values.values.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        let there = named.filter(|(_, (_, expires_at))| *expires_at > now);
        Ok(there.map(|(key, (value, _))| (key.clone(), value.clone())).take(limit).collect())
    }
}

#[async_trait]
impl Store for MemoryJournal {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<StoredValue>, JournalError> {
        self.store.get(key, now).await
    }

    async fn put(
        &self,
        key: &str,
        value: &str,
        expected: Expected,
        lasts: Duration,
        now: Timestamp,
    ) -> Result<Option<u64>, JournalError> {
        self.store.put(key, value, expected, lasts, now).await
    }

    async fn add(&self, key: &str, by: i64, lasts: Duration, now: Timestamp) -> Result<i64, JournalError> {
        self.store.add(key, by, lasts, now).await
    }

    async fn remove(&self, key: &str, expected: Expected, now: Timestamp) -> Result<bool, JournalError> {
        self.store.remove(key, expected, now).await
    }

    async fn list(
        &self,
        prefix: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(String, StoredValue)>, JournalError> {
        self.store.list(prefix, limit, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counters_that_have_expired_are_removed_by_those_that_come_later() {
        let (store, second) = (MemoryStore::new(), Duration::from_secs(1));
        for number in 0..20 {
            store.add(&format!("count {number}"), 1, second, Timestamp::UNIX_EPOCH).await.unwrap();
        }
        store.add("later", 1, second, Timestamp::UNIX_EPOCH + second).await.unwrap();
        assert_eq!(store.lock().values.len(), 1);
    }
}
