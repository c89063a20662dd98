//! What messages tell of their calls, wherever it stands.

use serde_json::{Value, json};
use vapi_types::{ServerMessage, record::CallRecord};

fn record(message: &Value) -> CallRecord {
    CallRecord::of(&ServerMessage::decode(json!({ "message": message }).to_string().as_bytes()).unwrap())
}

/// A report with these fields beside its own.
fn report(fields: &Value) -> CallRecord {
    let mut message = json!({ "type": "end-of-call-report", "call": { "id": "c" } });
    for (name, value) in fields.as_object().unwrap() {
        message[name] = value.clone();
    }
    record(&message)
}

#[test]
fn a_text_is_found_wherever_it_stands_and_the_longest_is_taken() {
    for (name, of) in [
        ("transcript", (|record| record.transcript) as fn(CallRecord) -> Option<String>),
        ("summary", |record| record.summary),
    ] {
        for place in [
            json!({ name: "Words." }),
            json!({ "artifact": { name: "Words." } }),
            json!({ "analysis": { name: "Words." }, "artifact": { name: "" } }),
            json!({ "call": { name: "Words." } }),
            json!({ "call": { "artifact": { name: "Words." }, "analysis": { name: "Words." } }, name: " " }),
            json!({ "artifact": { name: "Word" }, name: "Words." }),
            json!({ "artifact": { name: 7 }, name: "Words." }),
            json!({ "artifact": {}, "analysis": {}, name: "Words." }),
            json!({ "artifact": "another kind", "analysis": 7, name: "Words." }),
        ] {
            assert_eq!(of(report(&place)).as_deref(), Some("Words."), "{place}");
        }
    }
}

#[test]
fn without_a_transcript_the_messages_are_one() {
    let vapi = json!([
        { "role": "system", "message": "Be kind." }, { "role": "bot", "message": "Hello. " },
        { "role": "tool_calls", "toolCalls": [] }, { "role": "user", "message": "Hi." }, 7,
    ]);
    let openai = json!([
        { "role": "assistant", "content": "Hello." },
        { "role": "user", "content": [{ "type": "text", "text": "Hi." }] },
    ]);
    for place in [
        json!({ "messages": vapi }),
        json!({ "artifact": { "messages": vapi, "transcript": "" } }),
        json!({ "artifact": { "messages": [], "messagesOpenAIFormatted": openai } }),
        json!({ "call": { "messages": vapi } }),
    ] {
        assert_eq!(report(&place).transcript.as_deref(), Some("AI: Hello.\nUser: Hi."), "{place}");
    }
}

#[test]
fn a_recording_is_found_in_each_of_its_places_and_an_empty_one_hides_none() {
    let (url, signed) = ("https://r.example.com/1.wav", "https://r.example.com/1.wav?signature=x");
    for place in [
        json!({ "recordingUrl": url, "artifact": { "recording": { "mono": { "combinedUrl": "" } } } }),
        json!({ "artifact": { "recording": { "mono": { "combinedUrl": url } }, "presignedMonoUrl": signed } }),
        json!({ "artifact": { "recording": "", "recordingUrl": url } }),
        json!({ "artifact": { "recording": url } }),
        json!({ "call": { "artifact": { "recordingUrl": url } }, "artifact": { "recordingUrl": null } }),
        json!({ "call": { "recordingUrl": url } }),
    ] {
        assert_eq!(report(&place).recordings.mixed.as_deref(), Some(url), "{place}");
    }
    let sides = report(&json!({ "artifact": {
        "recording": { "stereoUrl": "https://s", "mono": { "customerUrl": "https://c", "assistantUrl": " " } },
        "presignedAssistantUrl": "https://a", "presignedMonoUrl": "not an address",
        "videoRecordingUrl": "https://v",
    }}))
    .recordings;
    let found = [sides.mixed, sides.two_channels, sides.customer, sides.assistant, sides.video];
    assert_eq!(
        found,
        [None, Some("https://s"), Some("https://c"), Some("https://a"), Some("https://v")].map(owned)
    );
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

#[test]
fn costs_lengths_times_and_the_verdict_are_read_in_every_form() {
    for (fields, cost) in [
        (json!({ "cost": 0.25 }), Some(0.25)),
        (json!({ "cost": "0.25" }), Some(0.25)),
        (json!({ "cost": "", "costBreakdown": { "total": 0.25 } }), Some(0.25)),
        (json!({ "costs": [{ "type": "llm", "cost": 0.125 }, { "cost": 0.125 }, {}] }), Some(0.25)),
        (json!({ "call": { "cost": 0.25 } }), Some(0.25)),
        (json!({ "cost": -1, "costs": "" }), None),
    ] {
        assert_eq!(report(&fields).cost, cost, "{fields}");
    }
    for (fields, seconds) in [
        (json!({ "durationSeconds": "67" }), Some(67.0)),
        (json!({ "durationMs": 67_000 }), Some(67.0)),
        (json!({ "startedAt": "2026-11-30T14:00:00Z", "endedAt": "2026-11-30T14:01:07Z" }), Some(67.0)),
        (json!({ "endedAt": "2026-11-30T14:01:07Z", "startedAt": "" }), None),
        (json!({ "startedAt": "2026-11-30T14:00:00Z", "endedAt": "2026-11-30T13:00:00Z" }), None),
    ] {
        assert_eq!(report(&fields).seconds, seconds, "{fields}");
    }
    for (verdict, told) in [(json!("Good"), Some("Good")), (json!(true), Some("true")), (json!(""), None)] {
        let told = owned(told);
        assert_eq!(report(&json!({ "analysis": { "successEvaluation": verdict } })).success, told);
    }
    assert_eq!(
        report(&json!({ "endedAt": 0, "call": { "endedAt": "0001-01-01T00:00:00Z" } })).ended_at,
        None
    );
}

#[test]
fn outputs_are_told_by_name_and_those_that_came_to_nothing_are_not() {
    let told = report(&json!({
        "artifact": { "structuredOutputs": {
            "7b1": { "name": "Call Summary", "result": "Short." },
            "7b2": { "name": "Appointment", "result": null },
            "7b3": { "name": "Empty", "result": "" }, "7b4": { "name": "None" },
            "7b5": { "result": false }, "7b6": 8,
        }},
        "analysis": {
            "structuredData": { "sentiment": "angry", "order": {} },
            "structuredDataMulti": [{ "key": "plan", "result": { "a": 1 } }, { "size": "L" }],
        },
    }));
    let told: Vec<_> = told.outputs.into_iter().map(|output| (output.name, output.value)).collect();
    let expected = [
        ("Call Summary", json!("Short.")),
        ("7b5", json!(false)),
        ("7b6", json!(8)),
        ("sentiment", json!("angry")),
        ("plan", json!({ "a": 1 })),
        ("size", json!("L")),
    ];
    assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn any_message_may_tell_that_the_call_is_over_and_the_deletion_of_one_does_not() {
    let over = |message: Value| record(&message).over;
    assert!(over(json!({ "type": "end-of-call-report" })));
    assert!(over(json!({ "type": "status-update", "status": "ended" })));
    for kind in ["hang", "conversation-update", "call.artifact.upload", "something.new"] {
        for call in [
            json!({ "status": "ended" }),
            json!({ "endedAt": "2026-11-30T14:01:07Z" }),
            json!({ "endedReason": "x" }),
        ] {
            assert!(over(json!({ "type": kind, "call": call })), "{kind} {call}");
        }
        for call in
            [json!({ "status": "in-progress" }), json!({ "endedAt": null, "endedReason": "" }), json!(null)]
        {
            assert!(!over(json!({ "type": kind, "call": call })), "{kind} {call}");
        }
    }
    assert!(!over(json!({ "type": "call.deleted", "call": { "status": "ended" } })));
}

#[test]
fn a_report_of_empty_fields_tells_nothing() {
    let nothing = report(&json!({
        "endedReason": "", "startedAt": "", "endedAt": "", "durationSeconds": "", "cost": "", "costs": "",
        "artifact": { "transcript": "", "recordingUrl": "", "messages": "", "recording": "" },
        "analysis": { "summary": "", "structuredData": "", "successEvaluation": "" },
        "destination": "", "compliance": "",
    }));
    assert!(nothing.is_empty() && nothing.over, "{nothing:?}");
}

#[test]
fn no_word_and_no_address_is_shown_by_debug() {
    let told = report(&json!({
        "transcript": "User: canary", "summary": "canary", "recordingUrl": "https://canary",
        "analysis": { "structuredData": { "mood": "canary" }, "successEvaluation": "canary" },
    }));
    let shown = format!("{told:?} {:?} {:?}", told.recordings, told.outputs);
    assert!(!shown.contains("canary"), "{shown}");
}
