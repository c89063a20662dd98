//! The rules as they stand in TOML.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{AGENT, Destination, Queues, RulesError, VOICEMAIL, condition::Condition};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[serde(default)]
    pub(super) default: Otherwise,
    #[serde(default)]
    pub(super) queues: Queues,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<Rule>,
}

/// What holds where no rule says otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Otherwise {
    pub(super) queue: String,
    pub(super) priority: u32,
    pub(super) skills: BTreeSet<String>,
    pub(super) greeting: Option<String>,
}

impl Default for Otherwise {
    fn default() -> Self {
        Self { queue: AGENT.to_owned(), priority: 0, skills: BTreeSet::new(), greeting: None }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Queue {
    number: Option<String>,
    sip: Option<String>,
    enqueue: Option<String>,
    workflow: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) name: String,
    #[serde(default)]
    pub(super) when: Condition,
    pub(super) queue: Option<String>,
    pub(super) priority: Option<u32>,
    #[serde(default)]
    pub(super) skills: BTreeSet<String>,
    pub(super) agent: Option<Agent>,
    pub(super) greeting: Option<String>,
}

/// Which agent a rule asks for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Agent {
    /// Whoever looks after the caller's record.
    Owner,
}

impl Queue {
    fn destinations(&self) -> Vec<Destination> {
        let ways = [
            self.number.clone().map(Destination::Number),
            self.sip.clone().map(Destination::Sip),
            self.enqueue.clone().map(Destination::Queue),
            self.workflow.clone().map(Destination::Workflow),
        ];
        ways.into_iter().flatten().collect()
    }
}

impl Table {
    /// Where a queue is; a queue that was checked stands in the table.
    pub(super) fn destination(&self, queue: &str) -> Destination {
        let named = self.queues.get(queue).and_then(|queue| queue.destinations().pop());
        named.unwrap_or(if queue == VOICEMAIL { Destination::Voicemail } else { Destination::Agent })
    }

    pub(super) fn check(&self) -> Result<(), RulesError> {
        if let Some((name, _)) = self.queues.iter().find(|(_, queue)| queue.destinations().len() != 1) {
            return Err(RulesError::Address(name.clone()));
        }
        let named = self.rules.iter().filter_map(|rule| Some((rule.name.as_str(), rule.queue.as_deref()?)));
        for (rule, queue) in named.chain([("default", self.default.queue.as_str())]) {
            if queue != AGENT && queue != VOICEMAIL && !self.queues.contains_key(queue) {
                return Err(RulesError::Queue { rule: rule.to_owned(), queue: queue.to_owned() });
            }
        }
        Ok(())
    }
}
