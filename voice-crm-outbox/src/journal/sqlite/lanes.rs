//! The lanes that have something pending, in memory: the file has one owner, and at its opening all is due.
//!
//! Whatever is changed can be undone as long as the transaction is open that it belongs to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::journal::{JournalStats, Lane, Lease};

/// A lane of which something is pending.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct LaneState {
    /// How much of it is pending.
    pub(super) pending: u64,
    /// The first of it.
    pub(super) head: i64,
    /// What is out on a lease, and the lease's epoch.
    pub(super) out: Option<(i64, i64)>,
    /// The end of the lease, or when the next try is due, in milliseconds since 1970.
    pub(super) free_at: i64,
}

/// All lanes that have something pending, and how much there is of everything.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    states: HashMap<Lane, LaneState>,
    /// Those that were not due when it was last looked, the soonest first.
    waiting: BTreeSet<(i64, Lane)>,
    /// Those that were due then, those with the oldest write first.
    ready: BTreeSet<(i64, Lane)>,
    counts: Counts,
    /// What each lane was before it was changed, the latest last.
    undo: Vec<(Lane, Option<LaneState>)>,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    pending: BTreeMap<String, u64>,
    done: u64,
    dead: u64,
}

/// A moment to which one can go back.
#[derive(Debug)]
pub(super) struct Mark {
    changes: usize,
    counts: Counts,
}

/// Where a write can stand, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted<'a> {
    Pending(&'a str),
    Done,
    Dead,
}

impl Lanes {
    pub(super) fn get(&self, lane: &Lane) -> Option<LaneState> {
        self.states.get(lane).copied()
    }

    /// Makes a lane so; without a state it is none any more.
    pub(super) fn set(&mut self, lane: &Lane, state: Option<LaneState>) {
        let before = self.replace(lane, state);
        self.undo.push((lane.clone(), before));
    }

    fn replace(&mut self, lane: &Lane, state: Option<LaneState>) -> Option<LaneState> {
        let before = match state {
            Some(state) => self.states.insert(lane.clone(), state),
            None => self.states.remove(lane),
        };
        let place = |state: LaneState| (state.free_at, state.head);
        if before.map(place) != state.map(place) {
            if let Some(before) = before {
                self.waiting.remove(&(before.free_at, lane.clone()));
                self.ready.remove(&(before.head, lane.clone()));
            }
            if let Some(state) = state {
                self.waiting.insert((state.free_at, lane.clone()));
            }
        }
        before
    }

    /// The state of the lane of a lease that is in force.
    pub(super) fn in_force(&self, lease: &Lease) -> Option<LaneState> {
        self.get(&lease.lane).filter(|state| state.out == Some((lease.sequence, lease.epoch)))
    }

    /// Notes that one write of a lane is pending no more, which the first is now, and that the lane is free from a
    /// moment on.
    pub(super) fn settle(&mut self, lane: &Lane, state: LaneState, head: Option<i64>, free_at: i64) {
        let left = head.map(|head| LaneState { pending: state.pending - 1, head, out: None, free_at });
        self.set(lane, left);
    }

    /// The lanes that are due; those beyond the horizon count as due. The oldest write comes first, so that a lane that
    /// had bad luck catches up and a backlog has no long tail.
    pub(super) fn due(&mut self, now: i64, horizon: i64, limit: usize) -> Vec<Lane> {
        while let Some((free_at, lane)) = self.waiting.pop_first() {
            if free_at > now {
                self.waiting.insert((free_at, lane));
                break;
            }
            self.make_ready(lane);
        }
        while let Some((free_at, lane)) = self.waiting.pop_last() {
            if free_at <= horizon {
                self.waiting.insert((free_at, lane));
                break;
            }
            self.make_ready(lane);
        }
        self.ready.iter().take(limit).map(|(_, lane)| lane.clone()).collect()
    }

    fn make_ready(&mut self, lane: Lane) {
        if let Some(state) = self.states.get(&lane) {
            self.ready.insert((state.head, lane));
        }
    }

    /// When the next lane falls due that is not yet.
    pub(super) fn next_due(&self, now: i64) -> Option<i64> {
        let after_all_of_now = (now.saturating_add(1), Lane::new(""));
        self.waiting.range(after_all_of_now..).next().map(|(free_at, _)| *free_at)
    }

    pub(super) fn count(&mut self, what: Counted<'_>, number: u64) {
        match what {
            Counted::Done => self.counts.done += number,
            Counted::Dead => self.counts.dead += number,
            Counted::Pending(kind) => match self.counts.pending.get_mut(kind) {
                Some(count) => *count += number,
                None => {
                    self.counts.pending.insert(kind.to_owned(), number);
                }
            },
        }
    }

    pub(super) fn uncount(&mut self, what: Counted<'_>, number: u64) {
        match what {
            Counted::Done => self.counts.done = self.counts.done.saturating_sub(number),
            Counted::Dead => self.counts.dead = self.counts.dead.saturating_sub(number),
            Counted::Pending(kind) => {
                if let Some(count) = self.counts.pending.get_mut(kind) {
                    *count = count.saturating_sub(number);
                }
            }
        }
    }

    pub(super) fn stats(&self) -> JournalStats {
        let there = self.counts.pending.iter().filter(|(_, count)| **count > 0);
        let pending_by_kind: BTreeMap<_, _> = there.map(|(kind, count)| (kind.clone(), *count)).collect();
        JournalStats {
            pending: pending_by_kind.values().sum(),
            done: self.counts.done,
            dead: self.counts.dead,
            pending_by_kind,
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { changes: self.undo.len(), counts: self.counts.clone() }
    }

    pub(super) fn undo_to(&mut self, mark: Mark) {
        while self.undo.len() > mark.changes {
            let Some((lane, before)) = self.undo.pop() else { break };
            self.replace(&lane, before);
        }
        self.counts = mark.counts;
    }

    /// What was changed is on the disk.
    pub(super) fn committed(&mut self) {
        self.undo.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lane(number: u8) -> Lane {
        Lane::new(format!("lane {number}"))
    }

    fn state(free_at: i64) -> LaneState {
        LaneState { pending: 1, head: 0, out: None, free_at }
    }

    fn seen(lanes: &Lanes) -> String {
        let all: BTreeMap<_, _> = lanes.states.iter().collect();
        format!("{all:?} {:?} {:?} {:?}", lanes.waiting, lanes.ready, lanes.stats())
    }

    proptest! {
        #[test]
        fn what_is_undone_leaves_no_trace(
            kept in prop::collection::vec((0..4_u8, prop::option::of(0..9_i64)), 0..9),
            undone in prop::collection::vec((0..4_u8, prop::option::of(0..9_i64)), 0..9),
        ) {
            let mut lanes = Lanes::default();
            for (number, free_at) in kept {
                lanes.set(&lane(number), free_at.map(state));
                lanes.count(Counted::Pending("kind"), 1);
            }
            lanes.due(i64::MIN, i64::MAX, 9);
            let before = seen(&lanes);
            let mark = lanes.mark();
            for (number, free_at) in undone {
                lanes.set(&lane(number), free_at.map(state));
                lanes.uncount(Counted::Pending("kind"), 1);
                lanes.count(Counted::Done, 1);
            }
            lanes.undo_to(mark);
            prop_assert_eq!(seen(&lanes), before);
        }
    }

    #[test]
    fn the_oldest_write_comes_first_and_lanes_beyond_the_horizon_are_due_too() {
        let mut lanes = Lanes::default();
        for (number, head, free_at) in [(1, 7, 30), (2, 8, 10), (3, 1, 40), (4, 9, 99_999)] {
            lanes.set(&lane(number), Some(LaneState { head, ..state(free_at) }));
        }
        assert_eq!(lanes.due(30, 1_000, 9), [lane(1), lane(2), lane(4)]);
        assert_eq!(lanes.due(30, 1_000, 1), [lane(1)]);
        assert_eq!(lanes.next_due(30), Some(40));
        lanes.set(&lane(1), Some(LaneState { head: 20, ..state(31) }));
        assert_eq!(lanes.due(30, 1_000, 9), [lane(2), lane(4)], "it was leased meanwhile");
        assert_eq!(lanes.due(40, 1_000, 9), [lane(3), lane(2), lane(4), lane(1)]);
    }
}
