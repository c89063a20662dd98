//! How often the caller has spoken, out of the list of messages that a webhook carries.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::call::CallerTurns;

#[derive(Deserialize)]
struct Envelope {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    artifact: Option<Listed>,
    messages: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Listed {
    messages: Option<Vec<Value>>,
}

/// The turns that a webhook tells of. The body is read again when they are asked for, which is seldom.
pub(super) fn of(body: &Bytes) -> CallerTurns {
    let body = body.clone();
    CallerTurns::when_asked(move || count(&body))
}

/// A list that is empty tells nothing: some webhooks carry it so.
fn count(body: &[u8]) -> Option<u32> {
    let Message { artifact, messages } = serde_json::from_slice::<Envelope>(body).ok()?.message;
    let listed = artifact.and_then(|artifact| artifact.messages).filter(|messages| !messages.is_empty());
    let messages = listed.or(messages).filter(|messages| !messages.is_empty())?;
    u32::try_from(messages.iter().filter(|message| is_turn_of_caller(message)).count()).ok()
}

/// Vapi's form has the words in `message`, the `OpenAI` form in `content`, as a text or a list of parts.
fn is_turn_of_caller(message: &Value) -> bool {
    let has_words = |field: &str| match message.get(field) {
        Some(Value::String(words)) => !words.trim().is_empty(),
        Some(Value::Array(parts)) => !parts.is_empty(),
        _ => false,
    };
    message.get("role").and_then(Value::as_str) == Some("user")
        && (has_words("message") || has_words("content"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn turns(message: &Value) -> Option<u32> {
        of(&Bytes::from(json!({ "message": message }).to_string())).count()
    }

    #[test]
    fn turns_of_the_caller_are_counted_wherever_the_list_stands() {
        let messages = json!([
            { "role": "system", "message": "Be kind." },
            { "role": "bot", "message": "Hello." },
            { "role": "user", "message": "Hello." },
            { "role": "tool_calls", "message": "" },
            { "role": "tool_call_result", "result": "Is that right?" },
            { "role": "user", "content": "Yes." },
            { "role": "user", "content": [{ "type": "text", "text": "Yes." }] },
            { "role": "user", "message": " " },
        ]);
        assert_eq!(turns(&json!({ "artifact": { "messages": messages } })), Some(3));
        assert_eq!(turns(&json!({ "artifact": { "messages": [] }, "messages": messages })), Some(3));
        assert_eq!(
            turns(&json!({ "artifact": { "messages": [{ "role": "bot", "message": "Hi." }] } })),
            Some(0)
        );
    }

    #[test]
    fn a_webhook_without_a_list_tells_nothing() {
        for message in
            [json!({}), json!({ "artifact": { "messages": [] } }), json!({ "artifact": { "messages": "x" } })]
        {
            assert_eq!(turns(&message), None, "{message}");
        }
    }
}
