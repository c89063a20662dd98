//! Messages that are not quite as the schema says.

use proptest::prelude::*;
use serde_json::{Value, json};
use vapi_types::{
    DecodeErrorKind, ServerMessage,
    artifact::ConversationMessage,
    message::EndOfCallReport,
    reply::{ToolResult, ToolResults},
};

use crate::fixtures::{full, generated_messages, value};

/// Every place of a document, as JSON pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, child)| (key.replace('~', "~0").replace('/', "~1"), child)).collect()
        }
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect()
        }
        _ => return,
    };
    for (key, child) in children {
        let place = format!("{here}/{key}");
        places(child, &place, found);
        found.push(place);
    }
}

fn delete(document: &mut Value, place: &str) {
    let (parent, key) = place.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Value::Array(elements) => drop(elements.remove(key.parse().unwrap())),
        _ => panic!("no parent"),
    }
}

fn decode(document: &Value) -> Result<ServerMessage, vapi_types::DecodeError> {
    ServerMessage::decode(document.to_string().as_bytes())
}

#[test]
fn every_message_decodes_with_any_one_field_deleted_or_null() {
    for (name, body) in generated_messages() {
        let document = value(body.as_bytes());
        let mut found = Vec::new();
        places(&document["message"], "/message", &mut found);
        for place in found {
            let mut deleted = document.clone();
            delete(&mut deleted, &place);
            decode(&deleted).unwrap_or_else(|error| panic!("{name} without {place}: {error}"));

            let mut nulled = document.clone();
            *nulled.pointer_mut(&place).unwrap() = Value::Null;
            decode(&nulled).unwrap_or_else(|error| panic!("{name} with null at {place}: {error}"));
        }
    }
}

#[test]
fn a_field_of_another_kind_is_set_aside_noted_and_written_back() {
    let body = json!({"message": {"type": "status-update", "status": 7,
        "call": {"id": "c1", "startedAt": true, "customer": ["+14155550142"]}}});

    let (message, unexpected) =
        ServerMessage::decode_with_unexpected_fields(body.to_string().as_bytes()).unwrap();

    assert_eq!(message.call().unwrap().id.as_deref(), Some("c1"));
    assert_eq!(value(&message.to_body().unwrap()), body);
    let notes: Vec<String> = unexpected.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "message.status: expected a word, found a number",
            "message.call.customer: expected an object, found a list",
            "message.call.startedAt: expected a time, found a boolean",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any value in any place: the only refusals are those of `type` and the list of calls.
    #[test]
    fn a_strange_value_anywhere_is_no_reason_to_lose_a_message(
        file in 0_usize..60,
        place in any::<prop::sample::Index>(),
        strange in prop_oneof![
            Just(json!(-1.5)), Just(json!("words")), Just(json!([])), Just(json!([[{}]])), Just(json!({"a": [null]})),
            Just(json!(true)), Just(json!(1e300)), Just(json!("2026-13-45T99:99:99Z")),
        ],
    ) {
        let (_, body) = generated_messages().swap_remove(file);
        let mut document = value(body.as_bytes());
        let mut found = Vec::new();
        places(&document["message"], "/message", &mut found);
        let place = place.get(&found);
        *document.pointer_mut(place).unwrap() = strange;

        if let Err(error) = decode(&document) {
            prop_assert_eq!(error.kind(), DecodeErrorKind::Field);
            prop_assert!(place == "/message/type" || place == "/message/toolCallList");
        }
    }

    #[test]
    fn decode_never_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ServerMessage::decode(&body);
    }

    #[test]
    fn a_damaged_message_never_panics(file in 0_usize..60, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut body = generated_messages().swap_remove(file).1.into_bytes();
        *at.get_mut(&mut body) = byte;
        if let Ok(message) = ServerMessage::decode(&body) {
            prop_assert!(message.to_body().is_ok());
        }
    }
}

#[test]
fn hostile_nesting_is_refused_wherever_it_is() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let deep_objects = format!("{}1{}", "{\"a\":".repeat(200_000), "}".repeat(200_000));
    for bomb in [deep, deep_objects] {
        for body in [
            bomb.clone(),
            format!("{{\"message\":{bomb}}}"),
            format!("{{\"x\":{bomb}}}"),
            format!("{{\"message\":{{\"type\":\"hang\",\"x\":{bomb}}}}}"),
            format!(
                "{{\"message\":{{\"toolCallList\":[{{\"id\":\"c\",\"name\":\"f\",\"arguments\":{bomb}}}]}}}}"
            ),
        ] {
            assert_eq!(ServerMessage::decode(body.as_bytes()).unwrap_err().kind(), DecodeErrorKind::TooDeep);
        }
    }
}

#[test]
fn hostile_nesting_inside_an_arguments_string_is_refused_when_it_is_parsed() {
    let bomb = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let body = json!({"message": {"toolCallList": [{"id": "c", "name": "f", "arguments": bomb}]}});

    let ServerMessage::ToolCalls(calls) = decode(&body).unwrap() else { panic!("another class") };

    assert!(calls.calls[0].arguments.parse::<Value>().is_err());
}

/// Work that grew with the square of either number would take minutes here.
#[test]
fn hostile_width_costs_no_more_than_its_length() {
    let fields: Vec<String> = (0..200_000).map(|n| format!("\"f{n}\":1")).collect();
    let calls: Vec<String> = (0..100_000).map(|n| format!("{{\"id\":\"c{n}\",\"name\":\"f\"}}")).collect();
    let wide =
        format!("{{\"message\":{{\"type\":\"hang\",\"call\":{{\"id\":\"c\",{}}}}}}}", fields.join(","));
    let many = format!("{{\"message\":{{\"toolCallList\":[{}]}}}}", calls.join(","));

    assert_eq!(ServerMessage::decode(wide.as_bytes()).unwrap().call().unwrap().extra.iter().count(), 200_000);
    let ServerMessage::ToolCalls(request) = ServerMessage::decode(many.as_bytes()).unwrap() else {
        panic!("class")
    };
    let results = ToolResults::answer(&request, |_| ToolResult::Result(String::new()));
    assert_eq!(value(&results.to_bytes())["results"].as_array().unwrap().len(), 100_000);
}

#[test]
fn a_hand_built_report_reads_back_the_same() {
    let mut report = EndOfCallReport::default();
    report.ended_reason = "customer-ended-call".into();
    report.artifact.transcript = Some("words".to_owned());
    report.analysis.summary = Some("short".to_owned());
    report.duration_seconds = Some(61.0);
    report.context.call.id = Some("call-1".to_owned());
    let message = ServerMessage::EndOfCallReport(Box::new(report.clone()));

    let read = self::report(&value(&message.to_body().unwrap()));

    assert_eq!(read.duration_seconds, report.duration_seconds);
    assert!(read.artifact == report.artifact && read.analysis == report.analysis && read.call == report.call);
    assert_eq!(read.ended_reason.as_str(), "customer-ended-call");
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let body = vec![b' '; vapi_types::message::MAX_BODY + 1];

    assert_eq!(ServerMessage::decode(&body).unwrap_err().kind(), DecodeErrorKind::TooLarge);
}

#[test]
fn the_last_of_two_fields_with_one_name_wins() {
    let body = br#"{"message":{"type":"hang","type":"status-update","call":{"id":"a"},"call":{"id":"b"},"x":1,"\u0078":2}}"#;

    let message = ServerMessage::decode(body).unwrap();

    assert_eq!(message.kind(), "status-update");
    assert_eq!(message.call().unwrap().id.as_deref(), Some("b"));
    assert_eq!(value(&message.to_body().unwrap())["message"]["call"], json!({"id": "b"}));
}

#[test]
fn times_are_read_as_text_seconds_and_milliseconds() {
    let expected: jiff::Timestamp = "2026-08-18T17:19:58Z".parse().unwrap();
    for time in [
        json!(1_787_073_598_000_i64),
        json!(1_787_073_598),
        json!(1_787_073_598.0),
        json!("1787073598000"),
        json!("2026-08-18T17:19:58.000Z"),
        json!("2026-08-18T19:19:58+02:00"),
        json!("2026-08-18T17:19:58"),
    ] {
        let message =
            decode(&json!({"message": {"type": "hang", "timestamp": time, "call": {"startedAt": time}}}))
                .unwrap();
        assert_eq!(message.context().unwrap().timestamp, Some(expected), "{time}");
        assert_eq!(message.call().unwrap().started_at, Some(expected), "{time}");
    }
}

#[test]
fn a_count_may_come_with_a_fraction_of_zero_and_no_other() {
    let turn = |number: &str| {
        let body = format!(r#"{{"message":{{"type":"speech-update","turn":{number}}}}}"#);
        match ServerMessage::decode(body.as_bytes()).unwrap() {
            ServerMessage::SpeechUpdate(update) => update.turn,
            other => panic!("{}", other.kind()),
        }
    };

    assert_eq!(turn("2"), Some(2));
    assert_eq!(turn("2.0"), Some(2));
    assert_eq!([turn("2.5"), turn("-2"), turn("2e3"), turn("\"2\"")], [None; 4]);
}

fn report(body: &Value) -> EndOfCallReport {
    match decode(body).unwrap() {
        ServerMessage::EndOfCallReport(report) => *report,
        other => panic!("{}", other.kind()),
    }
}

#[test]
fn a_report_of_2024_is_read_into_the_places_of_today() {
    let body = json!({"message": {
        "type": "end-of-call-report", "endedReason": "customer-ended-call",
        "transcript": "AI: hello", "summary": "short", "recordingUrl": "https://r/m", "stereoRecordingUrl": "https://r/s",
        "messages": [{"role": "bot", "message": "hello"}],
        "durationMs": 61_500, "startedAt": "2024-08-01T10:00:00Z", "endedAt": "2024-08-01T10:01:01Z",
        "call": {"id": "c1", "assistantOverrides": {"metadata": {"ticket": 7}}},
    }});

    let report = report(&body);

    assert_eq!(report.artifact.transcript.as_deref(), Some("AI: hello"));
    assert_eq!(report.artifact.recording_url.as_deref(), Some("https://r/m"));
    assert_eq!(report.artifact.stereo_recording_url.as_deref(), Some("https://r/s"));
    assert_eq!(report.artifact.messages[0].text().as_deref(), Some("hello"));
    assert_eq!(report.analysis.summary.as_deref(), Some("short"));
    assert_eq!(report.duration_seconds, Some(61.5));
    assert_eq!(report.call.metadata(), Some(json!({"ticket": 7})));
}

#[test]
fn todays_places_win_over_those_of_2024() {
    let report = report(&json!({"message": {
        "type": "end-of-call-report", "transcript": "old", "recordingUrl": "old",
        "artifact": {"transcript": "new", "recordingUrl": "new", "recording": {"mono": {"combinedUrl": "newest"}}},
        "call": {"startedAt": "2026-01-01T00:00:00Z", "endedAt": "2026-01-01T00:01:30Z", "metadata": {"a": 1}},
    }}));

    assert_eq!(report.artifact.transcript.as_deref(), Some("new"));
    assert_eq!(report.duration_seconds, Some(90.0));
    assert_eq!(report.call.metadata(), Some(json!({"a": 1})));
}

#[test]
fn text_is_found_wherever_a_conversation_message_carries_it() {
    let report = report(&json!({"message": {"type": "end-of-call-report", "artifact": {"messages": [
        {"role": "user", "message": "a"}, {"role": "assistant", "content": "b"},
        {"role": "user", "content": [{"type": "text", "text": "c"}, {"type": "image"}, {"type": "text", "text": "d"}]},
        {"role": "tool_call_result", "result": "e"}, {"role": "singer"},
    ]}}}));

    let texts: Vec<Option<String>> = report.artifact.messages.iter().map(ConversationMessage::text).collect();
    let expected = [Some("a"), Some("b"), Some("c d"), Some("e"), None].map(|text| text.map(str::to_owned));
    assert_eq!(texts, expected);
    assert_eq!(report.artifact.messages[4].role.as_ref().unwrap().as_str(), "singer");
}

#[test]
fn the_caller_is_found_in_the_message_or_in_its_call() {
    let with = |message: Value| decode(&json!({"message": message})).unwrap();
    let number =
        |message: &ServerMessage| message.context().unwrap().caller().unwrap().number.clone().unwrap();

    assert_eq!(
        number(&with(
            json!({"type": "hang", "customer": {"number": "1"}, "call": {"customer": {"number": "2"}}})
        )),
        "1"
    );
    assert_eq!(number(&with(json!({"type": "hang", "call": {"customer": {"number": "2"}}}))), "2");
    assert!(full("hang").contains("customer"));
}
