//! What is in store for one kind of request.

use std::{collections::VecDeque, time::Duration};

use super::{Fault, FaultPlan, Scope, held::Held};

/// The faults of one kind of request: those that hold, those asked for, and those of the plan.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) plan: FaultPlan,
    pub(super) next: VecDeque<(usize, Option<Fault>)>,
    pub(super) held: Vec<Held>,
}

impl Lane {
    /// How much longer the next request takes, and the fault it meets. A request that meets a fault that holds
    /// uses up none of those asked for.
    pub(super) fn draw(&mut self, concerns: impl Fn(&Scope) -> bool) -> (Duration, Option<Fault>) {
        let holding = self.held.iter().find(|held| !held.is_of_rows() && concerns(&held.scope));
        if let Some(held) = holding {
            return (self.plan.latency, Some(held.fault.clone()));
        }
        while let Some((left, fault)) = self.next.front_mut() {
            if *left > 0 {
                *left -= 1;
                return (self.plan.latency, fault.clone());
            }
            self.next.pop_front();
        }
        (self.plan.latency, self.plan.draw())
    }
}
