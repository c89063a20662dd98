//! The vendor's own samples, read from the folder `VAPI_FIXTURES` names; they are not ours to copy.

use std::{collections::BTreeSet, env, path::PathBuf};

use serde_json::Value;
use vapi_types::{
    ServerMessage,
    assistant::Assistant,
    ended_reason::{EndedCategory, EndedReason},
};

use crate::fixtures::{read, value};

fn folder() -> Option<PathBuf> {
    env::var_os("VAPI_FIXTURES").map(PathBuf::from)
}

#[test]
fn every_official_sample_decodes_to_its_own_class() {
    let Some(folder) = folder() else { return };
    let mut count = 0;
    for (name, body) in ["official-docs", "official-skills"].iter().flat_map(|part| read(&folder.join(part)))
    {
        if name.starts_with("response-") {
            continue;
        }
        let expected = value(body.as_bytes());
        let Some(kind) = expected["message"]["type"].as_str() else { continue };
        let (message, unexpected) = ServerMessage::decode_with_unexpected_fields(body.as_bytes()).unwrap();

        assert_eq!(message.kind(), kind, "{name}");
        assert_eq!(matches!(message, ServerMessage::Unknown { .. }), name == "unknown-type.json", "{name}");
        assert!(unexpected.is_empty(), "{name}: {unexpected:?}");
        if let ServerMessage::ToolCalls(calls) = &message {
            assert!(
                !calls.calls.is_empty() && calls.calls.iter().all(|call| call.arguments.as_str() != "{}"),
                "{name}"
            );
        }
        count += 1;
    }
    assert!(count > 30);
}

#[test]
fn every_documented_ended_reason_has_a_category() {
    let Some(folder) = folder() else { return };
    let document = std::fs::read_to_string(folder.join("openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let path = "/components/schemas/ServerMessageEndOfCallReport/properties/endedReason/enum";
    let reasons: BTreeSet<&str> =
        document.pointer(path).unwrap().as_array().unwrap().iter().filter_map(Value::as_str).collect();

    let unplaced: Vec<&&str> = reasons
        .iter()
        .filter(|reason| EndedReason::from(**reason).category() == EndedCategory::Unknown)
        .collect();

    assert!(reasons.len() >= 595);
    assert!(unplaced.is_empty(), "{unplaced:?}");
}

#[test]
fn every_documented_message_type_is_known() {
    let Some(folder) = folder() else { return };
    let document = std::fs::read_to_string(folder.join("openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let schemas = &document["components"]["schemas"];
    let kinds =
        schemas["ServerMessage"]["properties"]["message"]["oneOf"].as_array().unwrap().iter().flat_map(
            |one| {
                let schema = one["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
                schemas[schema]["properties"]["type"]["enum"].as_array().unwrap()
            },
        );
    let unknown: Vec<&Value> =
        kinds.filter(|kind| !ServerMessage::KINDS.contains(&kind.as_str().unwrap())).collect();

    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn assistants_of_2024_are_read_with_their_old_keys() {
    let Some(folder) = folder() else { return };
    for (name, reply) in read(&folder.join("responses")) {
        let reply = value(reply.as_bytes());
        let Some(assistant) = reply.get("assistant") else { continue };

        let assistant = Assistant::read(&assistant.to_string()).unwrap();

        assert_eq!(assistant.model.unwrap().tools.unwrap().len(), 1, "{name}");
    }
}
