//! The lanes that have something pending, in memory: the file has one owner, and at its opening all is due.
//!
//! Whatever is changed can be undone as long as the transaction is open that it belongs to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    Lane,
    journal::{JournalStats, Lease},
};

/// A lane of which something is pending.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct LaneState {
    /// How much of it is pending.
    pub(super) pending: u64,
    /// The first of it.
    pub(super) head: i64,
    /// The job that is out on a lease, and the lease's epoch.
    pub(super) leased: Option<(i64, i64)>,
    /// The end of the lease, or when the next attempt is due, in milliseconds since 1970.
    pub(super) free_at: i64,
    /// Whether the first of it keeps failing.
    pub(super) failing: bool,
}

/// All lanes that have something pending, and how much there is of everything.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    states: HashMap<Lane, LaneState>,
    sinks: BTreeMap<Box<str>, Queue>,
    counts: Counts,
    /// What each lane was before it was changed, the latest last.
    undo: Vec<(Lane, Option<LaneState>)>,
}

/// The lanes before one sink.
#[derive(Debug, Default)]
struct Queue {
    /// Those that were not due when it was last looked, the soonest first.
    waiting: BTreeSet<(i64, Lane)>,
    /// Those that were due then, those with the oldest job first.
    ready: BTreeSet<(i64, Lane)>,
    /// Those whose first job keeps failing, and that were due then. Whoever has been due for longest comes first, so that
    /// none is behind the others for ever.
    failing: BTreeSet<(i64, Lane)>,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    pending: BTreeMap<(String, String), u64>,
    done: u64,
    dead: u64,
}

/// A moment to which one can go back.
#[derive(Debug)]
pub(super) struct Mark {
    changes: usize,
    counts: Counts,
}

/// Where a job can stand, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted<'a> {
    /// By its sink and kind.
    Pending(&'a str, &'a str),
    Done,
    Dead,
}

impl Lanes {
    pub(super) fn get(&self, lane: &Lane) -> Option<LaneState> {
        self.states.get(lane).copied()
    }

    /// Sets the state of a lane; without a state the lane is removed.
    pub(super) fn set(&mut self, lane: &Lane, state: Option<LaneState>) {
        let before = self.replace(lane, state);
        self.undo.push((lane.clone(), before));
    }

    fn replace(&mut self, lane: &Lane, state: Option<LaneState>) -> Option<LaneState> {
        let before = match state {
            Some(state) => self.states.insert(lane.clone(), state),
            None => self.states.remove(lane),
        };
        let place = |state: LaneState| (state.free_at, state.head, state.failing);
        if before.map(place) != state.map(place) {
            let queue = self.queue(lane.sink());
            if let Some(before) = before {
                queue.waiting.remove(&(before.free_at, lane.clone()));
                queue.ready.remove(&(before.head, lane.clone()));
                queue.failing.remove(&(before.free_at, lane.clone()));
            }
            if let Some(state) = state {
                queue.waiting.insert((state.free_at, lane.clone()));
            }
        }
        before
    }

    fn queue(&mut self, sink: &str) -> &mut Queue {
        self.sinks.entry(sink.into()).or_default()
    }

    /// The state of the lane of a lease that is in force.
    pub(super) fn in_force(&self, lease: &Lease) -> Option<LaneState> {
        self.get(lease.lane()).filter(|state| state.leased == Some((lease.sequence, lease.epoch)))
    }

    /// Notes that one job of a lane is pending no more. `head` is the next one and whether it keeps failing; the lane is
    /// free from a moment on.
    pub(super) fn settle(&mut self, lane: &Lane, state: LaneState, head: Option<(i64, bool)>, free_at: i64) {
        let pending = state.pending.saturating_sub(1);
        let left = |(head, failing)| LaneState { pending, head, leased: None, free_at, failing };
        self.set(lane, head.map(left));
    }

    /// The lanes of a sink that are due, those that are well and those whose first job keeps failing; lanes beyond the
    /// horizon count as due. Of those that are well the oldest job comes first, so that a lane that had bad luck catches up
    /// and a backlog has no long tail.
    pub(super) fn due(
        &mut self,
        sink: &str,
        (now, horizon): (i64, i64),
        (limit, failing_limit): (usize, usize),
    ) -> (Vec<Lane>, Vec<Lane>) {
        let Self { states, sinks, .. } = self;
        let Some(queue) = sinks.get_mut(sink) else { return (Vec::new(), Vec::new()) };
        while let Some((free_at, lane)) = queue.waiting.pop_first() {
            if free_at > now {
                queue.waiting.insert((free_at, lane));
                break;
            }
            queue.make_ready(states, lane);
        }
        while let Some((free_at, lane)) = queue.waiting.pop_last() {
            if free_at <= horizon {
                queue.waiting.insert((free_at, lane));
                break;
            }
            queue.make_ready(states, lane);
        }
        let first = |ready: &BTreeSet<(i64, Lane)>, limit| {
            ready.iter().take(limit).map(|(_, lane)| lane.clone()).collect()
        };
        (first(&queue.ready, limit), first(&queue.failing, failing_limit))
    }

    /// When the next lane of a sink falls due that is not yet.
    pub(super) fn next_due(&self, sink: &str, now: i64) -> Option<i64> {
        let after_all_of_now = (now.saturating_add(1), Lane::from_text(""));
        self.sinks.get(sink)?.waiting.range(after_all_of_now..).next().map(|(free_at, _)| *free_at)
    }

    pub(super) fn count(&mut self, what: Counted<'_>, number: u64) {
        match what {
            Counted::Done => self.counts.done += number,
            Counted::Dead => self.counts.dead += number,
            Counted::Pending(sink, kind) => {
                *self.counts.pending.entry((sink.to_owned(), kind.to_owned())).or_default() += number;
            }
        }
    }

    pub(super) fn uncount(&mut self, what: Counted<'_>, number: u64) {
        match what {
            Counted::Done => self.counts.done = self.counts.done.saturating_sub(number),
            Counted::Dead => self.counts.dead = self.counts.dead.saturating_sub(number),
            Counted::Pending(sink, kind) => {
                if let Some(count) = self.counts.pending.get_mut(&(sink.to_owned(), kind.to_owned())) {
                    *count = count.saturating_sub(number);
                }
            }
        }
    }

    pub(super) fn stats(&self) -> JournalStats {
        let there = self.counts.pending.iter().filter(|(_, count)| **count > 0);
        let waiting: BTreeMap<_, _> = there.map(|(kind, count)| (kind.clone(), *count)).collect();
        JournalStats {
            pending: waiting.values().sum(),
            done: self.counts.done,
            dead: self.counts.dead,
            waiting,
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

impl Queue {
    fn make_ready(&mut self, states: &HashMap<Lane, LaneState>, lane: Lane) {
        if let Some(state) = states.get(&lane) {
            let (ready, place) = if state.failing {
                (&mut self.failing, state.free_at)
            } else {
                (&mut self.ready, state.head)
            };
            ready.insert((place, lane));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lane(number: u8) -> Lane {
        Lane::from_text(format!("sink {}/lane {number}", number % 2))
    }

    fn state(free_at: i64) -> LaneState {
        LaneState { pending: 1, head: 0, leased: None, free_at, failing: free_at % 3 == 0 }
    }

    fn seen(lanes: &Lanes) -> String {
        let all: BTreeMap<_, _> = lanes.states.iter().collect();
        let queues = lanes.sinks.values().filter(|queue| {
            !(queue.waiting.is_empty() && queue.ready.is_empty() && queue.failing.is_empty())
        });
        format!("{all:?} {:?} {:?}", queues.collect::<Vec<_>>(), lanes.stats())
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
                lanes.count(Counted::Pending("sink", "kind"), 1);
            }
            let before = seen(&lanes);
            let mark = lanes.mark();
            for (number, free_at) in undone {
                lanes.set(&lane(number), free_at.map(state));
                lanes.uncount(Counted::Pending("sink", "kind"), 1);
                lanes.count(Counted::Done, 1);
            }
            lanes.undo_to(mark);
            prop_assert_eq!(seen(&lanes), before);
        }
    }

    #[test]
    fn the_oldest_job_comes_first_and_lanes_beyond_the_horizon_are_due_too() {
        let lane = |number: u8| Lane::from_text(format!("sink/lane {number}"));
        let mut lanes = Lanes::default();
        for (number, head, free_at) in [(1, 7, 31), (2, 8, 10), (3, 1, 40), (4, 9, 99_998)] {
            lanes.set(&lane(number), Some(LaneState { head, ..state(free_at) }));
        }
        let mut due = |now, limit| lanes.due("sink", (now, 1_000), (limit, 9)).0;
        assert_eq!(due(31, 9), [lane(1), lane(2), lane(4)]);
        assert_eq!(due(31, 1), [lane(1)]);
        assert_eq!(lanes.next_due("sink", 31), Some(40));
        lanes.set(&lane(1), Some(LaneState { head: 20, ..state(32) }));
        let mut due = |now| lanes.due("sink", (now, 1_000), (9, 9)).0;
        assert_eq!(due(31), [lane(2), lane(4)], "it was leased meanwhile");
        assert_eq!(due(40), [lane(3), lane(2), lane(4), lane(1)]);
    }

    #[test]
    fn lanes_that_keep_failing_come_apart_and_other_sinks_have_their_own() {
        let lane = |text: &str| Lane::from_text(text);
        let mut lanes = Lanes::default();
        for (text, failing) in [("a/1", false), ("a/2", true), ("b/1", false), ("b/2", true)] {
            lanes.set(&lane(text), Some(LaneState { failing, ..state(0) }));
        }
        assert_eq!(lanes.due("a", (0, 9), (9, 9)), (vec![lane("a/1")], vec![lane("a/2")]));
        assert_eq!(lanes.due("b", (0, 9), (9, 0)), (vec![lane("b/1")], vec![]));
        assert_eq!(lanes.due("c", (0, 9), (9, 9)), (vec![], vec![]));
    }
}
