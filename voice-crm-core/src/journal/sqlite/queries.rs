//! Each operation of the journal as SQL, inside a transaction that the committer opens and closes.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    crm::{Attempt, Change, OwnRecord, Receipt, Write, WriteKey},
    journal::{
        Accepted, Claimed, DeadLetter, Digest, Entry, JournalStats, Lane, Lease, Reason, Settlement,
        Standing, horizon, later,
    },
};

const PENDING: i64 = 0;
const DONE: i64 = 1;
const DEAD: i64 = 2;
const DISCARDED: i64 = 3;

pub(super) fn accept(
    connection: &Connection,
    entry: &Entry,
    live: Option<Duration>,
    now: Timestamp,
) -> rusqlite::Result<Accepted> {
    let key = entry.write.key;
    if let Some((digest, standing)) = standing(connection, key)? {
        return Ok(if digest == entry.digest { Accepted::Known(standing) } else { Accepted::Conflict });
    }
    connection
        .prepare_cached(
            "INSERT INTO entry (key, digest, lane, kind, body, accepted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            key.as_bytes().as_slice(),
            entry.digest.as_bytes().as_slice(),
            entry.lane.as_str(),
            entry.write.change.kind(),
            to_json(entry.write.as_ref())?,
            now.as_millisecond(),
        ])?;
    let idle = open_lane(connection, entry.lane.as_str(), now)?;
    match (idle, live) {
        (true, Some(live)) => Ok(lease(connection, entry.lane.as_str(), later(now, live))?
            .map_or(Accepted::Queued, Accepted::Leased)),
        _ => Ok(Accepted::Queued),
    }
}

pub(super) fn claim(
    connection: &Connection,
    now: Timestamp,
    span: Duration,
    limit: usize,
) -> rusqlite::Result<Claimed> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let due: Vec<String> = connection
        .prepare_cached(
            "SELECT lane FROM lane WHERE free_at <= ?1 OR free_at > ?3 ORDER BY free_at LIMIT ?2",
        )?
        .query_map(params![now.as_millisecond(), limit, horizon(now).as_millisecond()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut leases = Vec::with_capacity(due.len());
    for lane in &due {
        leases.extend(lease(connection, lane, later(now, span))?);
    }
    let next_due = connection
        .prepare_cached("SELECT min(free_at) FROM lane WHERE free_at > ?1")?
        .query_row([now.as_millisecond()], |row| row.get::<_, Option<i64>>(0))?
        .map(timestamp);
    Ok(Claimed { leases, next_due })
}

/// Leases the head of a lane. A head that cannot be read becomes a dead letter, and the next one is the head.
fn lease(connection: &Connection, lane: &str, until: Timestamp) -> rusqlite::Result<Option<Lease>> {
    // A lease that ran out was an attempt of which nothing was heard.
    connection
        .prepare_cached(
            "UPDATE entry SET may_exist = 1 WHERE sequence = (SELECT head FROM lane WHERE lane = ?1)",
        )?
        .execute([lane])?;
    while let Some((mut lease, body)) = head(connection, lane)? {
        let Ok(write) = serde_json::from_str::<Write>(&body) else {
            bury(connection, lease.sequence)?;
            continue;
        };
        // Counted for all lanes together, so that a lane that ends and comes back never repeats an epoch.
        lease.epoch = connection
            .prepare_cached("UPDATE epoch SET last = last + 1 RETURNING last")?
            .query_row([], |row| row.get(0))?;
        connection
            .prepare_cached("UPDATE lane SET epoch = ?2, head = ?3, free_at = ?4 WHERE lane = ?1")?
            .execute(params![lane, lease.epoch, lease.sequence, until.as_millisecond()])?;
        lease.attempt.write = Arc::new(write);
        lease.attempt.earlier = earlier(connection, lane, lease.sequence)?;
        return Ok(Some(lease));
    }
    release(connection, lane, until.as_millisecond())?;
    Ok(None)
}

/// The first pending write of a lane, with its body still to be read.
fn head(connection: &Connection, lane: &str) -> rusqlite::Result<Option<(Lease, String)>> {
    let nothing = Change::SaveRecord(OwnRecord { object: String::new(), fields: serde_json::Map::new() });
    let unread = Arc::new(Write { key: WriteKey::from_bytes([0; 16]), change: nothing });
    connection
        .prepare_cached(
            "SELECT sequence, body, attempts, may_exist, accepted_at FROM entry
             WHERE lane = ?1 AND state = 0 ORDER BY sequence LIMIT 1",
        )?
        .query_row([lane], |row| {
            let lease = Lease {
                sequence: row.get(0)?,
                lane: Lane::new(lane),
                epoch: 0,
                attempt: Attempt { write: unread, may_exist: row.get(3)?, earlier: Vec::new() },
                attempts: row.get(2)?,
                accepted_at: timestamp(row.get(4)?),
            };
            Ok((lease, row.get(1)?))
        })
        .optional()
}

/// What the earlier writes of a lane came to.
fn earlier(connection: &Connection, lane: &str, sequence: i64) -> rusqlite::Result<Vec<Receipt>> {
    let outcomes: Vec<String> = connection
        .prepare_cached(
            "SELECT outcome FROM entry WHERE lane = ?1 AND state = 1 AND sequence < ?2 ORDER BY sequence",
        )?
        .query_map(params![lane, sequence], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(outcomes.iter().filter_map(|outcome| serde_json::from_str(outcome).ok()).collect())
}

/// Gives up a write whose body this program cannot read: another release wrote it, or the file is damaged.
fn bury(connection: &Connection, sequence: i64) -> rusqlite::Result<()> {
    tracing::error!(sequence, "an entry of the journal cannot be read; it is set aside");
    let sentence = "this program cannot read the entry; the release that wrote it can".to_owned();
    connection
        .prepare_cached("UPDATE entry SET state = 2, outcome = ?2 WHERE sequence = ?1")?
        .execute(params![sequence, to_json(&Reason { code: "unreadable".to_owned(), sentence })?])?;
    Ok(())
}

pub(super) fn settle(
    connection: &Connection,
    lease: &Lease,
    settlement: &Settlement,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let (lane, sequence, at) = (lease.lane.as_str(), lease.sequence, now.as_millisecond());
    let in_force = connection
        .prepare_cached(
            "UPDATE entry SET attempts = attempts + 1 WHERE sequence = ?1 AND state = 0
             AND EXISTS (SELECT 1 FROM lane WHERE lane = ?2 AND epoch = ?3 AND head = ?1)",
        )?
        .execute(params![sequence, lane, lease.epoch])?;
    if in_force == 0 {
        metrics::counter!("voice_crm_journal_stale_leases_total").increment(1);
        return Ok(());
    }
    let free_at = match settlement {
        Settlement::Retry { at, may_exist } => {
            connection
                .prepare_cached("UPDATE entry SET may_exist = may_exist OR ?2 WHERE sequence = ?1")?
                .execute(params![sequence, may_exist])?;
            at.as_millisecond()
        }
        Settlement::Done(receipt) => {
            // What is in the CRM need not stay here: only the receipt does, for whoever asks again.
            connection
                .prepare_cached(
                    "UPDATE entry SET state = 1, outcome = ?2, settled_at = ?3, body = NULL WHERE sequence = ?1",
                )?
                .execute(params![sequence, to_json(receipt)?, at])?;
            at
        }
        Settlement::Dead(reason) => {
            connection
                .prepare_cached(
                    "UPDATE entry SET state = 2, outcome = ?2, settled_at = ?3 WHERE sequence = ?1",
                )?
                .execute(params![sequence, to_json(reason)?, at])?;
            at
        }
    };
    release(connection, lane, free_at)
}

/// Ends the lease of a lane, and the lane itself when nothing of it is pending.
fn release(connection: &Connection, lane: &str, free_at: i64) -> rusqlite::Result<()> {
    let ended = connection
        .prepare_cached(
            "DELETE FROM lane WHERE lane = ?1 AND NOT EXISTS (SELECT 1 FROM entry WHERE lane = ?1 AND state = 0)",
        )?
        .execute([lane])?;
    if ended == 0 {
        connection
            .prepare_cached("UPDATE lane SET head = NULL, free_at = ?2 WHERE lane = ?1")?
            .execute(params![lane, free_at])?;
    }
    Ok(())
}

pub(super) fn standing(
    connection: &Connection,
    key: WriteKey,
) -> rusqlite::Result<Option<(Digest, Standing)>> {
    connection
        .prepare_cached("SELECT digest, state, outcome FROM entry WHERE key = ?1")?
        .query_row([key.as_bytes().as_slice()], |row| {
            Ok((Digest::from_bytes(row.get(0)?), read_standing(row, 1)?))
        })
        .optional()
}

pub(super) fn dead_letters(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<DeadLetter>> {
    let mut statement = connection.prepare_cached(
        "SELECT body, lane, outcome, accepted_at, attempts FROM entry WHERE state = 2 ORDER BY sequence LIMIT ?1",
    )?;
    let mut rows = statement.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next()? {
        // What cannot be read was logged when it was set aside, and is counted in the statistics.
        let Ok(write) = from_json::<Write>(row, 0) else { continue };
        letters.push(DeadLetter {
            write: Arc::new(write),
            lane: Lane::new(row.get::<_, String>(1)?),
            reason: from_json(row, 2)?,
            accepted_at: timestamp(row.get(3)?),
            attempts: row.get(4)?,
        });
    }
    Ok(letters)
}

pub(super) fn retry(connection: &Connection, key: WriteKey, now: Timestamp) -> rusqlite::Result<bool> {
    let lane: Option<String> = connection
        .prepare_cached(
            "UPDATE entry SET state = 0, outcome = NULL, settled_at = NULL, attempts = 0, may_exist = 1,
             accepted_at = ?2 WHERE key = ?1 AND state = 2 RETURNING lane",
        )?
        .query_row(params![key.as_bytes().as_slice(), now.as_millisecond()], |row| row.get(0))
        .optional()?;
    let Some(lane) = lane else { return Ok(false) };
    open_lane(connection, &lane, now)?;
    Ok(true)
}

/// Makes sure that a lane is there; true when nothing of it was pending.
fn open_lane(connection: &Connection, lane: &str, now: Timestamp) -> rusqlite::Result<bool> {
    let opened = connection
        .prepare_cached("INSERT INTO lane (lane, epoch, free_at) VALUES (?1, 0, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![lane, now.as_millisecond()])?;
    Ok(opened == 1)
}

pub(super) fn discard(connection: &Connection, key: WriteKey) -> rusqlite::Result<bool> {
    // The key stays, so that a late repeat of the webhook does not bring the write back.
    let given_up = connection
        .prepare_cached("UPDATE entry SET state = 3, body = NULL WHERE key = ?1 AND state = 2")?
        .execute([key.as_bytes().as_slice()])?;
    Ok(given_up == 1)
}

pub(super) fn forget(connection: &Connection, before: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM entry WHERE sequence IN
             (SELECT sequence FROM entry WHERE state IN (1, 3) AND settled_at < ?1 LIMIT ?2)",
        )?
        .execute(params![before.as_millisecond(), i64::try_from(limit).unwrap_or(i64::MAX)])
}

pub(super) fn stats(connection: &Connection) -> rusqlite::Result<JournalStats> {
    let mut stats = JournalStats::default();
    let mut statement =
        connection.prepare_cached("SELECT state, kind, count(*) FROM entry GROUP BY state, kind")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let count = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
        match row.get(0)? {
            PENDING => {
                stats.pending += count;
                stats.pending_by_kind.insert(row.get(1)?, count);
            }
            DONE => stats.done += count,
            DEAD => stats.dead += count,
            _ => {}
        }
    }
    Ok(stats)
}

/// Reads the state column at `index` and the outcome column after it.
fn read_standing(row: &Row<'_>, index: usize) -> rusqlite::Result<Standing> {
    Ok(match row.get(index)? {
        DONE => Standing::Done(from_json::<Receipt>(row, index + 1)?),
        DEAD | DISCARDED => Standing::Dead(from_json::<Reason>(row, index + 1)?),
        _ => Standing::Pending,
    })
}

fn to_json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, error.into()))
}

fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
