//! When a tool call of the model is refused before it runs.

use serde_json::Value;

use crate::wire::{open_word, settings};

settings! {
    /// Conditions under which a call is refused; all must hold.
    pub struct RejectionPlan {
        /// The conditions.
        pub conditions: Vec<RejectionCondition> = shown "conditions",
    }
}

settings! {
    /// One condition.
    pub struct RejectionCondition {
        /// What it looks at.
        pub kind: RejectionKind = shown "type",
        /// The pattern of a regex condition.
        pub regex: String = shown "regex",
        /// Which message a regex condition looks at; the last one of the customer unless set.
        pub target: Value = shown "target",
        /// Whether a regex condition holds where the pattern does not match.
        pub negate: bool = shown "negate",
        /// The template of a Liquid condition; it holds where the template yields `true`.
        pub liquid: String = shown "liquid",
        /// How a group combines its conditions.
        pub operator: Combination = shown "operator",
        /// The conditions of a group.
        pub conditions: Vec<RejectionCondition> = shown "conditions",
    }
}

impl RejectionCondition {
    /// Holds where a message matches a pattern.
    pub fn matching(pattern: impl Into<String>) -> Self {
        Self::default().kind(RejectionKind::Regex).regex(pattern)
    }

    /// Holds where a Liquid template yields `true`.
    pub fn template(liquid: impl Into<String>) -> Self {
        Self::default().kind(RejectionKind::Liquid).liquid(liquid)
    }

    /// Holds where all, or any, of the conditions hold.
    pub fn group(operator: Combination, conditions: Vec<Self>) -> Self {
        Self::default().kind(RejectionKind::Group).operator(operator).conditions(conditions)
    }
}

open_word! {
    /// What a condition looks at.
    pub enum RejectionKind {
        /// A pattern in a message.
        Regex = "regex",
        /// A template over the conversation.
        Liquid = "liquid",
        /// Other conditions.
        Group = "group",
    }
}

open_word! {
    /// How conditions are combined.
    pub enum Combination {
        /// All must hold.
        And = "AND",
        /// Any must hold.
        Or = "OR",
    }
}
