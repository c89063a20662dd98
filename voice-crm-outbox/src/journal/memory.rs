//! A journal in memory: for tests, benches, and as the model that the durable ones are held against.
//!
//! It keeps every rule but one: what it holds is gone with the process.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    Claim, Claimed, DeadJob, Enqueued, Erased, FAILING_AFTER, JobInfo, Journal, JournalError, JournalStats,
    Lease, LeasedJob, Outcome,
    claim::{PASSES, pause_behind_another},
    horizon, later,
};
use crate::{Digest, Job, JobKey, JobStatus, Lane, Reason, Reference, SinkName, Subject, store::MemoryStore};

/// A journal that lasts as long as the process, and a [`Store`](crate::store::Store) that does so too.
#[derive(Default)]
pub struct MemoryJournal {
    state: Mutex<State>,
    pub(crate) store: MemoryStore,
}

#[derive(Default)]
struct State {
    sequence: i64,
    records: BTreeMap<i64, Record>,
    by_key: HashMap<JobKey, i64>,
    lanes: HashMap<Lane, LaneState>,
}

struct Record {
    job: Job,
    status: JobStatus,
    memo: Option<Arc<str>>,
    attempts: u32,
    may_have_applied: bool,
    enqueued_at: Timestamp,
    settled_at: Option<Timestamp>,
    discarded: bool,
}

/// A lane is here as long as a job of it is remembered.
#[derive(Default)]
struct LaneState {
    pending: BTreeSet<i64>,
    settled: BTreeSet<i64>,
    epoch: i64,
    /// The job that is out on a lease.
    leased: Option<i64>,
    free_at: Timestamp,
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent between statements, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal").finish_non_exhaustive()
    }
}

impl State {
    fn lease(&mut self, lane: &Lane, now: Timestamp, until: Timestamp) -> Option<Lease> {
        let state = self.lanes.get_mut(lane)?;
        // A lease that ran out was an attempt of which nothing was heard.
        if let Some(lost) = state.leased.take().and_then(|lost| self.records.get_mut(&lost)) {
            lost.may_have_applied = true;
        }
        let sequence = *state.pending.first()?;
        let head = self.records.get(&sequence)?;
        let other = head.job.after.and_then(|other| self.records.get(self.by_key.get(&other)?));
        if other.is_some_and(|other| other.status == JobStatus::Pending) {
            state.free_at = later(now, pause_behind_another(head.enqueued_at, now));
            return None;
        }
        state.epoch += 1;
        state.leased = Some(sequence);
        state.free_at = until;
        let epoch = state.epoch;
        let settled: Vec<(i64, &Record)> =
            state.settled.iter().filter_map(|settled| Some((*settled, self.records.get(settled)?))).collect();
        let earlier = settled.iter().filter(|(settled, _)| *settled < sequence);
        let earlier = earlier.filter_map(|(_, record)| match &record.status {
            JobStatus::Done(receipt) => Some(receipt.clone()),
            _ => None,
        });
        let job = LeasedJob {
            may_have_applied: head.may_have_applied,
            attempts: head.attempts,
            ..LeasedJob::first(
                &head.job,
                earlier.collect(),
                settled.iter().find_map(|(_, record)| record.memo.clone()),
                head.enqueued_at,
            )
        };
        Some(Lease::new((sequence, epoch), job))
    }

    /// The lanes of a sink that are due, so many of those that are well and so many of those that keep failing.
    fn due(
        &self,
        sink: &SinkName,
        now: Timestamp,
        (limit, failing_limit): (usize, usize),
    ) -> (Vec<Lane>, Vec<Lane>) {
        let is_due = |lane: &LaneState| lane.free_at <= now || lane.free_at > horizon(now);
        let of_sink = self.lanes.iter().filter(|(name, _)| name.sink() == sink.as_str());
        let mut due: Vec<(i64, &Lane)> = of_sink
            .filter(|(_, lane)| is_due(lane))
            .filter_map(|(name, lane)| Some((*lane.pending.first()?, name)))
            .collect();
        due.sort();
        let keeps_failing = |(head, _): &(i64, &Lane)| {
            self.records.get(head).is_some_and(|record| record.attempts >= FAILING_AFTER)
        };
        let (mut failing, well): (Vec<_>, Vec<_>) = due.into_iter().partition(keeps_failing);
        // So that none is behind the others for ever.
        failing.sort_by_key(|(_, lane)| self.lanes.get(*lane).map(|lane| lane.free_at));
        let first = |lanes: Vec<(i64, &Lane)>, limit| {
            lanes.into_iter().take(limit).map(|(_, lane)| lane.clone()).collect()
        };
        (first(well, limit), first(failing, failing_limit))
    }

    fn settle(&mut self, lease: &Lease, outcome: Outcome, now: Timestamp) {
        let Some(lane) = self.lanes.get_mut(lease.lane()) else { return };
        let Some(record) = self.records.get_mut(&lease.sequence) else { return };
        if lane.leased != Some(lease.sequence)
            || lane.epoch != lease.epoch
            || record.status != JobStatus::Pending
        {
            return;
        }
        lane.leased = None;
        lane.free_at = now;
        let mut memo = None;
        match outcome {
            Outcome::Retry { at, may_have_applied } | Outcome::Snooze { at, may_have_applied } => {
                record.attempts += u32::from(matches!(outcome, Outcome::Retry { .. }));
                record.may_have_applied |= may_have_applied;
                lane.free_at = at;
                return;
            }
            Outcome::Done(receipt) => {
                record.status = JobStatus::Done(receipt.body);
                record.job.body = Arc::default();
                memo = receipt.memo;
            }
            Outcome::Dead(reason) => record.status = JobStatus::Dead(reason),
        }
        record.attempts += 1;
        record.settled_at = Some(now);
        lane.pending.remove(&lease.sequence);
        lane.settled.insert(lease.sequence);
        if memo.is_some() {
            for settled in &lane.settled {
                if let Some(record) = self.records.get_mut(settled) {
                    record.memo = memo.clone().filter(|_| *settled == lease.sequence);
                }
            }
        }
    }

    fn find_dead(&self, key: JobKey) -> Option<i64> {
        let sequence = *self.by_key.get(&key)?;
        let record = self.records.get(&sequence)?;
        (matches!(record.status, JobStatus::Dead(_)) && !record.discarded).then_some(sequence)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        let mut state = self.state();
        if let Some(known) = state.by_key.get(&job.key).and_then(|known| state.records.get(known)) {
            return Ok(if known.job.digest == job.digest {
                Enqueued::AlreadyKnown(known.status.clone())
            } else {
                Enqueued::Conflict
            });
        }
        if let Some(note) = &job.note
            && !self.store.insert(note, now)?
        {
            return Ok(Enqueued::Noted);
        }
        state.sequence += 1;
        let (sequence, name) = (state.sequence, job.lane.clone());
        state.by_key.insert(job.key, sequence);
        let lane = state.lanes.entry(name.clone()).or_default();
        let idle = lane.pending.is_empty();
        lane.pending.insert(sequence);
        if idle {
            lane.free_at = now;
        }
        let live = live.filter(|_| idle && job.after.is_none());
        let record = Record {
            job,
            status: JobStatus::Pending,
            memo: None,
            attempts: 0,
            may_have_applied: false,
            enqueued_at: now,
            settled_at: None,
            discarded: false,
        };
        state.records.insert(sequence, record);
        let lease = live.and_then(|live| state.lease(&name, now, later(now, live)));
        Ok(lease.map_or(Enqueued::Queued, Enqueued::Leased))
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        let (sink, now, until) = (&claim.sink, claim.now, later(claim.now, claim.lease));
        let mut state = self.state();
        let mut claimed = Claimed::default();
        for _ in 0..PASSES {
            let (well, failing) = state.due(sink, now, claimed.room(claim));
            let mut passed_over = false;
            let mut lease = |lane: &Lane| {
                let leased = state.lease(lane, now, until);
                passed_over |= leased.is_none();
                leased
            };
            claimed.leases.extend(well.iter().filter_map(&mut lease));
            claimed.failing.extend(failing.iter().filter_map(&mut lease));
            if !passed_over {
                break;
            }
        }
        let of_sink = state.lanes.iter().filter(|(name, _)| name.sink() == sink.as_str());
        let pending = of_sink.filter(|(_, lane)| !lane.pending.is_empty());
        // What lies beyond the horizon is due now.
        let not_yet = pending.map(|(_, lane)| lane.free_at).filter(|at| *at > now && *at <= horizon(now));
        claimed.next_due = not_yet.min();
        Ok(claimed)
    }

    async fn settle(&self, outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        let mut state = self.state();
        for (lease, outcome) in outcomes {
            state.settle(&lease, outcome, now);
        }
        Ok(())
    }

    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError> {
        let state = self.state();
        let known = state.by_key.get(&key).and_then(|known| state.records.get(known));
        Ok(known.map(|known| (known.job.digest, known.status.clone())))
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError> {
        let state = self.state();
        let named = state.records.values().rev().filter(|record| record.job.key.reference() == *reference);
        let found = named.map(|record| JobInfo {
            key: record.job.key,
            kind: record.job.kind.clone().into_owned(),
            lane: record.job.lane.clone(),
            status: record.status.clone(),
            enqueued_at: record.enqueued_at,
            attempts: record.attempts,
        });
        Ok(found.collect())
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError> {
        let state = self.state();
        let kept = state.records.values().filter(|record| !record.discarded);
        let dead = kept.filter_map(|record| match &record.status {
            JobStatus::Dead(reason) => Some(DeadJob {
                key: record.job.key,
                kind: record.job.kind.clone().into_owned(),
                lane: record.job.lane.clone(),
                body: Some(record.job.body.clone()),
                reason: reason.clone(),
                enqueued_at: record.enqueued_at,
                attempts: record.attempts,
            }),
            JobStatus::Pending | JobStatus::Done(_) => None,
        });
        Ok(dead.take(limit).collect())
    }

    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError> {
        let mut state = self.state();
        let Some(sequence) = state.find_dead(key) else { return Ok(false) };
        let Some(record) = state.records.get_mut(&sequence) else { return Ok(false) };
        record.status = JobStatus::Pending;
        record.may_have_applied = true;
        record.attempts = 0;
        record.enqueued_at = now;
        record.settled_at = None;
        let lane = record.job.lane.clone();
        let lane = state.lanes.entry(lane).or_default();
        if lane.pending.is_empty() {
            lane.free_at = now;
        }
        lane.settled.remove(&sequence);
        lane.pending.insert(sequence);
        Ok(true)
    }

    async fn discard(&self, key: JobKey) -> Result<bool, JournalError> {
        let mut state = self.state();
        let Some(sequence) = state.find_dead(key) else { return Ok(false) };
        if let Some(record) = state.records.get_mut(&sequence) {
            record.discarded = true;
            record.job.body = Arc::default();
        }
        Ok(true)
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        let mut state = self.state();
        let old: Vec<(i64, JobKey)> = state
            .records
            .iter()
            .filter(|(_, record)| record.discarded || matches!(record.status, JobStatus::Done(_)))
            .filter(|(_, record)| record.settled_at.is_some_and(|at| at < done_before))
            .map(|(sequence, record)| (*sequence, record.job.key))
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

    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError> {
        let mut state = self.state();
        let mut erased = Erased::default();
        let mut lanes = HashSet::new();
        for record in state.records.values_mut().filter(|record| record.job.subject.as_ref() == Some(subject))
        {
            match record.status {
                JobStatus::Pending => {
                    erased.pending += 1;
                    continue;
                }
                JobStatus::Done(_) => record.status = JobStatus::Done(Arc::default()),
                JobStatus::Dead(_) => {
                    record.status = JobStatus::Dead(Reason::erased());
                    record.discarded = true;
                }
            }
            lanes.insert(record.job.lane.clone());
            // Nothing of it is in any lane any more.
            (record.job.lane, record.job.subject, record.memo) = (Lane::from_text(""), None, None);
            record.job.body = Arc::default();
            erased.erased += 1;
        }
        // A memo may hold what was said in any job of its lane.
        for record in state.records.values_mut().filter(|record| lanes.contains(&record.job.lane)) {
            record.memo = None;
        }
        let State { records, lanes, .. } = &mut *state;
        for (name, lane) in lanes {
            lane.settled
                .retain(|settled| records.get(settled).is_some_and(|record| record.job.lane == *name));
        }
        Ok(erased)
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        let state = self.state();
        let mut counted = JournalStats::default();
        for record in state.records.values() {
            match record.status {
                JobStatus::Pending => {
                    counted.pending += 1;
                    let waiting = (record.job.lane.sink().to_owned(), record.job.kind.clone().into_owned());
                    *counted.waiting.entry(waiting).or_default() += 1;
                }
                JobStatus::Done(_) => counted.done += 1,
                JobStatus::Dead(_) => counted.dead += u64::from(!record.discarded),
            }
        }
        Ok(counted)
    }

    async fn check(&self) -> Result<(), JournalError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Receipt;

    #[tokio::test]
    async fn the_body_of_a_job_that_is_done_or_discarded_is_dropped() {
        let journal = MemoryJournal::new();
        let dead = Outcome::Dead(Reason::new("RULE", "a rule refuses it"));
        for (number, outcome) in [(1, Outcome::Done(Receipt::new("kept"))), (2, dead)] {
            let body: Arc<str> = "words of a caller".into();
            let key = JobKey::derive(["memory"], number);
            let job = Job::new(key, Lane::from_text("crm/a"), "save", body.clone());
            let now = Timestamp::UNIX_EPOCH;
            let enqueued = journal.enqueue(job, Some(Duration::from_secs(1)), now).await.unwrap();
            let Enqueued::Leased(lease) = enqueued else { panic!("no lease") };
            journal.settle(vec![(lease, outcome)], now).await.unwrap();
            journal.discard(key).await.unwrap();
            assert_eq!(Arc::strong_count(&body), 1, "somebody holds the body of job {number}");
        }
    }
}
