//! Queries and commands of operators, as SQL inside a transaction of the committer.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, ToSql, params, params_from_iter};

use super::{
    file::Store,
    lanes::{Counted, LaneState},
    rows::{self, Key, stored},
};
use crate::{
    Digest, JobKey, JobStatus, Lane, Reason, Reference,
    journal::{DeadJob, Erased, FOUND, JobInfo, payload::Part, timestamp},
};

pub(super) fn status(store: &Store, key: JobKey) -> rusqlite::Result<Option<(Digest, JobStatus)>> {
    store
        .connection
        .prepare_cached("SELECT digest, state, outcome FROM job WHERE key = ?1")?
        .query_row([Key(key)], |row| Ok((Digest::from_bytes(row.get(0)?), rows::status(store, key, row, 1)?)))
        .optional()
}

pub(super) fn find(store: &Store, reference: &Reference) -> rusqlite::Result<Vec<JobInfo>> {
    let (first, last) = reference.keys();
    store
        .connection
        .prepare_cached(
            "SELECT key, state, outcome, kind, lane, coalesce(retried_at, enqueued_at), attempts FROM job
             WHERE key BETWEEN ?1 AND ?2 ORDER BY sequence DESC LIMIT ?3",
        )?
        .query_map(params![Key(first), Key(last), FOUND], |row| {
            let key = row.get::<_, Key>(0)?.0;
            Ok(JobInfo {
                key,
                status: rows::status(store, key, row, 1)?,
                kind: row.get(3)?,
                lane: Lane::from_text(row.get::<_, String>(4)?),
                enqueued_at: timestamp(row.get(5)?),
                attempts: row.get(6)?,
            })
        })?
        .collect()
}

pub(super) fn dead(store: &Store, limit: usize) -> rusqlite::Result<Vec<DeadJob>> {
    let mut statement = store.connection.prepare_cached(
        "SELECT key, body, lane, kind, outcome, coalesce(retried_at, enqueued_at), attempts FROM job WHERE state = 2
         ORDER BY sequence LIMIT ?1",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    statement.query_map([limit], |row| dead_job(store, row))?.collect()
}

fn dead_job(store: &Store, row: &Row<'_>) -> rusqlite::Result<DeadJob> {
    let key = row.get::<_, Key>(0)?.0;
    Ok(DeadJob {
        key,
        body: rows::text(store, key, Part::Body, row, 1)?,
        lane: Lane::from_text(row.get::<_, String>(2)?),
        kind: row.get(3)?,
        reason: rows::reason(store, key, row, 4)?,
        enqueued_at: timestamp(row.get(5)?),
        attempts: row.get(6)?,
    })
}

pub(super) fn retry(store: &mut Store, key: JobKey, now: Timestamp) -> rusqlite::Result<bool> {
    let now = now.as_millisecond();
    let dead: Option<(i64, String, String)> = store
        .connection
        .prepare_cached(
            "UPDATE job SET state = 0, outcome = NULL, settled_at = NULL, attempts = 0, may_have_applied = 1,
             retried_at = ?2 WHERE key = ?1 AND state = 2 RETURNING sequence, lane, kind",
        )?
        .query_row(params![Key(key), now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((sequence, lane, kind)) = dead else { return Ok(false) };
    let lane = Lane::from_text(lane);
    let state = match store.lanes.get(&lane) {
        Some(known) if known.head < sequence => LaneState { pending: known.pending + 1, ..known },
        // It is the head again, and has not failed since.
        Some(known) => LaneState { pending: known.pending + 1, head: sequence, failing: false, ..known },
        None => LaneState { pending: 1, head: sequence, leased: None, free_at: now, failing: false },
    };
    store.lanes.set(&lane, Some(state));
    store.lanes.uncount(Counted::Dead, 1);
    store.lanes.count(Counted::Pending(lane.sink(), &kind), 1);
    Ok(true)
}

pub(super) fn discard(store: &mut Store, key: JobKey) -> rusqlite::Result<bool> {
    // The key stays, so that a late repeat of the request does not bring the job back.
    let discarded = store
        .connection
        .prepare_cached("UPDATE job SET state = 3, body = NULL WHERE key = ?1 AND state = 2")?
        .execute([Key(key)])?;
    store.lanes.uncount(Counted::Dead, discarded as u64);
    Ok(discarded == 1)
}

pub(super) fn forget(store: &mut Store, before: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    let younger = first_taken_in_since(store, before.as_millisecond())?;
    let mut statement = store.connection.prepare_cached(
        "DELETE FROM job WHERE sequence IN
         (SELECT sequence FROM job WHERE sequence < ?3 AND state IN (1, 3) AND settled_at < ?1 LIMIT ?2)
         RETURNING state",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let states: Vec<i64> = statement
        .query_map(params![before.as_millisecond(), limit, younger], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    drop(statement);
    let done = states.iter().filter(|state| **state == rows::DONE).count();
    store.lanes.uncount(Counted::Done, done as u64);
    Ok(states.len())
}

/// About where the jobs begin that were taken in since a moment, found by halves: jobs are numbered as they come in. What
/// was settled before that moment was taken in before it, so no index on the time of settling is needed.
fn first_taken_in_since(store: &Store, moment: i64) -> rusqlite::Result<i64> {
    let bounds = "SELECT coalesce(min(sequence), 0), coalesce(max(sequence), 0) + 1 FROM job";
    let (mut from, mut to): (i64, i64) =
        store.connection.prepare_cached(bounds)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut next = store.connection.prepare_cached(
        "SELECT sequence, enqueued_at FROM job WHERE sequence >= ?1 ORDER BY sequence LIMIT 1",
    )?;
    while from < to {
        let middle = from + (to - from) / 2;
        let found: Option<(i64, i64)> =
            next.query_row([middle], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        match found {
            Some((sequence, taken_in)) if taken_in < moment => from = sequence + 1,
            _ => to = middle,
        }
    }
    Ok(from)
}

/// Looks through at most `limit` jobs, starting after one; gives the last that it looked at, if there are more.
pub(super) fn erase(
    store: &mut Store,
    marks: &[[u8; 16]],
    after: i64,
    limit: i64,
) -> rusqlite::Result<(Erased, Option<i64>)> {
    let last: Option<i64> = store
        .connection
        .prepare_cached("SELECT max(sequence) FROM (SELECT sequence FROM job WHERE sequence > ?1 ORDER BY sequence LIMIT ?2)")?
        .query_row([after, limit], |row| row.get(0))?;
    let mut erased = Erased::default();
    let Some(last) = last else { return Ok((erased, None)) };
    let places = vec!["?"; marks.len()].join(", ");
    let sql = format!(
        "SELECT sequence, key, state FROM job WHERE sequence > ? AND sequence <= ? AND subject IN ({places})"
    );
    let bounds: [&dyn ToSql; 2] = [&after, &last];
    let values = bounds.into_iter().chain(marks.iter().map(|mark| mark as &dyn ToSql));
    let theirs: Vec<(i64, JobKey, i64)> = store
        .connection
        .prepare_cached(&sql)?
        .query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get::<_, Key>(1)?.0, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (sequence, key, state) in theirs {
        match state {
            rows::DONE | rows::DEAD | rows::DISCARDED => {
                erase_one(store, sequence, key, state)?;
                erased.erased += 1;
            }
            _ => erased.pending += 1,
        }
    }
    Ok((erased, Some(last)))
}

fn erase_one(store: &mut Store, sequence: i64, key: JobKey, state: i64) -> rusqlite::Result<()> {
    // A memo may hold what was said in any job of its lane.
    store
        .connection
        .prepare_cached(
            "UPDATE job SET memo = NULL WHERE memo IS NOT NULL AND lane <> ''
             AND lane = (SELECT lane FROM job WHERE sequence = ?1)",
        )?
        .execute([sequence])?;
    let (kept, outcome) = if state == rows::DONE {
        (rows::DONE, rows::seal(store, key, Part::Outcome, "")?)
    } else {
        (rows::DISCARDED, rows::seal_reason(store, key, &Reason::erased())?)
    };
    store
        .connection
        .prepare_cached(
            "UPDATE job SET state = ?2, outcome = ?3, body = NULL, memo = NULL, subject = NULL, lane = ''
             WHERE sequence = ?1",
        )?
        .execute(params![sequence, kept, stored(&outcome)])?;
    if state == rows::DEAD {
        store.lanes.uncount(Counted::Dead, 1);
    }
    Ok(())
}

/// Writes a number and reads it back.
pub(super) fn check(store: &Store) -> rusqlite::Result<()> {
    store
        .connection
        .prepare_cached("UPDATE opening SET checks = checks + 1 RETURNING checks")?
        .query_row([], |row| row.get::<_, i64>(0))
        .map(|_| ())
}
