//! Any JSON, with the names that messages use for its fields, out of any bytes.

use serde_json::{Map, Value};

/// Bytes that decide what comes next; nothing more comes when they are used up.
pub(crate) struct Choices<'b>(pub(crate) &'b [u8]);

impl Choices<'_> {
    pub(crate) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An object with up to so many fields.
    pub(crate) fn object(&mut self, fields: u8, depth: u8) -> Map<String, Value> {
        let mut object = Map::new();
        for _ in 0..fields {
            let Some(name) = self.next() else { break };
            object.insert(word(name).to_owned(), self.value(depth));
        }
        object
    }

    fn value(&mut self, depth: u8) -> Value {
        let (kind, choice) = (self.next().unwrap_or_default(), self.next().unwrap_or_default());
        match kind % 10 {
            0 => Value::Null,
            1 => (choice % 2 == 0).into(),
            2 => i64::from(choice).pow(u32::from(kind % 7)).into(),
            3 => (f64::from(choice) * 1e10 - 0.5).into(),
            4 => word(choice).into(),
            5 => char::from(choice).to_string().into(),
            6 if depth > 0 => (0..choice % 5).map(|_| self.value(depth - 1)).collect(),
            6 => Value::Array(Vec::new()),
            // Texts often hold JSON, as arguments do.
            7 if depth > 0 => Value::Object(self.object(choice % 4, depth - 1)).to_string().into(),
            _ if depth > 0 => Value::Object(self.object(choice % 8, depth - 1)),
            _ => Value::Object(Map::new()),
        }
    }
}

/// A name that messages use, or a word.
fn word(index: u8) -> &'static str {
    KEYS[usize::from(index) % KEYS.len()]
}

const KEYS: [&str; 48] = [
    "id",
    "name",
    "type",
    "function",
    "arguments",
    "parameters",
    "toolCall",
    "toolCallId",
    "toolCallList",
    "toolCalls",
    "toolWithToolCallList",
    "functionCall",
    "call",
    "customer",
    "number",
    "phoneNumber",
    "timestamp",
    "artifact",
    "analysis",
    "messages",
    "message",
    "role",
    "content",
    "transcript",
    "summary",
    "status",
    "endedReason",
    "destination",
    "startedAt",
    "endedAt",
    "createdAt",
    "cost",
    "costs",
    "costBreakdown",
    "monitor",
    "metadata",
    "assistantOverrides",
    "assistant",
    "provider",
    "structuredData",
    "recording",
    "mono",
    "secondsFromStart",
    "properties",
    "object",
    "2026-08-18T17:19:58.000Z",
    "1787073598000",
    "{\"a\": [1]}",
];
