//! How urgent a case is, by what is said and by rule.

use std::{collections::BTreeMap, fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

/// How urgent a case is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Priority {
    /// It can wait.
    Low,
    /// It should not wait long.
    Medium,
    /// The caller cannot work.
    High,
}

/// What a rule may go by.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct CaseFacts<'a> {
    /// What the caller said.
    pub description: &'a str,
    /// The kind of trouble, in the caller's words.
    pub kind: Option<&'a str>,
    /// How urgent the model takes it for, or the urgent words make it.
    pub priority: Option<Priority>,
    /// The number of the caller's own account.
    pub account_number: Option<&'a str>,
}

impl fmt::Debug for CaseFacts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseFacts").field("priority", &self.priority).finish_non_exhaustive()
    }
}

type Rule = Arc<dyn Fn(&CaseFacts<'_>) -> Option<Priority> + Send + Sync>;

/// The rules, and the org's words.
#[derive(Clone, Default)]
pub(in crate::functions) struct Priorities {
    values: BTreeMap<Priority, String>,
    urgent: Vec<String>,
    rule: Option<Rule>,
}

impl Priorities {
    pub(super) fn value(&mut self, priority: Priority, value: String) {
        self.values.insert(priority, value);
    }

    pub(super) fn urgent_words(&mut self, words: impl Iterator<Item = String>) {
        self.urgent.extend(words.map(|word| word.to_lowercase()));
    }

    pub(super) fn rule(&mut self, rule: Rule) {
        self.rule = Some(rule);
    }

    /// The org's word for how urgent this is.
    pub(in crate::functions) fn of(&self, mut facts: CaseFacts<'_>) -> Option<String> {
        let said = facts.description.to_lowercase();
        let words = || said.split(|character: char| !character.is_alphanumeric());
        if self.urgent.iter().any(|urgent| words().any(|word| word == urgent)) {
            facts.priority = Some(Priority::High);
        }
        let by_rule = self.rule.as_ref().and_then(|rule| rule(&facts));
        let priority = by_rule.or(facts.priority)?;
        let own = self.values.get(&priority).cloned();
        Some(own.unwrap_or_else(|| {
            match priority {
                Priority::Low => "Low",
                Priority::Medium => "Medium",
                Priority::High => "High",
            }
            .to_owned()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(description: &str, priority: Option<Priority>) -> CaseFacts<'_> {
        CaseFacts { description, kind: None, priority, account_number: Some("VIP-1") }
    }

    #[test]
    fn the_rule_outweighs_the_words_and_the_words_outweigh_the_model() {
        let mut priorities = Priorities::default();
        assert_eq!(priorities.of(facts("It burns", None)), None);
        assert_eq!(priorities.of(facts("x", Some(Priority::Low))).as_deref(), Some("Low"));
        priorities.urgent_words(["Smoke".to_owned()].into_iter());
        assert_eq!(priorities.of(facts("There is SMOKE!", Some(Priority::Low))).as_deref(), Some("High"));
        assert_eq!(priorities.of(facts("no smokers", Some(Priority::Low))).as_deref(), Some("Low"));
        priorities.value(Priority::Medium, "P2".to_owned());
        priorities.rule(Arc::new(|facts| {
            facts.account_number.is_some_and(|number| number.starts_with("VIP")).then_some(Priority::Medium)
        }));
        assert_eq!(priorities.of(facts("smoke", None)).as_deref(), Some("P2"));
    }
}
