//! Taking jobs in, leasing them and settling them, as SQL inside a transaction of the committer.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    file::Store,
    lanes::{Counted, LaneState},
    operator,
    rows::{self, Key, stored},
    values,
};
use crate::{
    Job, JobKey, Lane, Reason,
    journal::{
        Claim, Claimed, Enqueued, FAILING_AFTER, Lease, LeasedJob, Outcome, WITHOUT_KEY,
        claim::{PASSES, pause_behind_another},
        horizon, later,
        payload::{Part, Unreadable},
        timestamp,
    },
};

/// A job that asks to be taken in, as it will be stored.
pub(super) struct Incoming {
    pub(super) job: Job,
    pub(super) body: Vec<u8>,
    pub(super) subject: Option<[u8; 16]>,
}

pub(super) fn enqueue(
    store: &mut Store,
    incoming: &Incoming,
    live: Option<Duration>,
    now: Timestamp,
) -> rusqlite::Result<Enqueued> {
    let Incoming { job, body, subject } = incoming;
    let known = store.lanes.get(&job.lane);
    // Known before it is written: the first job of most lanes is leased as it is taken in.
    let live = live.filter(|_| known.is_none() && job.after.is_none());
    let inserted = store
        .connection
        .prepare_cached(
            "INSERT INTO job (key, digest, lane, kind, body, leased, enqueued_at, subject, waits_for)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (key) DO NOTHING",
        )?
        .execute(params![
            Key(job.key),
            job.digest.as_bytes().as_slice(),
            job.lane.as_str(),
            job.kind,
            stored(body),
            live.is_some(),
            now.as_millisecond(),
            subject.as_ref().map(<[u8; 16]>::as_slice),
            job.after.map(Key),
        ])?;
    if inserted == 0 {
        return repeated(store, job);
    }
    let sequence = store.connection.last_insert_rowid();
    if let Some(note) = &job.note
        && !values::insert(store, note, now)?
    {
        store.connection.prepare_cached("DELETE FROM job WHERE key = ?1")?.execute([Key(job.key)])?;
        return Ok(Enqueued::Noted);
    }
    store.lanes.count(Counted::Pending(job.lane.sink(), &job.kind), 1);
    if let Some(known) = known {
        store.lanes.set(&job.lane, Some(LaneState { pending: known.pending + 1, ..known }));
        return Ok(Enqueued::Queued);
    }
    let free_at = now.as_millisecond();
    let idle = LaneState { pending: 1, head: sequence, leased: None, free_at, failing: false };
    let Some(live) = live else {
        store.lanes.set(&job.lane, Some(idle));
        return Ok(Enqueued::Queued);
    };
    let epoch = store.next_epoch();
    let free_at = later(now, live).as_millisecond();
    store.lanes.set(&job.lane, Some(LaneState { leased: Some((sequence, epoch)), free_at, ..idle }));
    let (earlier, memo) = left_by_earlier(store, &job.lane, sequence)?;
    let first = LeasedJob::first(job, earlier, memo, timestamp(now.as_millisecond()));
    Ok(Enqueued::Leased(Lease::new((sequence, epoch), first)))
}

/// What is said of a job whose key is known.
fn repeated(store: &Store, job: &Job) -> rusqlite::Result<Enqueued> {
    let known = operator::status(store, job.key)?;
    let (digest, status) = known.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(if digest == job.digest { Enqueued::AlreadyKnown(status) } else { Enqueued::Conflict })
}

pub(super) fn claim(store: &mut Store, claim: &Claim) -> rusqlite::Result<Claimed> {
    let (sink, now) = (claim.sink.as_str(), claim.now.as_millisecond());
    let until = (now, horizon(claim.now).as_millisecond());
    let mut claimed = Claimed::default();
    for _ in 0..PASSES {
        let (well, failing) = store.lanes.due(sink, until, claimed.room(claim));
        let before = claimed.len();
        let looked_at = well.len() + failing.len();
        for lane in well {
            claimed.leases.extend(lease(store, &lane, claim.now, claim.lease)?);
        }
        for lane in failing {
            claimed.failing.extend(lease(store, &lane, claim.now, claim.lease)?);
        }
        if claimed.len() - before == looked_at {
            break;
        }
    }
    claimed.next_due = store.lanes.next_due(sink, now).map(timestamp);
    Ok(claimed)
}

/// Leases the head of a lane. A head that cannot be read becomes dead, and the next one is the head.
fn lease(store: &mut Store, lane: &Lane, now: Timestamp, span: Duration) -> rusqlite::Result<Option<Lease>> {
    let Some(mut state) = store.lanes.get(lane) else { return Ok(None) };
    if let Some((lost, _)) = state.leased.take() {
        // A lease that ran out was an attempt of which nothing was heard.
        store
            .connection
            .prepare_cached("UPDATE job SET may_have_applied = 1 WHERE sequence = ?1")?
            .execute([lost])?;
    }
    while let Some(head) = head(&store.connection, lane, state.head)? {
        if head.waits {
            let pause = pause_behind_another(timestamp(head.enqueued_at), now);
            let free_at = later(now, pause).as_millisecond();
            store.lanes.set(lane, Some(LaneState { free_at, head: head.sequence, ..state }));
            return Ok(None);
        }
        match store.payloads.open(head.key, Part::Body, &head.body) {
            Ok(body) => return out(store, lane, state, &head, body, later(now, span)).map(Some),
            Err(problem @ Unreadable::NoKey(_)) => {
                tracing::error!(sequence = head.sequence, "{problem}; its lane waits");
                let free_at = later(now, WITHOUT_KEY).as_millisecond();
                store.lanes.set(lane, Some(LaneState { free_at, ..state }));
                return Ok(None);
            }
            Err(Unreadable::Damaged) => {
                bury(store, lane, &head, now)?;
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
    body: Arc<str>,
    until: Timestamp,
) -> rusqlite::Result<Lease> {
    store
        .connection
        .prepare_cached("UPDATE job SET leased = 1 WHERE sequence = ?1")?
        .execute([head.sequence])?;
    let epoch = store.next_epoch();
    let leased = Some((head.sequence, epoch));
    let taken = LaneState { head: head.sequence, leased, free_at: until.as_millisecond(), ..state };
    store.lanes.set(lane, Some(taken));
    let (earlier, memo) = left_by_earlier(store, lane, head.sequence)?;
    let job = LeasedJob {
        key: head.key,
        lane: lane.clone(),
        kind: head.kind.clone().into(),
        body,
        may_have_applied: head.may_have_applied,
        earlier,
        memo,
        attempts: head.attempts,
        enqueued_at: timestamp(head.enqueued_at),
    };
    Ok(Lease::new((head.sequence, epoch), job))
}

/// The first pending job of a lane, as it is stored.
struct Head {
    sequence: i64,
    key: JobKey,
    kind: String,
    body: Vec<u8>,
    attempts: u32,
    may_have_applied: bool,
    enqueued_at: i64,
    /// Whether the job that it is to come after is pending.
    waits: bool,
}

fn head(connection: &Connection, lane: &Lane, from: i64) -> rusqlite::Result<Option<Head>> {
    connection
        .prepare_cached(
            "SELECT sequence, key, kind, body, attempts, may_have_applied, coalesce(retried_at, enqueued_at),
                waits_for IS NOT NULL AND EXISTS (SELECT 1 FROM job o WHERE o.key = j.waits_for AND o.state = 0)
             FROM job j WHERE lane = ?1 AND state = 0 AND sequence >= ?2 ORDER BY sequence LIMIT 1",
        )?
        .query_row(params![lane.as_str(), from], |row| {
            Ok(Head {
                sequence: row.get(0)?,
                key: row.get::<_, Key>(1)?.0,
                kind: row.get(2)?,
                body: rows::bytes(row, 3)?,
                attempts: row.get(4)?,
                may_have_applied: row.get(5)?,
                enqueued_at: row.get(6)?,
                waits: row.get(7)?,
            })
        })
        .optional()
}

/// What the earlier jobs of a lane came to, and the memo that is in the lane.
type LeftByEarlier = (Vec<Arc<str>>, Option<Arc<str>>);

fn left_by_earlier(store: &Store, lane: &Lane, sequence: i64) -> rusqlite::Result<LeftByEarlier> {
    let mut statement = store.connection.prepare_cached(
        "SELECT sequence, key, outcome, memo FROM job WHERE lane = ?1 AND state = 1 ORDER BY sequence",
    )?;
    let mut found = statement.query(params![lane.as_str()])?;
    let (mut receipts, mut memo) = (Vec::new(), None);
    while let Some(row) = found.next()? {
        let key = row.get::<_, Key>(1)?.0;
        if row.get::<_, i64>(0)? < sequence {
            receipts.extend(rows::text(store, key, Part::Outcome, row, 2)?);
        }
        memo = rows::text(store, key, Part::Memo, row, 3)?.or(memo);
    }
    Ok((receipts, memo))
}

/// Marks a job as dead whose body this program cannot read: another release wrote it, or the file is damaged.
fn bury(store: &mut Store, lane: &Lane, head: &Head, now: Timestamp) -> rusqlite::Result<()> {
    tracing::error!(sequence = head.sequence, "a job of the journal cannot be read; it is dead");
    let outcome = rows::seal_reason(store, head.key, &Reason::unreadable())?;
    store
        .connection
        .prepare_cached(
            "UPDATE job SET state = 2, leased = 0, outcome = ?2, settled_at = ?3 WHERE sequence = ?1",
        )?
        .execute(params![head.sequence, stored(&outcome), now.as_millisecond()])?;
    store.lanes.uncount(Counted::Pending(lane.sink(), &head.kind), 1);
    store.lanes.count(Counted::Dead, 1);
    Ok(())
}

pub(super) fn settle(
    store: &mut Store,
    lease: &Lease,
    outcome: &Outcome,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let Some(state) = store.lanes.in_force(lease) else {
        metrics::counter!("voice_crm_journal_stale_leases_total").increment(1);
        return Ok(());
    };
    match outcome {
        Outcome::Retry { at, may_have_applied } | Outcome::Snooze { at, may_have_applied } => {
            let counts = matches!(outcome, Outcome::Retry { .. });
            let attempts: u32 = store
                .connection
                .prepare_cached(
                    "UPDATE job SET attempts = attempts + ?3, leased = 0, may_have_applied = may_have_applied OR ?2
                     WHERE sequence = ?1 RETURNING attempts",
                )?
                .query_row(params![lease.sequence, may_have_applied, counts], |row| row.get(0))?;
            let free_at = at.as_millisecond();
            // An operator may have put an earlier job before it meanwhile.
            let is_head = state.head == lease.sequence;
            let failing = if is_head { attempts >= FAILING_AFTER } else { state.failing };
            store.lanes.set(lease.lane(), Some(LaneState { leased: None, free_at, failing, ..state }));
            return Ok(());
        }
        Outcome::Done(receipt) => {
            let memo = receipt.memo.as_deref();
            let memo = memo.map(|memo| rows::seal(store, lease.key(), Part::Memo, memo)).transpose()?;
            if memo.is_some() {
                store
                    .connection
                    .prepare_cached("UPDATE job SET memo = NULL WHERE lane = ?1 AND memo IS NOT NULL")?
                    .execute([lease.lane().as_str()])?;
            }
            // What is done need not stay here: only the receipt does, for whoever asks again.
            let outcome = rows::seal(store, lease.key(), Part::Outcome, &receipt.body)?;
            store
                .connection
                .prepare_cached(
                    "UPDATE job SET state = 1, attempts = attempts + 1, leased = 0, outcome = ?2,
                     settled_at = ?3, memo = ?4, body = NULL WHERE sequence = ?1",
                )?
                .execute(params![
                    lease.sequence,
                    stored(&outcome),
                    now.as_millisecond(),
                    memo.as_deref().map(stored)
                ])?;
            store.lanes.count(Counted::Done, 1);
        }
        Outcome::Dead(reason) => {
            let outcome = rows::seal_reason(store, lease.key(), reason)?;
            store
                .connection
                .prepare_cached(
                    "UPDATE job SET state = 2, attempts = attempts + 1, leased = 0, outcome = ?2,
                     settled_at = ?3 WHERE sequence = ?1",
                )?
                .execute(params![lease.sequence, stored(&outcome), now.as_millisecond()])?;
            store.lanes.count(Counted::Dead, 1);
        }
    }
    store.lanes.uncount(Counted::Pending(lease.lane().sink(), lease.kind()), 1);
    settled(store, lease.lane(), state, now)
}

/// Notes that one job of a lane is pending no more.
fn settled(store: &mut Store, lane: &Lane, state: LaneState, now: Timestamp) -> rusqlite::Result<()> {
    let next = if state.pending > 1 { next(&store.connection, lane, state.head)? } else { None };
    store.lanes.settle(lane, state, next, now.as_millisecond());
    Ok(())
}

/// The first pending job of a lane, and whether it keeps failing.
fn next(connection: &Connection, lane: &Lane, from: i64) -> rusqlite::Result<Option<(i64, bool)>> {
    connection
        .prepare_cached(
            "SELECT sequence, attempts >= ?3 FROM job WHERE lane = ?1 AND state = 0 AND sequence >= ?2
             ORDER BY sequence LIMIT 1",
        )?
        .query_row(params![lane.as_str(), from, FAILING_AFTER], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}
