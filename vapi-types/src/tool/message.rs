//! What is said around a tool call.

use serde_json::Value;

use crate::wire::{open_word, settings};

settings! {
    /// Something to say when a tool starts, is slow, succeeds or fails.
    pub struct ToolMessage {
        /// When it is said.
        pub kind: ToolMessageKind = shown "type",
        /// What is said, at most 1000 characters.
        pub content: String = hidden "content",
        /// What is said in each language.
        pub contents: Vec<Value> = hidden "contents",
        /// At the start: whether the tool waits until it is spoken.
        pub blocking: bool = shown "blocking",
        /// At the end: whether it is spoken as it is or given to the model as an instruction.
        pub role: Speaker = shown "role",
        /// At the end: whether the call ends afterwards.
        pub end_call_after_spoken_enabled: bool = shown "endCallAfterSpokenEnabled",
        /// When slow: after how long, 100 to 120000 milliseconds.
        pub timing_milliseconds: u64 = shown "timingMilliseconds",
        /// Arguments under which it is said.
        pub conditions: Vec<Condition> = shown "conditions",
    }
}

impl ToolMessage {
    /// Said when the tool starts.
    pub fn start(content: impl Into<String>) -> Self {
        Self::default().kind(ToolMessageKind::Start).content(content)
    }

    /// Said when the tool has succeeded; without one the model speaks.
    pub fn complete(content: impl Into<String>) -> Self {
        Self::default().kind(ToolMessageKind::Complete).content(content)
    }

    /// Said when the tool has failed.
    pub fn failed(content: impl Into<String>) -> Self {
        Self::default().kind(ToolMessageKind::Failed).content(content)
    }

    /// Said when the tool takes longer than `milliseconds`.
    pub fn delayed(milliseconds: u64, content: impl Into<String>) -> Self {
        Self::default().kind(ToolMessageKind::Delayed).content(content).timing_milliseconds(milliseconds)
    }
}

open_word! {
    /// When a tool message is said.
    pub enum ToolMessageKind {
        /// The tool starts.
        Start = "request-start",
        /// The tool has succeeded.
        Complete = "request-complete",
        /// The tool has failed.
        Failed = "request-failed",
        /// The tool is slow.
        Delayed = "request-response-delayed",
    }
}

open_word! {
    /// Who uses the words of a message.
    pub enum Speaker {
        /// The assistant says them.
        Assistant = "assistant",
        /// The model is told them.
        System = "system",
    }
}

settings! {
    /// A comparison with an argument of the call.
    pub struct Condition {
        /// Name of the argument.
        pub param: String = shown "param",
        /// How it is compared.
        pub operator: Operator = shown "operator",
        /// What it is compared with.
        pub value: String = hidden "value",
    }
}

open_word! {
    /// How two values are compared.
    pub enum Operator {
        /// Equal.
        Eq = "eq",
        /// Not equal.
        Neq = "neq",
        /// Greater.
        Gt = "gt",
        /// Greater or equal.
        Gte = "gte",
        /// Less.
        Lt = "lt",
        /// Less or equal.
        Lte = "lte",
    }
}
