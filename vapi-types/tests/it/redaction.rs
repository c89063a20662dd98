//! What is formatted shows no secret, number, transcript or URL.

use serde_json::{Value, json};
use vapi_types::{
    ServerMessage,
    assistant::Assistant,
    reply::{ToolResult, ToolResults},
};

use crate::fixtures::{generated_messages, value};

/// Planted values; none may ever show up in formatted text.
const CANARIES: [&str; 5] = [
    "canary-client-secret-5d1f",
    "canary-webhook-secret-91be",
    "canary-token-77aa",
    "+14155550142",
    "canary-transcript-c0de",
];

fn is_clean(text: &str) -> bool {
    CANARIES.iter().all(|canary| !text.contains(canary))
}

/// A body with every kind of secret a real one has been seen to carry, and an unknown field for each.
fn laden() -> Value {
    json!({
        "timestamp": 1_787_073_598_000_i64,
        "transcript": "canary-transcript-c0de", "originalTranscript": "canary-transcript-c0de",
        "summary": "canary-transcript-c0de", "text": "canary-transcript-c0de", "input": "canary-transcript-c0de",
        "output": {"text": "canary-transcript-c0de"}, "request": "canary-token-77aa", "status": "canary-token-77aa",
        "recordingUrl": "https://r/?sig=canary-token-77aa", "unknownField": "canary-token-77aa",
        "destination": {"type": "number", "number": "+14155550142", "callerId": "+14155550142", "message": "canary-transcript-c0de"},
        "phoneNumber": {"provider": "twilio", "number": "+14155550142", "twilioAuthToken": "canary-client-secret-5d1f",
            "twilioAccountSid": "canary-token-77aa", "serverUrlSecret": "canary-webhook-secret-91be"},
        "customer": {"number": "+14155550142", "name": "canary-transcript-c0de", "sipUri": "sip:+14155550142@h"},
        "contact": {"number": "+14155550142", "name": "canary-transcript-c0de"},
        "assistant": {"server": {"secret": "canary-webhook-secret-91be"}, "model": {"headers": {"x": "canary-token-77aa"}}},
        "call": {"id": "call-1", "customer": {"number": "+14155550142"},
            "monitor": {"controlUrl": "https://c/canary-token-77aa", "listenUrl": "wss://c/canary-token-77aa"},
            "metadata": {"token": "canary-token-77aa"}, "transport": {"auth": "canary-token-77aa"}},
        "artifact": {"transcript": "canary-transcript-c0de", "recordingUrl": "https://r/?sig=canary-token-77aa",
            "presignedMonoUrl": "https://r/?sig=canary-token-77aa", "logUrl": "https://r/?sig=canary-token-77aa",
            "recording": {"mono": {"combinedUrl": "https://r/?sig=canary-token-77aa"}},
            "messages": [{"role": "user", "message": "canary-transcript-c0de", "content": "canary-transcript-c0de"}]},
        "analysis": {"summary": "canary-transcript-c0de", "structuredData": {"phone": "+14155550142"}},
        "messages": [{"role": "canary-transcript-c0de", "message": "canary-transcript-c0de"}],
        "toolCallList": [{"id": "c1", "name": "f", "arguments": {"phone": "+14155550142"}}],
        "functionCall": {"name": "f", "parameters": {"phone": "+14155550142"}},
        "chat": {"input": "canary-transcript-c0de", "messages": [{"content": "canary-transcript-c0de"}]},
        "session": {"customer": {"number": "+14155550142"}, "messages": [{"content": "canary-transcript-c0de"}]},
    })
}

#[test]
fn no_message_prints_what_it_carries() {
    for kind in ServerMessage::KINDS.iter().chain(&["brand-new"]) {
        let mut message = laden();
        message["type"] = json!(kind);
        let body = json!({"message": message}).to_string();

        let (message, unexpected) = ServerMessage::decode_with_unexpected_fields(body.as_bytes()).unwrap();

        assert_eq!(message.kind(), *kind);
        assert!(is_clean(&format!("{message:?} {message:#?} {:?}", message.context())), "{kind}");
        assert!(is_clean(&format!("{unexpected:?}")), "{kind}");
        let written = String::from_utf8(message.to_body().unwrap()).unwrap();
        assert!(CANARIES.iter().all(|canary| written.contains(canary)), "{kind} lost something");
    }
}

#[test]
fn an_unexpected_field_is_named_and_not_the_value() {
    for (name, body) in generated_messages() {
        let mut document = value(body.as_bytes());
        let message = document["message"].as_object_mut().unwrap();
        for (key, field) in
            message.iter_mut().filter(|(key, _)| !["type", "toolCallList"].contains(&key.as_str()))
        {
            *field =
                if field.is_string() { json!(["canary-token-77aa"]) } else { json!("canary-token-77aa") };
            assert!(!key.is_empty());
        }
        let (_, unexpected) =
            ServerMessage::decode_with_unexpected_fields(document.to_string().as_bytes()).unwrap();

        let printed: String = unexpected.iter().map(ToString::to_string).collect();
        assert!(is_clean(&printed), "{name}");
    }
}

#[test]
fn no_error_prints_what_was_sent() {
    for body in [
        r#"{"message": "canary-token-77aa"}"#,
        r#"{"message": {"type": ["canary-token-77aa"]}}"#,
        r#"{"message": {"type": "tool-calls", "toolCallList": "canary-token-77aa"}}"#,
        r#"{"message": canary-token-77aa}"#,
        r#"["canary-token-77aa""#,
    ] {
        let error = ServerMessage::decode(body.as_bytes()).unwrap_err();
        assert!(is_clean(&format!("{error} {error:?}")));
    }
}

#[test]
fn replies_and_settings_print_neither_words_nor_secrets() {
    let mut message = laden();
    message["type"] = json!("tool-calls");
    let ServerMessage::ToolCalls(request) =
        ServerMessage::decode(json!({"message": message}).to_string().as_bytes()).unwrap()
    else {
        panic!("another class")
    };
    let results = ToolResults::answer(&request, |_| ToolResult::Result("canary-transcript-c0de".to_owned()));
    let assistant = Assistant::read(
        r#"{"serverUrl": "https://h/?t=canary-token-77aa", "serverUrlSecret": "canary-webhook-secret-91be",
            "firstMessage": "canary-transcript-c0de", "metadata": {"p": "+14155550142"},
            "model": {"messages": [{"role": "system", "content": "canary-transcript-c0de"}]},
            "server": {"headers": {"Authorization": "canary-token-77aa"}, "secret": "canary-webhook-secret-91be"}}"#,
    )
    .unwrap();

    assert!(is_clean(&format!("{results:?}")));
    assert!(is_clean(&format!("{assistant:?} {:?}", assistant.lint())));
}
