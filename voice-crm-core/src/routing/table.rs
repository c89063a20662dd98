//! The rules as they stand in TOML.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{AGENT, Destination, Queues, RulesError, VOICEMAIL, condition::Condition};
use crate::phone::{PhoneNumber, Region};

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
            self.number.as_deref().map(|number| Destination::Number(dialled(number))),
            self.sip.clone().map(Destination::Sip),
            self.enqueue.clone().map(Destination::Queue),
            self.workflow.clone().map(Destination::Workflow),
        ];
        ways.into_iter().flatten().collect()
    }
}

impl Queue {
    /// Refuses an address that no call could go to.
    fn check(&self, name: &str) -> Result<(), RulesError> {
        let queue = || name.to_owned();
        if let Some(number) = &self.number {
            let written = number.trim();
            // Without its country a number means another line, or none, from elsewhere.
            if !written.starts_with('+') || PhoneNumber::parse(written, Region::US).is_err() {
                return Err(RulesError::Number { queue: queue(), number: number.clone() });
            }
        }
        if let Some(address) = &self.sip {
            let (scheme, rest) = address.split_once(':').unwrap_or_default();
            let is_sip = ["sip", "sips"].contains(&scheme.to_ascii_lowercase().as_str());
            let host = rest.split_once('@').map_or(rest, |(_, host)| host);
            if !is_sip || host.is_empty() || address.contains(char::is_whitespace) {
                return Err(RulesError::Sip { queue: queue(), address: address.clone() });
            }
        }
        let is_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
        if is_empty(&self.enqueue) || is_empty(&self.workflow) {
            return Err(RulesError::Empty(format!("the address of the queue {name}")));
        }
        Ok(())
    }
}

/// A number that was checked, without blanks and brackets.
fn dialled(number: &str) -> String {
    PhoneNumber::parse(number.trim(), Region::US)
        .map_or_else(|_| number.to_owned(), |parsed| parsed.as_e164().to_owned())
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
        for (name, queue) in &self.queues {
            queue.check(name)?;
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
