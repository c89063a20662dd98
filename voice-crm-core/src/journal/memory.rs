//! A journal in memory: for tests, benches, and as the model that the durable ones are held against.
//!
//! It keeps every rule but one: what it holds is gone with the process.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    Accepted, Claimed, DeadLetter, Digest, Entry, Erased, Found, Journal, JournalError, JournalStats, Lane,
    Lease, Reason, Settlement, Standing, horizon, later,
};
use crate::{
    crm::{Attempt, Receipt, Reference, Write, WriteKey},
    phone::PhoneNumber,
};

/// A journal that lasts as long as the process.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    sequence: i64,
    records: BTreeMap<i64, Record>,
    by_key: HashMap<WriteKey, i64>,
    lanes: HashMap<Lane, LaneState>,
}

#[derive(Debug)]
struct Record {
    lane: Lane,
    write: Arc<Write>,
    digest: Digest,
    standing: Standing,
    attempts: u32,
    may_exist: bool,
    accepted_at: Timestamp,
    settled_at: Option<Timestamp>,
    discarded: bool,
    caller: Option<PhoneNumber>,
}

/// A lane is here as long as a write of it is remembered.
#[derive(Debug, Default)]
struct LaneState {
    pending: BTreeSet<i64>,
    settled: BTreeSet<i64>,
    epoch: i64,
    /// The entry that is out on a lease.
    head: Option<i64>,
    free_at: Timestamp,
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent between statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lease(&mut self, lane: &Lane, until: Timestamp) -> Option<Lease> {
        let state = self.lanes.get_mut(lane)?;
        // A lease that ran out was an attempt of which nothing was heard.
        if let Some(lost) = state.head.and_then(|head| self.records.get_mut(&head)) {
            lost.may_exist = true;
        }
        let sequence = *state.pending.first()?;
        let record = self.records.get_mut(&sequence)?;
        state.epoch += 1;
        state.head = Some(sequence);
        state.free_at = until;
        let (epoch, settled) = (state.epoch, state.settled.range(..sequence).copied().collect::<Vec<_>>());
        let (write, attempts, may_exist, accepted_at) =
            (record.write.clone(), record.attempts, record.may_exist, record.accepted_at);
        let earlier = settled.iter().filter_map(|sequence| self.receipt(*sequence)).collect();
        let attempt = Attempt { write, may_exist, earlier };
        Some(Lease { sequence, lane: lane.clone(), epoch, attempt, attempts, accepted_at })
    }

    fn receipt(&self, sequence: i64) -> Option<Receipt> {
        match &self.records.get(&sequence)?.standing {
            Standing::Done(receipt) => Some(receipt.clone()),
            Standing::Pending | Standing::Dead(_) => None,
        }
    }

    fn settle(&mut self, lease: &Lease, settlement: Settlement, now: Timestamp) {
        let Some(lane) = self.lanes.get_mut(&lease.lane) else { return };
        let Some(record) = self.records.get_mut(&lease.sequence) else { return };
        if lane.head != Some(lease.sequence)
            || lane.epoch != lease.epoch
            || record.standing != Standing::Pending
        {
            return;
        }
        record.attempts += 1;
        lane.head = None;
        lane.free_at = now;
        match settlement {
            Settlement::Retry { at, may_exist } => {
                record.may_exist |= may_exist;
                lane.free_at = at;
                return;
            }
            Settlement::Done(receipt) => record.standing = Standing::Done(receipt),
            Settlement::Dead(reason) => record.standing = Standing::Dead(reason),
        }
        record.settled_at = Some(now);
        lane.pending.remove(&lease.sequence);
        lane.settled.insert(lease.sequence);
    }

    fn dead_reason(&self, key: WriteKey) -> Option<(i64, Reason)> {
        let sequence = *self.by_key.get(&key)?;
        let record = self.records.get(&sequence).filter(|record| !record.discarded)?;
        match &record.standing {
            Standing::Dead(reason) => Some((sequence, reason.clone())),
            Standing::Pending | Standing::Done(_) => None,
        }
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn accept(
        &self,
        entry: Entry,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Accepted, JournalError> {
        let mut state = self.state();
        if let Some(known) = state.by_key.get(&entry.write.key).and_then(|known| state.records.get(known)) {
            return Ok(if known.digest == entry.digest {
                Accepted::Known(known.standing.clone())
            } else {
                Accepted::Conflict
            });
        }
        state.sequence += 1;
        let sequence = state.sequence;
        state.by_key.insert(entry.write.key, sequence);
        state.records.insert(
            sequence,
            Record {
                lane: entry.lane.clone(),
                write: entry.write,
                digest: entry.digest,
                standing: Standing::Pending,
                attempts: 0,
                may_exist: false,
                accepted_at: now,
                settled_at: None,
                discarded: false,
                caller: entry.caller,
            },
        );
        let lane = state.lanes.entry(entry.lane.clone()).or_default();
        let idle = lane.pending.is_empty();
        lane.pending.insert(sequence);
        if !idle {
            return Ok(Accepted::Queued);
        }
        lane.free_at = now;
        let Some(live) = live else { return Ok(Accepted::Queued) };
        let lease = state.lease(&entry.lane, later(now, live));
        Ok(lease.map_or(Accepted::Queued, Accepted::Leased))
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: usize) -> Result<Claimed, JournalError> {
        let mut state = self.state();
        let mut due: Vec<(i64, Lane)> = state
            .lanes
            .iter()
            .filter(|(_, lane)| lane.free_at <= now || lane.free_at > horizon(now))
            .filter_map(|(name, lane)| Some((*lane.pending.first()?, name.clone())))
            .collect();
        due.sort();
        let due = due.into_iter().take(limit);
        let leases = due.filter_map(|(_, lane)| state.lease(&lane, later(now, lease))).collect();
        let pending = state.lanes.values().filter(|lane| !lane.pending.is_empty());
        let next_due = pending.map(|lane| lane.free_at).filter(|free_at| *free_at > now).min();
        Ok(Claimed { leases, next_due })
    }

    async fn settle(
        &self,
        settlements: Vec<(Lease, Settlement)>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let mut state = self.state();
        for (lease, settlement) in settlements {
            state.settle(&lease, settlement, now);
        }
        Ok(())
    }

    async fn standing(&self, key: WriteKey) -> Result<Option<(Digest, Standing)>, JournalError> {
        let state = self.state();
        let known = state.by_key.get(&key).and_then(|known| state.records.get(known));
        Ok(known.map(|known| (known.digest, known.standing.clone())))
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, JournalError> {
        let state = self.state();
        let kept = state.records.values().filter(|record| !record.discarded);
        let dead = kept.filter_map(|record| match &record.standing {
            Standing::Dead(reason) => Some(DeadLetter {
                write: record.write.clone(),
                lane: record.lane.clone(),
                reason: reason.clone(),
                accepted_at: record.accepted_at,
                attempts: record.attempts,
            }),
            Standing::Pending | Standing::Done(_) => None,
        });
        Ok(dead.take(limit).collect())
    }

    async fn retry(&self, key: WriteKey, now: Timestamp) -> Result<bool, JournalError> {
        let mut state = self.state();
        let Some((sequence, _)) = state.dead_reason(key) else { return Ok(false) };
        let Some(record) = state.records.get_mut(&sequence) else { return Ok(false) };
        record.standing = Standing::Pending;
        record.may_exist = true;
        record.attempts = 0;
        record.accepted_at = now;
        record.settled_at = None;
        let lane = record.lane.clone();
        let lane = state.lanes.entry(lane).or_default();
        if lane.pending.is_empty() {
            lane.free_at = now;
        }
        lane.settled.remove(&sequence);
        lane.pending.insert(sequence);
        Ok(true)
    }

    async fn discard(&self, key: WriteKey) -> Result<bool, JournalError> {
        let mut state = self.state();
        let Some((sequence, _)) = state.dead_reason(key) else { return Ok(false) };
        if let Some(record) = state.records.get_mut(&sequence) {
            record.discarded = true;
        }
        Ok(true)
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        let mut state = self.state();
        let old: Vec<(i64, WriteKey)> = state
            .records
            .iter()
            .filter(|(_, record)| record.discarded || matches!(record.standing, Standing::Done(_)))
            .filter(|(_, record)| record.settled_at.is_some_and(|at| at < done_before))
            .map(|(sequence, record)| (*sequence, record.write.key))
            .take(limit)
            .collect();
        for (sequence, key) in &old {
            state.records.remove(sequence);
            state.by_key.remove(key);
        }
        let State { records, lanes, .. } = &mut *state;
        lanes.retain(|_, lane| {
            lane.settled.retain(|settled| records.contains_key(settled));
            !lane.pending.is_empty() || !lane.settled.is_empty()
        });
        Ok(old.len())
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<Found>, JournalError> {
        let state = self.state();
        let named = state.records.values().rev().filter(|record| record.write.key.reference() == *reference);
        let found = named.map(|record| Found {
            key: record.write.key,
            kind: record.write.change.kind().to_owned(),
            lane: record.lane.clone(),
            standing: record.standing.clone(),
            accepted_at: record.accepted_at,
            attempts: record.attempts,
        });
        Ok(found.collect())
    }

    async fn erase(&self, caller: &PhoneNumber) -> Result<Erased, JournalError> {
        let mut state = self.state();
        let mut erased = Erased::default();
        for record in state.records.values_mut().filter(|record| record.caller.as_ref() == Some(caller)) {
            match record.standing {
                Standing::Pending => {
                    erased.pending += 1;
                    continue;
                }
                Standing::Done(_) => record.standing = Standing::Done(Receipt::default()),
                Standing::Dead(_) => {
                    record.standing = Standing::Dead(Reason::erased());
                    record.discarded = true;
                }
            }
            // Nothing of it is in any lane any more.
            (record.lane, record.caller) = (Lane::new(""), None);
            erased.erased += 1;
        }
        let State { records, lanes, .. } = &mut *state;
        for (name, lane) in lanes {
            lane.settled.retain(|settled| records.get(settled).is_some_and(|record| record.lane == *name));
        }
        Ok(erased)
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        let state = self.state();
        let mut counted = JournalStats::default();
        for record in state.records.values() {
            match record.standing {
                Standing::Pending => {
                    counted.pending += 1;
                    let kind = record.write.change.kind().to_owned();
                    *counted.pending_by_kind.entry(kind).or_default() += 1;
                }
                Standing::Done(_) => counted.done += 1,
                Standing::Dead(_) => counted.dead += u64::from(!record.discarded),
            }
        }
        Ok(counted)
    }
}
