//! The arguments of a tool: what is an object is read as one, in either form, and anything else is refused.

use serde_json::{Map, Value, json};
use vapi_types::ServerMessage;

use crate::{edit::check_seeded, seeds::ARGUMENTS};

/// What a function would get of these arguments.
fn read(body: &str) -> Option<Result<Map<String, Value>, String>> {
    let Ok(ServerMessage::ToolCalls(message)) = ServerMessage::decode(body.as_bytes()) else { return None };
    let arguments = &message.calls.first()?.arguments;
    let _ = format!("{arguments:?} {}", arguments.is_object());
    Some(arguments.parse::<Map<String, Value>>().map_err(|error| error.to_string()))
}

fn exercise(arguments: &[u8]) {
    let text = String::from_utf8_lossy(arguments);
    let call = |arguments: &Value| json!({ "id": "1", "function": { "name": "f", "arguments": arguments } });
    let message = |call: &str| format!(r#"{{"message":{{"type":"tool-calls","toolCallList":[{call}]}}}}"#);

    let as_text = read(&message(&call(&Value::String(text.as_ref().into())).to_string())).unwrap();
    let raw = call(&Value::Null).to_string().replace("null", &text);
    let as_object = read(&message(&raw));
    if let Ok(expected) = serde_json::from_str::<Map<String, Value>>(&text) {
        assert_eq!(as_text.unwrap(), expected);
        // What nests too deeply beside the message is refused with it.
        assert!(as_object.is_none_or(|read| read.unwrap() == expected));
    }
}

#[test]
fn arguments_are_read_alike_as_a_text_and_as_an_object() {
    check_seeded!(ARGUMENTS, exercise);
}
