//! The small store, as SQL inside a transaction of the committer.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{SqliteJournal, file};
use crate::{
    Note,
    journal::{JournalError, later, timestamp},
    store::{Expected, NO_COUNTER, Store, StoredValue, check_size, end_of},
};

/// How many expired values are removed with each that is written.
const SWEPT: i64 = 8;
/// About how many bytes a value takes in a transaction.
pub(super) const WEIGHT: usize = 512;

#[async_trait]
impl Store for SqliteJournal {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<StoredValue>, JournalError> {
        let key = key.to_owned();
        self.committer.run(move |store| get(&store.connection, &key, now)).await
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
        let (key, value) = (key.to_owned(), value.to_owned());
        let expires_at = later(now, lasts);
        let work = move |store: &mut file::Store| {
            if !expected.holds(get(&store.connection, &key, now)?.as_ref()) {
                return Ok(None);
            }
            set(store, &key, &value, expires_at, now).map(Some)
        };
        self.committer.add(WEIGHT, work).await
    }

    async fn add(&self, key: &str, by: i64, lasts: Duration, now: Timestamp) -> Result<i64, JournalError> {
        check_size(key, "")?;
        let key = key.to_owned();
        let work = move |store: &mut file::Store| {
            let known = get(&store.connection, &key, now)?;
            let expires_at = match known {
                Some(_) => expiry(&store.connection, &key)?,
                None => later(now, lasts),
            };
            let before = known.map_or(Ok(0), |known| known.value.parse::<i64>());
            let Ok(before) = before else { return Ok(None) };
            let sum = before.saturating_add(by);
            set(store, &key, &sum.to_string(), expires_at, now)?;
            Ok(Some(sum))
        };
        self.committer.add(WEIGHT, work).await?.ok_or_else(|| JournalError::store(NO_COUNTER))
    }

    async fn remove(&self, key: &str, expected: Expected, now: Timestamp) -> Result<bool, JournalError> {
        let key = key.to_owned();
        let work = move |store: &mut file::Store| {
            let connection = &store.connection;
            let known = get(connection, &key, now)?;
            if known.is_none() || !expected.holds(known.as_ref()) {
                return Ok(false);
            }
            connection.prepare_cached("DELETE FROM value WHERE key = ?1")?.execute([&key])?;
            Ok(true)
        };
        self.committer.run(work).await
    }

    async fn list(
        &self,
        prefix: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(String, StoredValue)>, JournalError> {
        // The end of the range is known, so that no other keys are read.
        let end = end_of(prefix);
        let within = if end.is_some() { "AND key < ?4" } else { "AND ?4 IS NULL" };
        let sql = format!(
            "SELECT key, value, version FROM value
             WHERE key >= ?1 AND expires_at > ?2 {within} ORDER BY key LIMIT ?3"
        );
        let prefix = prefix.to_owned();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let work = move |store: &mut file::Store| {
            store
                .connection
                .prepare_cached(&sql)?
                .query_map(params![prefix, now.as_millisecond(), limit, end], |row| {
                    Ok((row.get(0)?, stored_value(row.get(1)?, row.get(2)?)))
                })?
                .collect()
        };
        self.committer.run(work).await
    }
}

fn stored_value(value: String, version: i64) -> StoredValue {
    StoredValue { value: value.into(), version: version.unsigned_abs() }
}

fn get(connection: &Connection, key: &str, now: Timestamp) -> rusqlite::Result<Option<StoredValue>> {
    connection
        .prepare_cached("SELECT value, version FROM value WHERE key = ?1 AND expires_at > ?2")?
        .query_row(params![key, now.as_millisecond()], |row| Ok(stored_value(row.get(0)?, row.get(1)?)))
        .optional()
}

fn expiry(connection: &Connection, key: &str) -> rusqlite::Result<Timestamp> {
    connection
        .prepare_cached("SELECT expires_at FROM value WHERE key = ?1")?
        .query_row([key], |row| Ok(timestamp(row.get(0)?)))
}

/// Writes the note of a job, and removes some values that have expired. False when a value is there already.
pub(super) fn insert(store: &mut file::Store, note: &Note, now: Timestamp) -> rusqlite::Result<bool> {
    let Note { key, value, lasts } = note;
    sweep(&store.connection, now)?;
    let version = store.next_version();
    let written = store
        .connection
        .prepare_cached(
            "INSERT INTO value (key, value, version, expires_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version,
             expires_at = excluded.expires_at WHERE value.expires_at <= ?5",
        )?
        .execute(params![key, value, version, later(now, *lasts).as_millisecond(), now.as_millisecond()])?;
    Ok(written > 0)
}

/// Writes a value, and removes some that have expired.
fn set(
    store: &mut file::Store,
    key: &str,
    value: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    sweep(&store.connection, now)?;
    let version = store.next_version();
    store
        .connection
        .prepare_cached(
            "INSERT INTO value (key, value, version, expires_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version,
             expires_at = excluded.expires_at",
        )?
        .execute(params![key, value, version, expires_at.as_millisecond()])?;
    Ok(version.unsigned_abs())
}

const SWEEP: &str = "DELETE FROM value WHERE key IN (SELECT key FROM value WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

fn sweep(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(SWEEP)?.execute(params![now.as_millisecond(), SWEPT]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counters_that_have_expired_are_removed_by_those_that_come_later() {
        let folder = tempfile::tempdir().unwrap();
        let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
        let (begun, second) = (Timestamp::UNIX_EPOCH, Duration::from_secs(1));
        for number in 0..2 * SWEPT {
            journal.add(&format!("count {number}"), 1, second, begun).await.unwrap();
        }
        for _ in 0..2 {
            journal.add("later", 1, second, begun + second).await.unwrap();
        }
        let count = |store: &mut file::Store| {
            store.connection.query_row("SELECT count(*) FROM value", [], |row| row.get::<_, i64>(0))
        };
        assert_eq!(journal.committer.run(count).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn no_statement_is_compiled_again_for_other_values() {
        let folder = tempfile::tempdir().unwrap();
        let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
        let again = |store: &mut file::Store| {
            // A limit, and an order behind an equality, are what SQLite would plan by their values.
            let (sweep, lane) =
                (SWEEP, "SELECT key FROM job WHERE lane = ?1 AND state = ?2 ORDER BY sequence");
            let mut again = 0;
            for (sql, number) in [(sweep, 1), (sweep, 2), (lane, 1), (lane, 2)] {
                let mut statement = store.connection.prepare_cached(sql)?;
                while statement.query(params![number, number])?.next()?.is_some() {}
                again += statement.get_status(rusqlite::StatementStatus::RePrepare);
            }
            Ok(again)
        };
        assert_eq!(journal.committer.run(again).await.unwrap(), 0);
    }
}
