//! The two forms of Vapi's error document, read into one: `message` is one sentence or a list of them.

use std::fmt;

use serde_json::{Map, Value};

/// What Vapi says about a request it refused. `Debug` shows how much it says and not what: it quotes what was sent.
#[derive(Clone, Eq, PartialEq)]
pub struct Refusal {
    messages: Vec<String>,
    error: Option<String>,
}

impl Refusal {
    /// One sentence for each thing that is wrong, such as `property nmae should not exist`.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// The name of the status, such as `Bad Request`.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Reads either form; none if the body is neither.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let messages: Vec<String> = match fields.get("message") {
            Some(Value::Array(sentences)) => sentences.iter().filter_map(text).collect(),
            Some(sentence) => text(sentence).into_iter().collect(),
            None => Vec::new(),
        };
        let error = fields.get("error").and_then(text);
        (!messages.is_empty() || error.is_some()).then_some(Self { messages, error })
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({} sentences)", self.messages.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let one = br#"{"message":"Couldn't find the call","error":"Not Found","statusCode":404}"#;
        let many = br#"{"message":["a should not exist","b must be a string"],"error":"Bad Request","statusCode":400}"#;

        assert_eq!(Refusal::parse(one).unwrap().messages(), ["Couldn't find the call"]);
        let many = Refusal::parse(many).unwrap();
        assert_eq!(many.messages(), ["a should not exist", "b must be a string"]);
        assert_eq!(many.error(), Some("Bad Request"));
    }

    #[test]
    fn what_is_neither_is_no_refusal() {
        for body in ["", "<html>", "[]", "{}", r#"{"statusCode":500}"#, r#"{"message":[1]}"#] {
            assert_eq!(Refusal::parse(body.as_bytes()), None, "{body}");
        }
    }
}
