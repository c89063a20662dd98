//! Queries and commands of operators.

use deadpool_postgres::Object;
use jiff::Timestamp;
use tokio_postgres::Error;

use super::rows;
use crate::{
    Digest, JobKey, JobStatus, Lane, Reason, Reference,
    journal::{
        DeadJob, Erased, FOUND, JobInfo, JournalStats,
        payload::{Part, Payloads},
        timestamp,
    },
};

pub(super) async fn status(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    key: JobKey,
) -> Result<Option<(Digest, JobStatus)>, Error> {
    let sql = format!("SELECT digest, state, outcome FROM {schema}.job WHERE key = $1");
    let row = client.query_opt(&client.prepare_cached(&sql).await?, &[&key.as_bytes().as_slice()]).await?;
    Ok(row.map(|row| {
        let digest = Digest::from_bytes(rows::sixteen(row.get(0)));
        (digest, rows::status(payloads, key, row.get(1), row.get(2)))
    }))
}

pub(super) async fn find(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    reference: &Reference,
) -> Result<Vec<JobInfo>, Error> {
    let sql = format!(
        "SELECT key, state, outcome, kind, lane, enqueued_at, attempts FROM {schema}.job
         WHERE key BETWEEN $1 AND $2 ORDER BY sequence DESC LIMIT {FOUND}"
    );
    let (first, last) = reference.keys();
    let keys = (first.as_bytes().as_slice(), last.as_bytes().as_slice());
    let found = client.query(&client.prepare_cached(&sql).await?, &[&keys.0, &keys.1]).await?;
    let read = |row: &tokio_postgres::Row| {
        let key = rows::key(row.get(0));
        JobInfo {
            key,
            status: rows::status(payloads, key, row.get(1), row.get(2)),
            kind: row.get(3),
            lane: Lane::from_text(row.get::<_, &str>(4)),
            enqueued_at: timestamp(row.get(5)),
            attempts: rows::attempts(row.get(6)),
        }
    };
    Ok(found.iter().map(read).collect())
}

pub(super) async fn dead(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    limit: usize,
) -> Result<Vec<DeadJob>, Error> {
    let sql = format!(
        "SELECT key, body, kind, lane, outcome, enqueued_at, attempts FROM {schema}.job WHERE state = 2
         ORDER BY sequence LIMIT $1"
    );
    let dead = client.query(&client.prepare_cached(&sql).await?, &[&rows::limit(limit)]).await?;
    let read = |row: &tokio_postgres::Row| {
        let key = rows::key(row.get(0));
        let body = row.get::<_, Option<&[u8]>>(1);
        DeadJob {
            key,
            body: body.and_then(|body| payloads.open(key, Part::Body, body).ok()),
            kind: row.get(2),
            lane: Lane::from_text(row.get::<_, &str>(3)),
            reason: rows::reason(payloads, key, row.get(4)),
            enqueued_at: timestamp(row.get(5)),
            attempts: rows::attempts(row.get(6)),
        }
    };
    Ok(dead.iter().map(read).collect())
}

pub(super) async fn retry(client: &Object, schema: &str, key: JobKey, now: Timestamp) -> Result<bool, Error> {
    let statement = client.prepare_cached(&format!("SELECT {schema}.retry($1, $2)")).await?;
    let row = client.query_one(&statement, &[&key.as_bytes().as_slice(), &now.as_millisecond()]).await?;
    Ok(row.get(0))
}

pub(super) async fn discard(client: &Object, schema: &str, key: JobKey) -> Result<bool, Error> {
    // The key stays, so that a late repeat of the request does not bring the job back.
    let sql = format!("UPDATE {schema}.job SET state = 3, body = NULL WHERE key = $1 AND state = 2");
    let discarded =
        client.execute(&client.prepare_cached(&sql).await?, &[&key.as_bytes().as_slice()]).await?;
    Ok(discarded == 1)
}

pub(super) async fn forget(
    client: &Object,
    schema: &str,
    before: Timestamp,
    limit: usize,
) -> Result<usize, Error> {
    // Several replicas forget at the same time; none waits for another.
    let sql = format!(
        "DELETE FROM {schema}.job WHERE sequence IN (
            SELECT sequence FROM {schema}.job WHERE state IN (1, 3) AND settled_at < $1 LIMIT $2
            FOR UPDATE SKIP LOCKED)"
    );
    let statement = client.prepare_cached(&sql).await?;
    let gone = client.execute(&statement, &[&before.as_millisecond(), &rows::limit(limit)]).await?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}

pub(super) async fn erase(client: &Object, schema: &str, marks: &[[u8; 16]]) -> Result<Erased, Error> {
    let marks: Vec<&[u8]> = marks.iter().map(<[u8; 16]>::as_slice).collect();
    // In one statement, so that no job is done between the two counts and is in neither. A memo may hold what was said in
    // any job of its lane.
    let sql = format!(
        "WITH memos AS (
            UPDATE {schema}.job SET memo = NULL
            WHERE memo IS NOT NULL AND (subject = ANY($1) AND state <> 0) IS NOT TRUE
                AND lane IN (SELECT lane FROM {schema}.job WHERE subject = ANY($1) AND state <> 0)),
         erased AS (
            UPDATE {schema}.job SET outcome = CASE state WHEN 1 THEN ''::bytea ELSE $2::bytea END,
                state = CASE state WHEN 1 THEN 1 ELSE 3 END, body = NULL, memo = NULL, subject = NULL, lane = ''
            WHERE subject = ANY($1) AND state <> 0 RETURNING 1)
         SELECT (SELECT count(*) FROM erased),
            (SELECT count(*) FROM {schema}.job WHERE subject = ANY($1) AND state = 0)"
    );
    // No person is in the reason, so it needs no key.
    let reason = rows::text_of(&Reason::erased());
    let counts = client.query_one(&client.prepare_cached(&sql).await?, &[&marks, &reason.as_bytes()]).await?;
    let count = |place: usize| counts.get::<_, i64>(place).unsigned_abs();
    Ok(Erased { erased: count(0), pending: count(1) })
}

pub(super) async fn stats(client: &Object, schema: &str) -> Result<JournalStats, Error> {
    let sql = format!(
        "SELECT 0::smallint, lane_sink, kind, count(*) FROM (
            SELECT substr(lane, 1, greatest(strpos(lane, '/') - 1, 0)) AS lane_sink, kind
            FROM {schema}.job WHERE state = 0) waiting GROUP BY lane_sink, kind
         UNION ALL SELECT 1::smallint, '', '', count(*) FROM {schema}.job WHERE state = 1
         UNION ALL SELECT 2::smallint, '', '', count(*) FROM {schema}.job WHERE state = 2"
    );
    let mut stats = JournalStats::default();
    for row in client.query(&client.prepare_cached(&sql).await?, &[]).await? {
        let count = row.get::<_, i64>(3).unsigned_abs();
        match row.get::<_, i16>(0) {
            0 => {
                stats.pending += count;
                stats.waiting.insert((row.get(1), row.get(2)), count);
            }
            1 => stats.done = count,
            _ => stats.dead = count,
        }
    }
    Ok(stats)
}
