//! Taking writes in, leasing them and settling them, as SQL inside a transaction of the committer.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    lanes::{Counted, LaneState},
    operator,
    rows::{self, Key, stored, timestamp},
    store::Store,
};
use crate::{
    crm::{Attempt, Receipt, Write, WriteKey},
    journal::{
        Accepted, Claimed, Entry, Lane, Lease, Reason, Settlement, horizon, later,
        payload::{Part, Unreadable},
    },
};

/// How long a lane waits whose next write is encrypted under a key that was not given.
const WITHOUT_KEY: Duration = Duration::from_secs(60);

/// A write that asks to be taken in, as it will be stored.
pub(super) struct Incoming {
    pub(super) entry: Entry,
    pub(super) body: Vec<u8>,
    pub(super) caller: Option<[u8; 16]>,
}

pub(super) fn accept(
    store: &mut Store,
    incoming: &Incoming,
    live: Option<Duration>,
    now: Timestamp,
) -> rusqlite::Result<Accepted> {
    let Incoming { entry, body, caller } = incoming;
    let (key, kind, known) = (entry.write.key, entry.write.change.kind(), store.lanes.get(&entry.lane));
    // Read before writing: the first write of most lanes is leased as it is taken in.
    let live = live.filter(|_| known.is_none());
    let inserted = store
        .connection
        .prepare_cached(
            "INSERT INTO entry (key, digest, lane, kind, body, out, accepted_at, caller)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO NOTHING",
        )?
        .execute(params![
            Key(key),
            entry.digest.as_bytes().as_slice(),
            entry.lane.as_str(),
            kind,
            stored(body),
            live.is_some(),
            now.as_millisecond(),
            caller.as_ref().map(<[u8; 16]>::as_slice),
        ])?;
    if inserted == 0 {
        return repeated(store, entry);
    }
    let sequence = store.connection.last_insert_rowid();
    store.lanes.count(Counted::Pending(kind), 1);
    if let Some(known) = known {
        store.lanes.set(&entry.lane, Some(LaneState { pending: known.pending + 1, ..known }));
        return Ok(Accepted::Queued);
    }
    let idle = LaneState { pending: 1, head: sequence, out: None, free_at: now.as_millisecond() };
    let Some(live) = live else {
        store.lanes.set(&entry.lane, Some(idle));
        return Ok(Accepted::Queued);
    };
    let epoch = store.next_epoch();
    let free_at = later(now, live).as_millisecond();
    store.lanes.set(&entry.lane, Some(LaneState { out: Some((sequence, epoch)), free_at, ..idle }));
    let earlier = earlier(store, &entry.lane, sequence)?;
    let attempt = Attempt { write: entry.write.clone(), may_exist: false, earlier };
    Ok(Accepted::Leased(Lease::new(
        entry.lane.clone(),
        (sequence, epoch),
        attempt,
        0,
        timestamp(now.as_millisecond()),
    )))
}

/// What is told of a write whose key is known.
fn repeated(store: &Store, entry: &Entry) -> rusqlite::Result<Accepted> {
    let known = operator::standing(store, entry.write.key)?;
    let (digest, standing) = known.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(if digest == entry.digest { Accepted::Known(standing) } else { Accepted::Conflict })
}

pub(super) fn claim(
    store: &mut Store,
    now: Timestamp,
    span: Duration,
    limit: usize,
) -> rusqlite::Result<Claimed> {
    let due = store.lanes.due(now.as_millisecond(), horizon(now).as_millisecond(), limit);
    let mut leases = Vec::with_capacity(due.len());
    for lane in &due {
        leases.extend(lease(store, lane, now, span)?);
    }
    let next_due = store.lanes.next_due(now.as_millisecond()).map(timestamp);
    Ok(Claimed { leases, next_due })
}

/// Leases the head of a lane. A head that cannot be read becomes a dead letter, and the next one is the head.
fn lease(store: &mut Store, lane: &Lane, now: Timestamp, span: Duration) -> rusqlite::Result<Option<Lease>> {
    let Some(mut state) = store.lanes.get(lane) else { return Ok(None) };
    if let Some((lost, _)) = state.out.take() {
        // A lease that ran out was an attempt of which nothing was heard.
        store
            .connection
            .prepare_cached("UPDATE entry SET may_exist = 1 WHERE sequence = ?1")?
            .execute([lost])?;
    }
    while let Some(head) = head(&store.connection, lane, state.head)? {
        match store.payloads.read::<Write>(head.key, Part::Body, &head.body) {
            Ok(write) => return out(store, lane, state, &head, write, later(now, span)).map(Some),
            Err(problem @ Unreadable::NoKey(_)) => {
                tracing::error!(sequence = head.sequence, "{problem}; its lane waits");
                let free_at = later(now, WITHOUT_KEY).as_millisecond();
                store.lanes.set(lane, Some(LaneState { free_at, ..state }));
                return Ok(None);
            }
            Err(Unreadable::Damaged) => {
                bury(store, &head, now)?;
                settled(store, lane, state, now)?;
                let Some(left) = store.lanes.get(lane) else { return Ok(None) };
                state = left;
            }
        }
    }
    // Nothing of it is pending after all.
    store.lanes.set(lane, None);
    Ok(None)
}

/// Hands the head of a lane out.
fn out(
    store: &mut Store,
    lane: &Lane,
    state: LaneState,
    head: &Head,
    write: Write,
    until: Timestamp,
) -> rusqlite::Result<Lease> {
    store
        .connection
        .prepare_cached("UPDATE entry SET out = 1 WHERE sequence = ?1")?
        .execute([head.sequence])?;
    let epoch = store.next_epoch();
    let taken = LaneState {
        head: head.sequence,
        out: Some((head.sequence, epoch)),
        free_at: until.as_millisecond(),
        ..state
    };
    store.lanes.set(lane, Some(taken));
    let earlier = earlier(store, lane, head.sequence)?;
    let attempt = Attempt { write: Arc::new(write), may_exist: head.may_exist, earlier };
    Ok(Lease::new(lane.clone(), (head.sequence, epoch), attempt, head.attempts, timestamp(head.accepted_at)))
}

/// The first pending write of a lane, as it is stored.
struct Head {
    sequence: i64,
    key: WriteKey,
    kind: String,
    body: Vec<u8>,
    attempts: u32,
    may_exist: bool,
    accepted_at: i64,
}

fn head(connection: &Connection, lane: &Lane, from: i64) -> rusqlite::Result<Option<Head>> {
    connection
        .prepare_cached(
            "SELECT sequence, key, kind, body, attempts, may_exist, accepted_at FROM entry
             WHERE lane = ?1 AND state = 0 AND sequence >= ?2 ORDER BY sequence LIMIT 1",
        )?
        .query_row(params![lane.as_str(), from], |row| {
            Ok(Head {
                sequence: row.get(0)?,
                key: row.get::<_, Key>(1)?.0,
                kind: row.get(2)?,
                body: rows::bytes(row, 3)?,
                attempts: row.get(4)?,
                may_exist: row.get(5)?,
                accepted_at: row.get(6)?,
            })
        })
        .optional()
}

/// What the earlier writes of a lane came to.
fn earlier(store: &Store, lane: &Lane, sequence: i64) -> rusqlite::Result<Vec<Receipt>> {
    let mut statement = store.connection.prepare_cached(
        "SELECT key, outcome FROM entry WHERE lane = ?1 AND state = 1 AND sequence < ?2 ORDER BY sequence",
    )?;
    let mut found = statement.query(params![lane.as_str(), sequence])?;
    let mut receipts = Vec::new();
    while let Some(row) = found.next()? {
        let key = row.get::<_, Key>(0)?.0;
        receipts.extend(store.payloads.read::<Receipt>(key, Part::Outcome, &rows::bytes(row, 1)?).ok());
    }
    Ok(receipts)
}

/// Gives up a write whose body this program cannot read: another release wrote it, or the file is damaged.
fn bury(store: &mut Store, head: &Head, now: Timestamp) -> rusqlite::Result<()> {
    tracing::error!(sequence = head.sequence, "an entry of the journal cannot be read; it is set aside");
    let outcome = rows::write(store, head.key, Part::Outcome, &Reason::unreadable())?;
    store
        .connection
        .prepare_cached(
            "UPDATE entry SET state = 2, out = 0, outcome = ?2, settled_at = ?3 WHERE sequence = ?1",
        )?
        .execute(params![head.sequence, stored(&outcome), now.as_millisecond()])?;
    store.lanes.uncount(Counted::Pending(&head.kind), 1);
    store.lanes.count(Counted::Dead, 1);
    Ok(())
}

pub(super) fn settle(
    store: &mut Store,
    lease: &Lease,
    settlement: &Settlement,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let Some(state) = store.lanes.in_force(lease) else {
        metrics::counter!("voice_crm_journal_stale_leases_total").increment(1);
        return Ok(());
    };
    let (key, kind) = (lease.attempt.write.key, lease.attempt.write.change.kind());
    match settlement {
        Settlement::Retry { at, may_exist } => {
            store
                .connection
                .prepare_cached(
                    "UPDATE entry SET attempts = attempts + 1, out = 0, may_exist = may_exist OR ?2
                     WHERE sequence = ?1",
                )?
                .execute(params![lease.sequence, may_exist])?;
            let free = LaneState { out: None, free_at: at.as_millisecond(), ..state };
            store.lanes.set(&lease.lane, Some(free));
            return Ok(());
        }
        Settlement::Done(receipt) => {
            // What is in the CRM need not stay here: only the receipt does, for whoever asks again.
            let outcome = rows::write(store, key, Part::Outcome, receipt)?;
            store
                .connection
                .prepare_cached(
                    "UPDATE entry SET state = 1, attempts = attempts + 1, out = 0, outcome = ?2,
                     settled_at = ?3, body = NULL WHERE sequence = ?1",
                )?
                .execute(params![lease.sequence, stored(&outcome), now.as_millisecond()])?;
            store.lanes.count(Counted::Done, 1);
        }
        Settlement::Dead(reason) => {
            let outcome = rows::write(store, key, Part::Outcome, reason)?;
            store
                .connection
                .prepare_cached(
                    "UPDATE entry SET state = 2, attempts = attempts + 1, out = 0, outcome = ?2,
                     settled_at = ?3 WHERE sequence = ?1",
                )?
                .execute(params![lease.sequence, stored(&outcome), now.as_millisecond()])?;
            store.lanes.count(Counted::Dead, 1);
        }
    }
    store.lanes.uncount(Counted::Pending(kind), 1);
    settled(store, &lease.lane, state, now)
}

/// Notes that one write of a lane is pending no more.
fn settled(store: &mut Store, lane: &Lane, state: LaneState, now: Timestamp) -> rusqlite::Result<()> {
    let next = if state.pending > 1 { next(&store.connection, lane, state.head)? } else { None };
    store.lanes.settle(lane, state, next, now.as_millisecond());
    Ok(())
}

/// The first pending write of a lane.
fn next(connection: &Connection, lane: &Lane, from: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT sequence FROM entry WHERE lane = ?1 AND state = 0 AND sequence >= ?2
             ORDER BY sequence LIMIT 1",
        )?
        .query_row(params![lane.as_str(), from], |row| row.get(0))
        .optional()
}
