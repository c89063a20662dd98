//! The end of a call is told by whatever message comes, and a later one adds what it knows.

use serde_json::{Value, json};

use crate::stage::{Stage, call_json, case};

fn message(kind: &str, fields: &Value) -> Value {
    let mut message = json!({ "type": kind, "call": call_json("c"), "timestamp": 1_796_050_760_109_i64 });
    for (name, value) in fields.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

fn ended(reason: &str) -> Value {
    message(
        "status-update",
        &json!({ "status": "ended", "endedReason": reason, "artifact": { "messages": [] } }),
    )
}

fn report() -> Value {
    message(
        "end-of-call-report",
        &json!({
            "endedReason": "customer-ended-call", "timestamp": 1_796_050_790_000_i64,
            "startedAt": "2026-11-29T23:59:00Z", "endedAt": "2026-11-29T23:59:50Z",
            "artifact": { "transcript": "User: hello", "recordingUrl": "https://r.example.com/1.wav" },
            "analysis": { "summary": "A greeting." },
        }),
    )
}

#[tokio::test]
async fn a_call_that_never_connects_leaves_one_task() {
    let stage = Stage::set().await;
    for _ in 0..2 {
        let mut busy = ended("customer-busy");
        busy["call"]["type"] = "outboundPhoneCall".into();
        assert_eq!(stage.message(busy).await, (200, json!({})));
        stage.drained().await;
    }
    let task = stage.only("Task");
    assert_eq!(
        (&task["CallDisposition"], &task["ActivityDate"]),
        (&json!("customer-busy"), &json!("2026-11-30"))
    );
    assert_eq!((&task["CallType"], &task["WhoId"]), (&json!("Outbound"), &json!(stage.contact)));
    assert!(task["Description"].is_null(), "{task:?}");
}

#[tokio::test]
async fn any_message_of_a_call_that_is_over_leaves_a_task() {
    for kind in ["hang", "conversation-update", "assistant.started", "call.artifact.upload", "something-new"]
    {
        let stage = Stage::set().await;
        let running = message(kind, &json!({}));
        stage.message(running.clone()).await;
        stage.drained().await;
        assert_eq!(stage.org.count("Task"), 0, "{kind} of a call that goes on");
        let mut over = running;
        over["call"]["status"] = "ended".into();
        over["call"]["endedReason"] = "silence-timed-out".into();
        assert_eq!(stage.message(over).await, (200, json!({})));
        stage.drained().await;
        assert_eq!(stage.only("Task")["CallDisposition"], "silence-timed-out", "{kind}");
    }
}

#[tokio::test]
async fn the_deletion_of_a_call_tells_nothing_of_its_end() {
    let stage = Stage::set().await;
    let mut deleted = message("call.deleted", &json!({}));
    deleted["call"]["status"] = "ended".into();
    stage.message(deleted).await;
    stage.drained().await;
    assert_eq!(stage.org.count("Task"), 0);
}

/// What a task says of its call.
fn told(task: &serde_json::Map<String, Value>) -> Vec<Value> {
    [
        "ActivityDate",
        "CallDisposition",
        "CallDurationInSeconds",
        "Description",
        "CallObject",
        "WhoId",
        "WhatId",
    ]
    .map(|field| task[field].clone())
    .to_vec()
}

#[tokio::test]
async fn a_report_merges_with_the_end_that_was_told_before_or_after_it() {
    let alone = Stage::set().await;
    alone.tool("c", "1", "create_case", case("It smokes.")).await;
    alone.message(report()).await;
    alone.drained().await;
    let expected = &told(&alone.only("Task"))[..6];
    assert_eq!(expected[0], "2026-11-29", "the day of the end and not that of a message");

    for order in [[ended("hangup"), report()], [report(), ended("hangup")]] {
        let stage = Stage::set().await;
        stage.tool("c", "1", "create_case", case("It smokes.")).await;
        for message in &order {
            stage.message(message.clone()).await;
            stage.drained().await;
        }
        let task = stage.only("Task");
        assert_eq!(task["WhatId"], stage.only("Case")["Id"]);
        let (mut told, mut wanted) = (told(&task), expected.to_vec());
        // Each stage has a contact of its own.
        told.truncate(6);
        (told[5], wanted[5]) = (Value::Null, Value::Null);
        assert_eq!(told, wanted, "{}", order[0]["type"]);
        assert_eq!(task["WhoId"], json!(stage.contact));
    }
}

#[tokio::test]
async fn what_a_call_says_when_it_is_forwarded_is_kept_until_it_is_over() {
    let stage = Stage::set().await;
    let forwarding =
        json!({ "status": "forwarding", "transcript": "User: a person, please", "summary": "A wish." });
    stage.message(message("status-update", &forwarding)).await;
    stage.drained().await;
    assert_eq!((stage.org.count("Task"), stage.org.stats().api_calls), (0, 0));
    stage.message(ended("assistant-forwarded-call")).await;
    stage.drained().await;
    assert_eq!(stage.only("Task")["Description"], "A wish.\n\nTranscript:\nUser: a person, please");
}
