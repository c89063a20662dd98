//! What is wrong with an assistant before Vapi says so, or worse, does not.

use std::{collections::BTreeSet, fmt};

use super::Assistant;
use crate::{
    server::Server,
    tool::{FunctionTool, Tool, ToolMessage},
    wire::Extra,
};

mod old_keys;

use old_keys::mend_for;

/// One thing to mend about an assistant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// Where it is.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
    /// What to do.
    pub mend: String,
}

/// What is wrong with a setting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The API has another way to say it now.
    Deprecated,
    /// The API knows no such key, and refuses it.
    Unknown,
    /// Something is missing for the assistant to work with a server.
    Missing,
    /// A text or number is outside the API's limits.
    OutOfRange,
    /// A name the API does not accept.
    Misnamed,
    /// The same name is given twice.
    Duplicate,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::Deprecated => "deprecated",
            Problem::Unknown => "unknown",
            Problem::Missing => "missing",
            Problem::OutOfRange => "out of range",
            Problem::Misnamed => "misnamed",
            Problem::Duplicate => "duplicate",
        };
        write!(f, "{} is {problem}: {}", self.path, self.mend)
    }
}

impl Assistant {
    /// Lists what is deprecated, missing, too long or misnamed, each with the mend.
    pub fn lint(&self) -> Vec<Finding> {
        let mut findings = Findings::default();
        findings.keys("", "", &self.extra);
        findings.length("name", self.name.as_deref(), 1, 40);
        findings.length("voicemailMessage", self.voicemail_message.as_deref(), 0, 1000);
        findings.length("endCallMessage", self.end_call_message.as_deref(), 0, 1000);
        for (index, phrase) in self.end_call_phrases.iter().flatten().enumerate() {
            findings.length(&format!("endCallPhrases[{index}]"), Some(phrase), 2, 140);
        }
        findings.range("maxDurationSeconds", self.max_duration_seconds, 10, 43_200);
        findings.server_messages(self.server_messages.as_deref());
        if let Some(server) = &self.server {
            findings.server("server", server);
        }
        self.lint_model(&mut findings);
        findings.0
    }

    fn lint_model(&self, findings: &mut Findings) {
        let Some(model) = &self.model else {
            return findings.add("model", Problem::Missing, "an assistant cannot think without a model");
        };
        // Providers have keys of their own, so an unnamed key of a model is no mistake in itself.
        for (key, _) in model.extra.iter() {
            let path = format!("model.{key}");
            if let Some(mend) = mend_for(&path) {
                findings.add(&path, Problem::Deprecated, mend);
            }
        }
        findings.range("model.maxTokens", model.max_tokens, 50, 10_000);
        if model.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            findings.add("model.temperature", Problem::OutOfRange, "use 0 to 2");
        }
        let mut names = BTreeSet::new();
        for (index, tool) in model.tools.iter().flatten().enumerate() {
            let Tool::Function(tool) = tool else { continue };
            let path = format!("model.tools[{index}]");
            let name = findings.function(&path, tool);
            if !name.is_empty() && !names.insert(name) {
                findings.add(
                    &format!("{path}.function.name"),
                    Problem::Duplicate,
                    "give each function its own name",
                );
            }
            let has_url =
                |server: &Option<Server>| server.as_ref().is_some_and(|server| server.url.is_some());
            if !has_url(&tool.server) && !has_url(&self.server) {
                findings.add(
                    &format!("{path}.server"),
                    Problem::Missing,
                    "set a server here or on the assistant",
                );
            }
        }
    }
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, path: &str, problem: Problem, mend: &str) {
        self.0.push(Finding { path: path.to_owned(), problem, mend: mend.to_owned() });
    }

    /// Reports the unnamed keys at `path` of an object that older documents call `owner`.
    fn keys(&mut self, path: &str, owner: &str, extra: &Extra) {
        for (key, _) in extra.iter() {
            let (path, old) = (join(path, key), join(owner, key));
            match mend_for(&old) {
                Some(mend) => self.add(&path, Problem::Deprecated, mend),
                None => self.add(&path, Problem::Unknown, "remove it; the API refuses keys it does not know"),
            }
        }
    }

    fn length(&mut self, path: &str, text: Option<&str>, least: usize, most: usize) {
        let Some(text) = text else { return };
        if !(least..=most).contains(&text.chars().count()) {
            self.add(path, Problem::OutOfRange, &format!("use {least} to {most} characters"));
        }
    }

    fn range(&mut self, path: &str, number: Option<u64>, least: u64, most: u64) {
        if number.is_some_and(|number| !(least..=most).contains(&number)) {
            self.add(path, Problem::OutOfRange, &format!("use {least} to {most}"));
        }
    }

    fn server_messages(&mut self, chosen: Option<&[String]>) {
        let Some(chosen) = chosen else { return };
        for needed in NEEDED {
            if !chosen.iter().any(|kind| kind == needed) {
                let mend = format!("add `{needed}`, without which the bridge does not learn of it");
                self.add("serverMessages", Problem::Missing, &mend);
            }
        }
        for (index, kind) in chosen.iter().enumerate() {
            let path = format!("serverMessages[{index}]");
            match kind.as_str() {
                "function-call" => self.add(&path, Problem::Deprecated, "use `tool-calls`"),
                "language-changed" => self.add(&path, Problem::Deprecated, "use `language-change-detected`"),
                kind if !SELECTABLE.contains(&kind) => {
                    self.add(&path, Problem::Misnamed, "no server message of this name can be chosen");
                }
                _ => {}
            }
        }
    }

    fn server(&mut self, path: &str, server: &Server) {
        self.keys(path, "server", &server.extra);
        self.range(&format!("{path}.timeoutSeconds"), server.timeout_seconds, 1, 300);
        if server.url.is_none() {
            self.add(&format!("{path}.url"), Problem::Missing, "say where messages go");
        }
        if let Some(plan) = &server.backoff_plan {
            self.range(&format!("{path}.backoffPlan.maxRetries"), plan.max_retries, 0, 10);
        }
    }

    /// Checks a function tool, and returns the function's name.
    fn function<'t>(&mut self, path: &str, tool: &'t FunctionTool) -> &'t str {
        let function = tool.function.as_ref();
        let name = function.and_then(|function| function.name.as_deref()).unwrap_or_default();
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_word) {
            let mend = "use 1 to 64 letters, digits, `_` and `-`";
            self.add(&format!("{path}.function.name"), Problem::Misnamed, mend);
        }
        if function.and_then(|function| function.description.as_ref()).is_none() {
            let mend = "say when the model should call it";
            self.add(&format!("{path}.function.description"), Problem::Missing, mend);
        }
        if let Some(server) = &tool.server {
            self.server(&format!("{path}.server"), server);
        }
        for (index, message) in tool.messages.iter().flatten().enumerate() {
            self.tool_message(&format!("{path}.messages[{index}]"), message);
        }
        name
    }

    fn tool_message(&mut self, path: &str, message: &ToolMessage) {
        self.length(&format!("{path}.content"), message.content.as_deref(), 0, 1000);
        self.range(&format!("{path}.timingMilliseconds"), message.timing_milliseconds, 100, 120_000);
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Messages without which calls cannot be answered or recorded.
const NEEDED: [&str; 3] = ["tool-calls", "status-update", "end-of-call-report"];

/// Messages that can be chosen; the others come unasked.
const SELECTABLE: [&str; 26] = [
    "assistant.started",
    "assistant.speechStarted",
    "conversation-update",
    "end-of-call-report",
    "hang",
    "language-change-detected",
    "model-output",
    "phone-call-control",
    "speech-update",
    "status-update",
    "transcript",
    "transcript[transcriptType=\"final\"]",
    "tool-calls",
    "transfer-destination-request",
    "handoff-destination-request",
    "transfer-update",
    "user-interrupted",
    "voice-input",
    "chat.created",
    "chat.deleted",
    "session.created",
    "session.updated",
    "session.deleted",
    "call.deleted",
    "call.delete.failed",
    "call.artifact.upload",
];
