//! What is asked and told outside the stream of writes.

use std::sync::Arc;

use deadpool_postgres::Object;
use jiff::Timestamp;
use tokio_postgres::Error;

use super::rows;
use crate::{
    crm::{Receipt, Reference, Write, WriteKey},
    journal::{
        DeadLetter, Digest, Erased, Found, JournalStats, Lane, Reason, Standing,
        payload::{Part, Payloads},
    },
};

/// How many writes one reference can name at most before the rest is not shown.
const FOUND: i64 = 20;

pub(super) async fn standing(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    key: WriteKey,
) -> Result<Option<(Digest, Standing)>, Error> {
    let sql = format!("SELECT digest, state, outcome FROM {schema}.entry WHERE key = $1");
    let row = client.query_opt(&client.prepare_cached(&sql).await?, &[&key.as_bytes().as_slice()]).await?;
    Ok(row.map(|row| {
        let digest = Digest::from_bytes(rows::sixteen(row.get(0)));
        (digest, rows::standing(payloads, key, row.get(1), row.get(2)))
    }))
}

pub(super) async fn find(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    reference: &Reference,
) -> Result<Vec<Found>, Error> {
    let sql = format!(
        "SELECT key, state, outcome, kind, lane, accepted_at, attempts FROM {schema}.entry
         WHERE key BETWEEN $1 AND $2 ORDER BY sequence DESC LIMIT {FOUND}"
    );
    let (first, last) = reference.keys();
    let keys = (first.as_bytes().as_slice(), last.as_bytes().as_slice());
    let found = client.query(&client.prepare_cached(&sql).await?, &[&keys.0, &keys.1]).await?;
    let read = |row: &tokio_postgres::Row| {
        let key = rows::key(row.get(0));
        Found {
            key,
            standing: rows::standing(payloads, key, row.get(1), row.get(2)),
            kind: row.get(3),
            lane: Lane::new(row.get::<_, &str>(4)),
            accepted_at: rows::timestamp(row.get(5)),
            attempts: u32::try_from(row.get::<_, i32>(6)).unwrap_or_default(),
        }
    };
    Ok(found.iter().map(read).collect())
}

pub(super) async fn dead_letters(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    limit: usize,
) -> Result<Vec<DeadLetter>, Error> {
    let sql = format!(
        "SELECT key, body, lane, outcome, accepted_at, attempts FROM {schema}.entry WHERE state = 2
         ORDER BY sequence LIMIT $1"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let dead = client.query(&client.prepare_cached(&sql).await?, &[&limit]).await?;
    let read = |row: &tokio_postgres::Row| {
        let key = rows::key(row.get(0));
        let body = row.get::<_, Option<&[u8]>>(1).unwrap_or_default();
        // What cannot be read was logged when it was set aside, and is counted in the statistics.
        let write = payloads.read::<Write>(key, Part::Body, body).ok()?;
        Some(DeadLetter {
            write: Arc::new(write),
            lane: Lane::new(row.get::<_, &str>(2)),
            reason: rows::reason(payloads, key, row.get(3)),
            accepted_at: rows::timestamp(row.get(4)),
            attempts: u32::try_from(row.get::<_, i32>(5)).unwrap_or_default(),
        })
    };
    Ok(dead.iter().filter_map(read).collect())
}

pub(super) async fn retry(
    client: &Object,
    schema: &str,
    key: WriteKey,
    now: Timestamp,
) -> Result<bool, Error> {
    let statement = client.prepare_cached(&format!("SELECT {schema}.retry($1, $2)")).await?;
    let row = client.query_one(&statement, &[&key.as_bytes().as_slice(), &now.as_millisecond()]).await?;
    Ok(row.get(0))
}

pub(super) async fn discard(client: &Object, schema: &str, key: WriteKey) -> Result<bool, Error> {
    // The key stays, so that a late repeat of the webhook does not bring the write back.
    let sql = format!("UPDATE {schema}.entry SET state = 3, body = NULL WHERE key = $1 AND state = 2");
    let given_up = client.execute(&client.prepare_cached(&sql).await?, &[&key.as_bytes().as_slice()]).await?;
    Ok(given_up == 1)
}

pub(super) async fn forget(
    client: &Object,
    schema: &str,
    before: Timestamp,
    limit: usize,
) -> Result<usize, Error> {
    // Several replicas forget at the same time; none waits for another.
    let sql = format!(
        "DELETE FROM {schema}.entry WHERE sequence IN (
            SELECT sequence FROM {schema}.entry WHERE state IN (1, 3) AND settled_at < $1 LIMIT $2
            FOR UPDATE SKIP LOCKED)"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let gone =
        client.execute(&client.prepare_cached(&sql).await?, &[&before.as_millisecond(), &limit]).await?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}

pub(super) async fn erase(client: &Object, schema: &str, marks: &[[u8; 16]]) -> Result<Erased, Error> {
    // No person is in these, so they need no key.
    let receipt = serde_json::to_vec(&Receipt::default()).unwrap_or_default();
    let reason = serde_json::to_vec(&Reason::erased()).unwrap_or_default();
    let marks: Vec<&[u8]> = marks.iter().map(<[u8; 16]>::as_slice).collect();
    let sql = format!("SELECT count(*) FROM {schema}.entry WHERE caller = ANY($1) AND state = 0");
    let pending = client.query_one(&client.prepare_cached(&sql).await?, &[&marks]).await?;
    let sql = format!(
        "UPDATE {schema}.entry SET outcome = CASE state WHEN 1 THEN $2::bytea ELSE $3::bytea END,
            state = CASE state WHEN 1 THEN 1 ELSE 3 END, body = NULL, caller = NULL, lane = ''
         WHERE caller = ANY($1) AND state <> 0"
    );
    let erased = client.execute(&client.prepare_cached(&sql).await?, &[&marks, &receipt, &reason]).await?;
    Ok(Erased { erased, pending: pending.get::<_, i64>(0).unsigned_abs() })
}

pub(super) async fn stats(client: &Object, schema: &str) -> Result<JournalStats, Error> {
    let sql = format!(
        "SELECT 0::smallint, kind, count(*) FROM {schema}.entry WHERE state = 0 GROUP BY kind
         UNION ALL SELECT 1::smallint, '', count(*) FROM {schema}.entry WHERE state = 1
         UNION ALL SELECT 2::smallint, '', count(*) FROM {schema}.entry WHERE state = 2"
    );
    let mut stats = JournalStats::default();
    for row in client.query(&client.prepare_cached(&sql).await?, &[]).await? {
        let count = row.get::<_, i64>(2).unsigned_abs();
        match row.get::<_, i16>(0) {
            0 => {
                stats.pending += count;
                stats.pending_by_kind.insert(row.get(1), count);
            }
            1 => stats.done = count,
            _ => stats.dead = count,
        }
    }
    Ok(stats)
}
