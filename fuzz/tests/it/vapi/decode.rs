//! Decoding panics on nothing, and what was decoded can be written and decoded again.

use vapi_types::ServerMessage;

use super::json::Choices;
use crate::{bound::check_bytes, edit::check_seeded, seeds::VAPI};

/// Decodes, and if that works uses everything that a server would use.
fn exercise(body: &[u8]) -> bool {
    let Ok((message, unexpected)) = ServerMessage::decode_with_unexpected_fields(body) else { return false };
    let _ = format!("{message:?} {unexpected:?}");
    let written = message.to_body().unwrap();
    let again = ServerMessage::decode(&written).unwrap();
    assert_eq!(again.kind(), message.kind());
    if let Some(context) = message.context() {
        let _ =
            (context.caller(), context.known_call().map(|call| call.metadata()), context.parse_artifact());
    }
    match &message {
        ServerMessage::ToolCalls(calls) => {
            for call in &calls.calls {
                let _ = call.arguments.parse::<serde_json::Map<String, serde_json::Value>>();
            }
            let ServerMessage::ToolCalls(again) = again else { unreachable!() };
            let id = |call: &vapi_types::message::ToolCall| call.id.clone();
            assert!(again.calls.iter().map(id).eq(calls.calls.iter().map(id)));
        }
        ServerMessage::EndOfCallReport(report) => {
            let _ = report.ended_reason.category();
        }
        _ => {}
    }
    true
}

#[test]
fn bytes_are_decoded_or_refused() {
    check_seeded!(VAPI, exercise);
}

/// Only its type and its list of calls have to be of their kinds.
#[test]
fn any_object_is_a_message_whatever_stands_in_its_fields() {
    check_bytes!(400, |input| {
        let mut choices = Choices(input);
        let kind = ServerMessage::KINDS
            [usize::from(choices.next().unwrap_or_default()) % ServerMessage::KINDS.len()];
        let mut message = choices.object(40, 4);
        message.insert("type".to_owned(), kind.into());
        if kind == "tool-calls" && message.get("toolCallList").is_some_and(|list| !list.is_array()) {
            message.remove("toolCallList");
        }
        let body = serde_json::json!({ "message": message }).to_string();
        assert!(exercise(body.as_bytes()));
    });
}
