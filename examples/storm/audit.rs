//! What the org holds in the end, against what the callers were told.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use salesforce_emulator::Org;

use crate::{
    callers::{Told, description},
    plan::Plan,
    timeline::Timeline,
};

/// What the audit found.
pub(crate) struct Found {
    pub(crate) cases: usize,
    pub(crate) logs: usize,
    /// Promised, and not there.
    pub(crate) lost: usize,
    /// There more than once.
    pub(crate) doubled: usize,
    /// Made before one that was asked for earlier in the same call.
    pub(crate) out_of_order: usize,
    /// Logs of calls that are missing or stand twice.
    pub(crate) logs_wrong: usize,
}

impl Found {
    pub(crate) fn is_clean(&self) -> bool {
        self.lost + self.doubled + self.out_of_order + self.logs_wrong == 0
    }
}

/// Waits until everything is in the org, as long as something comes in within its patience; how long after the
/// beginning that was, if it came to it.
pub(crate) async fn drained(
    org: &Org,
    plan: &Plan,
    timeline: &Timeline,
    patience: Duration,
) -> Option<Duration> {
    let (mut there, mut limit) = (0, timeline.elapsed() + patience);
    while timeline.elapsed() < limit {
        let now_there = org.count("Case") + org.count("Task");
        if now_there > there {
            (there, limit) = (now_there, timeline.elapsed() + patience);
        }
        if there >= plan.records() {
            let drained = timeline.elapsed();
            // A double that was to come would come with a repeat that is still under way.
            tokio::time::sleep(plan.stall + Duration::from_secs(2)).await;
            return Some(drained);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

/// Compares.
pub(crate) fn audit(org: &Org, plan: &Plan, told: &Told) -> Found {
    let cases = org.records("Case");
    let mut made: HashMap<&str, Vec<&str>> = HashMap::new();
    for case in &cases {
        let text = |field: &str| case.get(field).and_then(|value| value.as_str()).unwrap_or_default();
        made.entry(text("Description")).or_default().push(text("CaseNumber"));
    }
    let out_of_order = (0..plan.calls)
        .map(|call| {
            let numbers =
                (0..plan.turns).filter_map(|turn| made.get(description(call, turn).as_str())?.first());
            let numbers: Vec<_> = numbers.collect();
            numbers.windows(2).filter(|pair| pair[0] > pair[1]).count()
        })
        .sum();
    let mut logs: BTreeMap<String, usize> = BTreeMap::new();
    let tasks = org.records("Task");
    for task in &tasks {
        let call = task.get("CallObject").and_then(|value| value.as_str()).unwrap_or_default();
        *logs.entry(call.to_owned()).or_default() += 1;
    }
    let missing = plan.calls.saturating_sub(logs.len());
    Found {
        cases: cases.len(),
        logs: tasks.len(),
        lost: told.promised.iter().filter(|promise| !made.contains_key(promise.as_str())).count(),
        doubled: made.values().filter(|times| times.len() > 1).count(),
        out_of_order,
        logs_wrong: missing + logs.values().filter(|times| **times > 1).count(),
    }
}
