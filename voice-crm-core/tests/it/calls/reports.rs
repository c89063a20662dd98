//! What reports tell, wherever it stands in them, and what is made of it.

use serde_json::{Value, json};
use voice_crm_core::channel::{Vapi, vapi::OutputUse};
use voice_crm_salesforce::{AfterCall, CallObject, SalesforceCrm};

use crate::{
    calls::after_call::org_for_calls,
    stage::{PATH, Stage, call_json, client, org, signer},
};
use salesforce_emulator::Field;

fn report(fields: &Value) -> Value {
    let mut report = json!({ "type": "end-of-call-report", "call": call_json("c") });
    for (name, value) in fields.as_object().unwrap() {
        report[name] = value.clone();
    }
    report
}

async fn task_of(fields: &Value) -> serde_json::Map<String, Value> {
    let stage = Stage::set().await;
    assert_eq!(stage.message(report(fields)).await.0, 200);
    stage.drained().await;
    stage.only("Task")
}

#[tokio::test]
async fn an_undated_report_is_dated_by_its_message_and_empty_texts_are_absent() {
    let task = task_of(&json!({
        "timestamp": 1_796_050_760_109_i64, "endedReason": "", "startedAt": "", "endedAt": "",
        "durationSeconds": "67", "cost": "", "costs": "", "destination": "", "compliance": "",
        "artifact": { "transcript": "", "recordingUrl": "", "messages": "", "recording": "" },
        "analysis": { "summary": "", "structuredData": "", "successEvaluation": "" },
    }))
    .await;
    assert_eq!((&task["ActivityDate"], &task["Description"]), (&json!("2026-11-30"), &Value::Null));
    assert_eq!((&task["CallDurationInSeconds"], &task["CallDisposition"]), (&json!(67), &Value::Null));
}

#[tokio::test]
async fn an_empty_address_hides_no_recording_and_both_sides_are_told_apart() {
    let task = task_of(&json!({
        "artifact": {
            "recording": { "mono": { "combinedUrl": "", "customerUrl": "https://c" }, "stereoUrl": "https://s" },
            "recordingUrl": "https://m",
        },
    }))
    .await;
    let expected = "Recording of the caller: https://c\n\nRecording: https://m\n\nRecording, each side on a channel: https://s";
    assert_eq!(task["Description"], expected);
}

#[tokio::test]
async fn structured_outputs_become_summary_sentiment_and_own_fields_by_their_names() {
    let org = org_for_calls()
        .field("Voice_Call__c", Field::text("Product__c", 80))
        .field("Voice_Call__c", Field::checkbox("Resolved__c"))
        .field("Task", Field::text("Mood__c", 80))
        .start()
        .await
        .unwrap();
    let rules = AfterCall::new()
        .call_object(
            CallObject::standard("Voice_Call__c")
                .output("product", "Product__c")
                .output("resolved", "Resolved__c"),
        )
        .task_output("mood", "Mood__c");
    let vapi = Vapi::new(signer())
        .output("Product", OutputUse::Named("product".to_owned()))
        .output("is-resolved", OutputUse::Named("resolved".to_owned()))
        .output("Mood of the caller", OutputUse::Named("mood".to_owned()))
        .output("Verdict", OutputUse::Success)
        .output("call sentiment", OutputUse::Nothing);
    let bridge = voice_crm_core::Bridge::builder()
        .channel(PATH, vapi)
        .crm(SalesforceCrm::new(client(org.url())).after_call(rules))
        .journal(voice_crm_core::journal::MemoryJournal::new())
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    let told = report(&json!({
        "cost": 0.125,
        "artifact": { "structuredOutputs": {
            "7b1": { "name": "Call Summary", "result": "Caller wants an oven repaired." },
            "7b2": { "name": "product", "result": "Oven" },
            "7b3": { "name": "Is Resolved", "result": true },
            "7b4": { "name": "Mood of the caller", "result": "calm" },
            "7b5": { "name": "Verdict", "result": "Good" },
            "7b6": { "name": "Call sentiment", "result": "angry" },
            "7b7": { "name": "Something else", "result": "canary" },
        }},
    }));
    for _ in 0..2 {
        stage.message(told.clone()).await;
        stage.drained().await;
    }
    let (task, call) = (stage.only("Task"), stage.only("Voice_Call__c"));
    assert_eq!(task["Description"], "Caller wants an oven repaired.");
    assert_eq!((&task["Mood__c"], &call["Product__c"]), (&json!("calm"), &json!("Oven")));
    assert_eq!((&call["Resolved__c"], &call["Success__c"]), (&json!(true), &json!("Good")));
    assert_eq!((call["Cost__c"].as_f64(), &call["Sentiment__c"]), (Some(0.125), &Value::Null));
    assert!(!format!("{task:?} {call:?}").contains("canary"));

    // Another output later is written beside what is there.
    let later = json!({ "artifact": { "structuredOutputs": { "7b8": { "name": "product", "result": "Oven, 60 cm" } } } });
    stage.message(report(&later)).await;
    stage.drained().await;
    assert_eq!(stage.only("Voice_Call__c")["Product__c"], "Oven, 60 cm");
}

#[tokio::test]
async fn a_summary_that_is_only_an_output_is_kept_without_any_setting() {
    let outputs = json!({ "7b1": { "name": "Call Summary", "result": "Caller wants an oven repaired." } });
    let task = task_of(&json!({ "artifact": { "structuredOutputs": outputs }, "analysis": {} })).await;
    assert_eq!(task["Description"], "Caller wants an oven repaired.");
}

#[tokio::test]
async fn a_report_that_tells_nothing_makes_no_record() {
    let stage = Stage::set().await;
    for report in [
        json!({ "type": "end-of-call-report", "call": null }),
        json!({ "type": "end-of-call-report", "timestamp": 1_796_050_760_109_i64, "artifact": {} }),
        json!({ "type": "status-update", "status": "ended", "endedReason": "customer-busy" }),
    ] {
        assert_eq!(stage.message(report).await, (200, json!({})));
    }
    stage.drained().await;
    assert_eq!(stage.org.count("Task"), 0);
}

#[tokio::test]
async fn a_report_without_a_call_leaves_one_task_however_often_it_is_sent() {
    let stage = Stage::set().await;
    for timestamp in [1_796_050_760_109_i64, 1_796_050_770_000, 1_796_050_780_000] {
        let report = json!({
            "type": "end-of-call-report", "timestamp": timestamp, "call": null, "endedReason": "customer-ended-call",
            "artifact": { "transcript": "AI: hello\nUser: bye" }, "analysis": { "summary": "nothing" },
        });
        stage.message(report).await;
        stage.drained().await;
    }
    assert_eq!(stage.only("Task")["ActivityDate"], "2026-11-30");
}

#[tokio::test]
async fn a_chat_is_one_conversation_by_its_session_or_else_by_its_own_id() {
    let org = org().start().await.unwrap();
    let bridge =
        crate::stage::builder(org.url(), voice_crm_core::journal::MemoryJournal::new()).start().unwrap();
    let stage = Stage::of(org, bridge);
    let created = async |chat: Value, timestamp: i64| {
        let call = json!({ "id": "call_chat1", "type": "function", "function": {
            "name": "create_case", "arguments": { "description": "The invoice is wrong." },
        }});
        let message =
            json!({ "type": "tool-calls", "timestamp": timestamp, "chat": chat, "toolCallList": [call] });
        let (_, body) = stage.message(message).await;
        crate::stage::sentence(&body["results"][0])
    };
    let first = created(json!({ "id": "chat-1", "sessionId": "sess-1" }), 1).await;
    assert_eq!(created(json!({ "id": "chat-2", "sessionId": "sess-1" }), 2).await, first);
    stage.only("Case");
    let other = created(json!({ "id": "chat-1" }), 3).await;
    assert_eq!(created(json!({ "id": "chat-1", "sessionId": "" }), 4).await, other);
    assert_eq!(stage.org.count("Case"), 2);
}
