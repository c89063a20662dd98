//! The answer to `tool-calls`.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::one_line::one_line;
use crate::{
    message::{ToolCall, ToolCalls},
    tool::ToolMessage,
};

/// The answer to a batch of tool calls: each call answered once, in order, under its own id and name.
///
/// It is made from the request alone, so no id, name or call can be wrong or missing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolResults {
    results: Vec<Answered>,
}

/// What one tool call came to.
///
/// The text is folded into one line and cut at [`MAX_RESULT`] when it is written. `Debug` hides it.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum ToolResult {
    /// What the model is to know; plain words or compact JSON.
    Result(String),
    /// What went wrong, in words from which the model can mend its call or tell the caller.
    Error(String),
    /// What is spoken last: the call ends behind it.
    Last(String),
}

impl ToolResult {
    /// A structured result as compact JSON in one line, which variable extraction can read.
    ///
    /// # Errors
    /// If the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self::Result)
    }

    fn text(&self) -> &str {
        match self {
            Self::Result(text) | Self::Error(text) | Self::Last(text) => text,
        }
    }
}

impl std::fmt::Debug for ToolResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Result(_) => "Result(..)",
            Self::Error(_) => "Error(..)",
            Self::Last(_) => "Last(..)",
        })
    }
}

impl ToolResults {
    /// Answers every call of a request with what `answer` makes of it; each id is asked for once.
    pub fn answer(request: &ToolCalls, mut answer: impl FnMut(&ToolCall) -> ToolResult) -> Self {
        let mut answered = BTreeSet::new();
        let new_calls = request.calls.iter().filter(|call| answered.insert(call.id.as_str()));
        let results = new_calls.map(|call| Answered {
            tool_call_id: call.id.clone(),
            name: call.name.clone(),
            result: answer(call),
        });
        Self { results: results.collect() }
    }

    /// The body of the response.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::body(self)
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Answered {
    tool_call_id: String,
    name: String,
    result: ToolResult,
}

impl Serialize for Answered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answered = serializer.serialize_struct("ToolCallResult", 4)?;
        answered.serialize_field("toolCallId", &self.tool_call_id)?;
        answered.serialize_field("name", &self.name)?;
        let field = match self.result {
            ToolResult::Result(_) | ToolResult::Last(_) => "result",
            ToolResult::Error(_) => "error",
        };
        let text = one_line(self.result.text(), MAX_RESULT);
        answered.serialize_field(field, &text)?;
        if matches!(self.result, ToolResult::Last(_)) {
            let spoken = one_line(&text, MAX_MESSAGE);
            answered.serialize_field(
                "message",
                &ToolMessage::complete(spoken).end_call_after_spoken_enabled(true),
            )?;
        }
        answered.end()
    }
}

/// The longest result that is sent, in bytes; a longer one is cut. It is far more than a model should read
/// in the middle of a call.
pub const MAX_RESULT: usize = 16 << 10;

/// The longest message that is spoken, in bytes; the platform takes 1000 characters.
const MAX_MESSAGE: usize = 1000;
