use serde_json::{Value, json};
use vapi_types::{DecodeErrorKind, ServerMessage};

use crate::fixtures::{generated_messages, value};

fn decode(body: &Value) -> ServerMessage {
    ServerMessage::decode(body.to_string().as_bytes()).unwrap()
}

#[test]
fn every_type_string_decodes_to_its_own_class() {
    assert_eq!(ServerMessage::KINDS.len(), 33);
    for kind in ServerMessage::KINDS {
        let message = decode(&json!({"message": {"type": kind}}));

        assert_eq!(message.kind(), *kind);
        assert!(!matches!(message, ServerMessage::Unknown { .. }), "{kind}");
    }
}

#[test]
fn every_generated_message_decodes_without_an_unexpected_field_and_round_trips_value_equal() {
    let messages = generated_messages();
    assert_eq!(messages.len(), 60);
    for (name, body) in messages {
        let (message, unexpected) = ServerMessage::decode_with_unexpected_fields(body.as_bytes()).unwrap();

        let expected = value(body.as_bytes());
        assert_eq!(message.kind(), expected["message"]["type"], "{name}");
        assert!(!matches!(message, ServerMessage::Unknown { .. }), "{name}");
        assert!(unexpected.is_empty(), "{name}: {unexpected:?}");
        assert_eq!(value(&message.to_body().unwrap()), expected, "{name}");
    }
}

#[test]
fn an_unknown_type_is_kept_whole() {
    let body = br#"{ "message" : {"type": "brand-new", "n": 1.50, "call": {"id": "c"}} }"#;

    let message = ServerMessage::decode(body).unwrap();

    assert_eq!(message.kind(), "brand-new");
    let ServerMessage::Unknown { raw, .. } = &message else { panic!("known") };
    assert_eq!(raw.as_str(), r#"{"type": "brand-new", "n": 1.50, "call": {"id": "c"}}"#);
    assert_eq!(value(&message.to_body().unwrap()), value(body));
}

#[test]
fn what_is_no_message_is_refused_with_its_kind() {
    let refused = |body: &[u8]| ServerMessage::decode(body).unwrap_err().kind();

    assert_eq!(refused(b""), DecodeErrorKind::NotJson);
    assert_eq!(refused(b"{\"message\":"), DecodeErrorKind::NotJson);
    assert_eq!(refused(b"{\"message\":{}} x"), DecodeErrorKind::NotJson);
    assert_eq!(refused(b"\xff\xfe{}"), DecodeErrorKind::NotJson);
    assert_eq!(refused(b"{}"), DecodeErrorKind::NoMessage);
    assert_eq!(refused(b"[1]"), DecodeErrorKind::NoMessage);
    for message in ["null", "true", "1", "-1", "1.5", "\"x\"", "[{}]"] {
        assert_eq!(refused(format!("{{\"message\":{message}}}").as_bytes()), DecodeErrorKind::NoMessage);
    }
    assert_eq!(refused(b"{\"message\":{\"type\":7}}"), DecodeErrorKind::Field);
}
