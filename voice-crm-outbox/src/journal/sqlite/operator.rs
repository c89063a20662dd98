//! What is asked and told outside the stream of writes, as SQL inside a transaction of the committer.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{
    lanes::{Counted, LaneState},
    rows::{self, Key, stored, timestamp},
    store::Store,
};
use crate::{
    crm::{Receipt, Reference, Write, WriteKey},
    journal::{DeadLetter, Digest, Erased, Found, Lane, Reason, Standing, payload::Part},
};

/// How many writes one reference can name at most before the rest is not shown.
const FOUND: i64 = 20;

pub(super) fn standing(store: &Store, key: WriteKey) -> rusqlite::Result<Option<(Digest, Standing)>> {
    store
        .connection
        .prepare_cached("SELECT digest, state, outcome FROM entry WHERE key = ?1")?
        .query_row([Key(key)], |row| {
            Ok((Digest::from_bytes(row.get(0)?), rows::standing(store, key, row, 1)?))
        })
        .optional()
}

pub(super) fn find(store: &Store, reference: &Reference) -> rusqlite::Result<Vec<Found>> {
    let (first, last) = reference.keys();
    store
        .connection
        .prepare_cached(
            "SELECT key, state, outcome, kind, lane, accepted_at, attempts FROM entry
             WHERE key BETWEEN ?1 AND ?2 ORDER BY sequence DESC LIMIT ?3",
        )?
        .query_map(params![Key(first), Key(last), FOUND], |row| {
            let key = row.get::<_, Key>(0)?.0;
            Ok(Found {
                key,
                standing: rows::standing(store, key, row, 1)?,
                kind: row.get(3)?,
                lane: Lane::new(row.get::<_, String>(4)?),
                accepted_at: timestamp(row.get(5)?),
                attempts: row.get(6)?,
            })
        })?
        .collect()
}

pub(super) fn dead_letters(store: &Store, limit: usize) -> rusqlite::Result<Vec<DeadLetter>> {
    let mut statement = store.connection.prepare_cached(
        "SELECT key, body, lane, outcome, accepted_at, attempts FROM entry WHERE state = 2
         ORDER BY sequence LIMIT ?1",
    )?;
    let letters = statement
        .query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| dead_letter(store, row))?
        .filter_map(Result::transpose);
    letters.collect()
}

fn dead_letter(store: &Store, row: &Row<'_>) -> rusqlite::Result<Option<DeadLetter>> {
    let key = row.get::<_, Key>(0)?.0;
    // What cannot be read was logged when it was set aside, and is counted in the statistics.
    let Ok(write) = store.payloads.read::<Write>(key, Part::Body, &rows::bytes(row, 1)?) else {
        return Ok(None);
    };
    Ok(Some(DeadLetter {
        write: Arc::new(write),
        lane: Lane::new(row.get::<_, String>(2)?),
        reason: rows::reason(store, key, &rows::bytes(row, 3)?),
        accepted_at: timestamp(row.get(4)?),
        attempts: row.get(5)?,
    }))
}

pub(super) fn retry(store: &mut Store, key: WriteKey, now: Timestamp) -> rusqlite::Result<bool> {
    let now = now.as_millisecond();
    let letter: Option<(i64, String, String)> = store
        .connection
        .prepare_cached(
            "UPDATE entry SET state = 0, outcome = NULL, settled_at = NULL, attempts = 0, may_exist = 1,
             accepted_at = ?2 WHERE key = ?1 AND state = 2 RETURNING sequence, lane, kind",
        )?
        .query_row(params![Key(key), now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((sequence, lane, kind)) = letter else { return Ok(false) };
    let lane = Lane::new(lane);
    let state = match store.lanes.get(&lane) {
        Some(known) => LaneState { pending: known.pending + 1, head: known.head.min(sequence), ..known },
        None => LaneState { pending: 1, head: sequence, out: None, free_at: now },
    };
    store.lanes.set(&lane, Some(state));
    store.lanes.uncount(Counted::Dead, 1);
    store.lanes.count(Counted::Pending(&kind), 1);
    Ok(true)
}

pub(super) fn discard(store: &mut Store, key: WriteKey) -> rusqlite::Result<bool> {
    // The key stays, so that a late repeat of the webhook does not bring the write back.
    let given_up = store
        .connection
        .prepare_cached("UPDATE entry SET state = 3, body = NULL WHERE key = ?1 AND state = 2")?
        .execute([Key(key)])?;
    store.lanes.uncount(Counted::Dead, given_up as u64);
    Ok(given_up == 1)
}

pub(super) fn forget(store: &mut Store, before: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    let mut statement = store.connection.prepare_cached(
        "DELETE FROM entry WHERE sequence IN
         (SELECT sequence FROM entry WHERE state IN (1, 3) AND settled_at < ?1 LIMIT ?2) RETURNING state",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let states: Vec<i64> = statement
        .query_map(params![before.as_millisecond(), limit], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    drop(statement);
    let done = states.iter().filter(|state| **state == rows::DONE).count();
    store.lanes.uncount(Counted::Done, done as u64);
    Ok(states.len())
}

/// Looks through at most `limit` entries, starting after one; gives the last that it looked at, if there are more.
pub(super) fn erase(
    store: &mut Store,
    marks: &[[u8; 16]],
    after: i64,
    limit: i64,
) -> rusqlite::Result<(Erased, Option<i64>)> {
    let last: Option<i64> = store
        .connection
        .prepare_cached("SELECT max(sequence) FROM (SELECT sequence FROM entry WHERE sequence > ?1 ORDER BY sequence LIMIT ?2)")?
        .query_row([after, limit], |row| row.get(0))?;
    let mut erased = Erased::default();
    let Some(last) = last else { return Ok((erased, None)) };
    for mark in marks {
        let theirs: Vec<(i64, WriteKey, i64)> = store
            .connection
            .prepare_cached("SELECT sequence, key, state FROM entry WHERE sequence > ?1 AND sequence <= ?2 AND caller = ?3")?
            .query_map(params![after, last, mark.as_slice()], |row| {
                Ok((row.get(0)?, row.get::<_, Key>(1)?.0, row.get(2)?))
            })?
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
    }
    Ok((erased, Some(last)))
}

fn erase_one(store: &mut Store, sequence: i64, key: WriteKey, state: i64) -> rusqlite::Result<()> {
    let (kept, outcome) = if state == rows::DONE {
        (rows::DONE, rows::write(store, key, Part::Outcome, &Receipt::default())?)
    } else {
        (rows::DISCARDED, rows::write(store, key, Part::Outcome, &Reason::erased())?)
    };
    store
        .connection
        .prepare_cached(
            "UPDATE entry SET state = ?2, outcome = ?3, body = NULL, caller = NULL, lane = '' WHERE sequence = ?1",
        )?
        .execute(params![sequence, kept, stored(&outcome)])?;
    if state == rows::DEAD {
        store.lanes.uncount(Counted::Dead, 1);
    }
    Ok(())
}
