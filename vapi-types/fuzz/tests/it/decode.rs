//! Decoding panics on nothing, and what was decoded can be written and decoded again.

use bolero::check;
use vapi_types::ServerMessage;

use crate::{SHRINK, json::Choices, seeds::SEEDS};

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
fn bytes() {
    check!().with_shrink_time(SHRINK).with_max_len(4096).for_each(|input: &[u8]| {
        exercise(input);
    });
}

/// Changes of a body, four bytes each: what, where, how long, and a byte.
#[test]
fn a_message_with_some_changes() {
    check!().with_iterations(20_000).with_shrink_time(SHRINK).with_max_len(66).for_each(|input: &[u8]| {
        let (seed, edits) = input.split_at(input.len().min(1));
        let mut body = SEEDS[usize::from(seed.first().copied().unwrap_or_default()) % SEEDS.len()].clone();
        for edit in edits.chunks_exact(4) {
            let &[what, place, length, byte] = edit else { unreachable!() };
            let from = (usize::from(place) * 256 + usize::from(length)) % (body.len() + 1);
            let to = (from + usize::from(length)).min(body.len());
            match what % 4 {
                0 if from < body.len() => body[from] = byte,
                1 => drop(body.drain(from..to)),
                2 => body.insert(from, byte),
                _ => {
                    let part = body[from..to].to_vec();
                    let at = usize::from(byte) * 16 % (body.len() + 1);
                    body.splice(at..at, part);
                }
            }
        }
        exercise(&body);
    });
}

/// Any object is a message, whatever stands in its fields, unless its type or its calls are of the wrong kind.
#[test]
fn a_message_with_anything_in_its_fields() {
    check!().with_iterations(20_000).with_shrink_time(SHRINK).with_max_len(400).for_each(|input: &[u8]| {
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
