//! All callbacks of a service, one for a number at most.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::CallbackPlan;
use super::machine::{Action, CallBack, Event, Stage};
use crate::phone::E164;

/// The callbacks of a service, by the customer's number. `Debug` shows no number.
///
/// It lives in memory. Where callbacks must outlive the process, ask again for what was asked for and is not done.
pub struct CallbackBook {
    plan: CallbackPlan,
    quiet: Duration,
    entries: BTreeMap<E164, Entry>,
}

struct Entry {
    callback: CallBack,
    done_at: Option<Timestamp>,
}

/// The number has a callback already, or had one a short time ago.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this number has a callback already, or has just had one")]
pub struct Duplicate {
    /// How far that one has come.
    pub stage: Stage,
}

impl CallbackBook {
    /// An empty book. A number is not called back again until `quiet` after its last callback ended.
    pub fn new(plan: CallbackPlan, quiet: Duration) -> Self {
        Self { plan, quiet, entries: BTreeMap::new() }
    }

    /// The plan of all callbacks.
    pub fn plan(&self) -> &CallbackPlan {
        &self.plan
    }

    /// Notes that this number wants to be called at this time, and gives the time at which it will be.
    ///
    /// # Errors
    ///
    /// [`Duplicate`] when it has a callback already.
    pub fn ask(
        &mut self,
        customer: &E164,
        time: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Duplicate> {
        self.forget(now);
        if let Some(entry) = self.entries.get(customer) {
            return Err(Duplicate { stage: entry.callback.stage() });
        }
        let callback = CallBack::at(&self.plan, time.max(now));
        let due = callback.due();
        self.entries.insert(customer.clone(), Entry { callback, done_at: None });
        Ok(due)
    }

    /// Tells the callback of this number what happened, and gives what is to be done. For a number without one
    /// there is nothing to do.
    pub fn on(&mut self, customer: &E164, event: &Event, now: Timestamp) -> Vec<Action> {
        let Some(entry) = self.entries.get_mut(customer) else { return Vec::new() };
        let actions = entry.callback.on(&self.plan, event, now);
        if matches!(entry.callback.stage(), Stage::Done(_)) {
            entry.done_at.get_or_insert(now);
        }
        actions
    }

    /// The callback of this number.
    pub fn get(&self, customer: &E164) -> Option<&CallBack> {
        self.entries.get(customer).map(|entry| &entry.callback)
    }

    /// When to look for [`due`](Self::due) numbers next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.entries.values().filter_map(|entry| entry.callback.due()).min()
    }

    /// The numbers whose callbacks want to be told [`Event::Due`] now.
    pub fn due(&self, now: Timestamp) -> Vec<E164> {
        let is_due = |entry: &Entry| entry.callback.due().is_some_and(|due| due <= now);
        self.entries.iter().filter(|(_, entry)| is_due(entry)).map(|(number, _)| number.clone()).collect()
    }

    /// How many callbacks are not done.
    pub fn open(&self) -> usize {
        self.entries.values().filter(|entry| entry.done_at.is_none()).count()
    }

    fn forget(&mut self, now: Timestamp) {
        let quiet = self.quiet;
        self.entries.retain(|_, entry| match entry.done_at {
            Some(done) => done.saturating_add(quiet).is_ok_and(|until| now < until),
            None => true,
        });
    }
}

impl std::fmt::Debug for CallbackBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackBook").field("open", &self.open()).finish_non_exhaustive()
    }
}
