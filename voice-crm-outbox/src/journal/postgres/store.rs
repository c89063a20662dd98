//! The store of small values, in the database of the journal.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{PostgresJournal, database::Database, rows};
use crate::{
    journal::{JournalError, later},
    store::{Expected, NO_COUNTER, Store, StoredValue, check_size, end_of},
};

#[async_trait]
impl Store for PostgresJournal {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<StoredValue>, JournalError> {
        let Database { connections, schema, .. } = &self.database;
        let sql = &format!("SELECT value, version FROM {schema}.value WHERE key = $1 AND expires_at > $2");
        let read = connections.run(|client| async move {
            let statement = client.prepare_cached(sql).await?;
            let row = client.query_opt(&statement, &[&key, &now.as_millisecond()]).await?;
            Ok(row.map(|row| stored(row.get(0), row.get(1))))
        });
        read.await
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
        let Database { connections, schema, .. } = &self.database;
        let connections = connections.once();
        let sql = &format!("SELECT {schema}.put_value($1, $2, $3, $4, $5, $6)");
        let (expected, version) = match expected {
            Expected::Anything => (0_i16, None),
            Expected::Absent => (1, None),
            Expected::Version(version) => (2, Some(version.cast_signed())),
        };
        let (expires_at, now) = (later(now, lasts).as_millisecond(), now.as_millisecond());
        let written = connections.run(|client| async move {
            let statement = client.prepare_cached(sql).await?;
            let row =
                client.query_one(&statement, &[&key, &value, &expected, &version, &expires_at, &now]).await?;
            Ok(row.get::<_, Option<i64>>(0).map(i64::cast_unsigned))
        });
        written.await
    }

    async fn add(&self, key: &str, by: i64, lasts: Duration, now: Timestamp) -> Result<i64, JournalError> {
        check_size(key, "")?;
        let Database { connections, schema, .. } = &self.database;
        let connections = connections.once();
        let sql = &format!("SELECT {schema}.add_value($1, $2, $3, $4)");
        let (expires_at, now) = (later(now, lasts).as_millisecond(), now.as_millisecond());
        let sum = connections.run(|client| async move {
            let statement = client.prepare_cached(sql).await?;
            let row = client.query_one(&statement, &[&key, &by, &expires_at, &now]).await?;
            Ok(row.get::<_, Option<i64>>(0))
        });
        sum.await?.ok_or_else(|| JournalError::store(NO_COUNTER))
    }

    async fn remove(&self, key: &str, expected: Expected, now: Timestamp) -> Result<bool, JournalError> {
        let version = match expected {
            Expected::Anything => None,
            // What is absent cannot be removed.
            Expected::Absent => return Ok(false),
            Expected::Version(version) => Some(version.cast_signed()),
        };
        let Database { connections, schema, .. } = &self.database;
        let connections = connections.once();
        let sql = &format!(
            "DELETE FROM {schema}.value WHERE key = $1 AND expires_at > $2 AND version = coalesce($3, version)"
        );
        let removed = connections.run(|client| async move {
            let statement = client.prepare_cached(sql).await?;
            Ok(client.execute(&statement, &[&key, &now.as_millisecond(), &version]).await? == 1)
        });
        removed.await
    }

    async fn list(
        &self,
        prefix: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(String, StoredValue)>, JournalError> {
        let Database { connections, schema, .. } = &self.database;
        // The end of the range is known to the server, so that it reads no other keys.
        let end = end_of(prefix);
        let within = if end.is_some() { "AND key < $4" } else { "AND $4::text IS NULL" };
        let sql = &format!(
            "SELECT key, value, version FROM {schema}.value
             WHERE key >= $1 AND expires_at > $2 {within} ORDER BY key LIMIT $3"
        );
        let end = end.as_deref();
        let listed = connections.run(|client| async move {
            let statement = client.prepare_cached(sql).await?;
            let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
                [&prefix, &now.as_millisecond(), &rows::limit(limit), &end];
            let rows = client.query(&statement, &parameters).await?;
            Ok(rows.iter().map(|row| (row.get(0), stored(row.get(1), row.get(2)))).collect())
        });
        listed.await
    }
}

fn stored(value: &str, version: i64) -> StoredValue {
    StoredValue { value: Arc::from(value), version: version.cast_unsigned() }
}
