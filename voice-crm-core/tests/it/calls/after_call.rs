//! What the org holds of a call that is over.

use std::time::Duration;

use salesforce_emulator::{CustomObject, Fault, Field, OrgBuilder};
use serde_json::{Value, json};
use voice_crm_core::{
    call::{self, Call, CallEvent, CallFacts, EndedCall, FaultCategory, Happening},
    caller::Caller,
    crm::{Attempt, CallLog, CallMemo, Change, JobKey, Receipt, RecordRef, Urgency, Write, apply_all},
    deadline::Deadline,
    journal::MemoryJournal,
    phone::{PhoneNumber, Region},
};
use voice_crm_salesforce::{AfterCall, CallObject, SalesforceCrm, UnknownCaller};

use crate::stage::{Stage, builder, call_json, case, client, org};

/// An org with an object for calls.
pub(crate) fn org_for_calls() -> OrgBuilder {
    let texts = [
        "Call_Id__c",
        "Direction__c",
        "Outcome__c",
        "Answered_By__c",
        "Phone__c",
        "Sentiment__c",
        "Fault__c",
        "Success__c",
    ];
    let object = CustomObject::new("Voice_Call__c")
        .field(Field::external_id("Voice_Key__c"))
        .field(Field::datetime("Started_At__c"))
        .field(Field::datetime("Ended_At__c"))
        .field(Field::number("Duration_Seconds__c", 9, 0))
        .field(Field::number("Transfers__c", 4, 0))
        .field(Field::number("Cost__c", 12, 6))
        .field(Field::long_text("Summary__c", 32_000))
        .field(Field::text("Recording_Url__c", 255))
        .field(Field::lookup("Contact__c", "Contact"))
        .field(Field::lookup("Case__c", "Case"));
    let object = texts.into_iter().fold(object, |object, name| object.field(Field::text(name, 255)));
    org().object(object)
}

async fn stage(org: OrgBuilder, rules: AfterCall) -> Stage {
    let org = org.start().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url())).after_call(rules);
    let bridge = builder(org.url(), MemoryJournal::new()).crm(crm).start().unwrap();
    Stage::of(org, bridge)
}

fn report(call: &str, reason: &str) -> Value {
    json!({
        "type": "end-of-call-report", "call": call_json(call), "endedReason": reason,
        "startedAt": "2026-11-20T10:00:00Z", "endedAt": "2026-11-20T10:03:04Z",
        "artifact": { "transcript": "User: hello", "recordingUrl": "https://example.com/r.wav" },
        "analysis": { "summary": "The engine smokes.", "structuredData": { "sentiment": "angry" } },
    })
}

fn everything() -> AfterCall {
    AfterCall::new()
        .call_object(CallObject::standard("Voice_Call__c"))
        .comment_on_case()
        .follow_up_on([FaultCategory::Voice, FaultCategory::Model])
}

#[tokio::test]
async fn task_call_record_comment_and_follow_up_are_one_api_call() {
    let stage = stage(org_for_calls(), everything()).await;
    stage.tool("c", "1", "find_customer", json!({})).await;
    stage.tool("c", "2", "create_case", case("It smokes.")).await;
    stage.org.reset_stats();

    stage.message(report("c", "pipeline-error-eleven-labs-quota-exceeded")).await;
    stage.drained().await;

    assert_eq!(stage.org.stats().api_calls, 1);
    let case = stage.only("Case");
    let call = stage.only("Voice_Call__c");
    assert_eq!((&call["Case__c"], &call["Contact__c"]), (&case["Id"], &Value::from(stage.contact.as_str())));
    assert_eq!((call["Duration_Seconds__c"].as_f64(), &call["Sentiment__c"]), (Some(184.0), &json!("angry")));
    assert_eq!(call["Recording_Url__c"], "https://example.com/r.wav");
    assert!(stage.only("CaseComment")["CommentBody"].as_str().unwrap().starts_with("The engine smokes."));
    let tasks = stage.org.records("Task");
    let (log, follow_up): (Vec<_>, Vec<_>) = tasks.iter().partition(|task| task["Status"] == "Completed");
    assert_eq!((log.len(), follow_up.len()), (1, 1));
    assert_eq!(follow_up[0]["Subject"], "Call the customer back: the voice failed");
    assert_eq!(log[0]["CallDisposition"], "pipeline-error-eleven-labs-quota-exceeded");
    assert!(log[0]["Description"].as_str().unwrap().contains("Sentiment: angry"));
}

#[tokio::test]
async fn a_lost_answer_leaves_one_of_each() {
    let stage = stage(org_for_calls(), everything()).await;
    stage.tool("c", "1", "create_case", case("It smokes.")).await;
    stage.org.faults().next(1, Fault::CutAfterWrite);

    stage.message(report("c", "pipeline-error-openai-llm-failed")).await;
    stage.drained().await;

    let counts = ["Task", "Voice_Call__c", "CaseComment"].map(|object| stage.org.count(object));
    assert_eq!(counts, [2, 1, 1], "the log and the follow-up, the record, the comment");
}

#[tokio::test]
async fn what_the_org_refuses_is_told_and_finished_when_it_was_mended() {
    // The object for calls is not there.
    let stage = stage(org(), AfterCall::new().call_object(CallObject::standard("Voice_Call__c"))).await;

    stage.message(report("c", "customer-ended-call")).await;
    stage.drained().await;

    stage.only("Task");
    let dead = stage.bridge.journal().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    stage.bridge.journal().retry(dead[0].key, jiff::Timestamp::now()).await.unwrap();
    stage.drained().await;
    stage.only("Task");
}

fn stranger(call: &str) -> Value {
    let mut report = report(call, "customer-ended-call");
    report["call"]["customer"]["number"] = "+12125550187".into();
    report
}

#[tokio::test]
async fn an_org_that_takes_no_strangers_has_the_log_all_the_same() {
    // Without our key on leads the org refuses the lead.
    let stage = stage(org(), AfterCall::new().unknown_caller(UnknownCaller::CreateLead)).await;
    stage.message(stranger("c")).await;
    stage.drained().await;
    stage.only("Task");
    assert_eq!(stage.org.count("Lead"), 0);
}

#[tokio::test]
async fn a_stranger_becomes_one_lead_however_often_and_on_however_many_calls() {
    let org = org().field("Lead", Field::external_id("Voice_Key__c"));
    let stage = stage(org, AfterCall::new().unknown_caller(UnknownCaller::CreateLead)).await;

    let calls = ["a", "b", "c", "d"].map(|call| stage.message(stranger(call)));
    futures_util::future::join_all(calls).await;
    stage.message(stranger("a")).await;
    stage.drained().await;
    stage.message(stranger("e")).await;
    stage.drained().await;

    let lead = stage.only("Lead");
    assert_eq!(lead["Phone"], "+12125550187");
    let tasks = stage.org.records("Task");
    assert_eq!(tasks.len(), 5);
    assert!(tasks.iter().all(|task| task["WhoId"] == lead["Id"]), "{tasks:?}");
}

#[tokio::test]
async fn a_known_caller_makes_no_lead_and_without_the_rule_nobody_does() {
    let known = stage(org(), AfterCall::new().unknown_caller(UnknownCaller::CreateLead)).await;
    known.message(report("c", "customer-ended-call")).await;
    known.drained().await;
    assert_eq!(known.org.count("Lead"), 0);
    assert_eq!(known.only("Task")["WhoId"], Value::from(known.contact.as_str()));
}

/// An event that brings something to take up for a person wants to know who they are. That question must not keep it
/// from looking for what an earlier attempt has made.
#[tokio::test]
async fn what_a_later_event_may_have_added_before_a_restart_is_not_added_again() {
    let org = org_for_calls().start().await.unwrap();
    let case = org.insert("Case", json!({ "Subject": "It smokes." })).unwrap();
    let event = |summary: Option<&str>| {
        let phone = PhoneNumber::parse("+12125550187", Region::US).unwrap();
        let mut ended =
            EndedCall::new(Call::new(call::Platform::VAPI.call("c"), Caller::Number(phone)), "ended");
        ended.summary = summary.map(str::to_owned);
        ended.fault = summary.map(|_| call::Fault::new(FaultCategory::Voice, "quota"));
        CallFacts::from(&CallEvent::new(ended.call.clone(), Happening::Ended(Box::new(ended))))
    };
    let attempt = |number: u8, facts: CallFacts, earlier: Vec<Receipt>, memo: Option<CallMemo>| {
        let log = CallLog { record: JobKey::from_bytes([1; 16]), facts, person: None };
        let change = Change::LogCall(Box::new(log));
        let write = Write { key: JobKey::from_bytes([number; 16]), change };
        Attempt { earlier, memo, ..Attempt::first(write) }
    };
    // Each is as a process that has just started: it remembers no caller.
    let apply = async |attempt: Attempt| {
        let crm = SalesforceCrm::new(client(org.url())).after_call(everything());
        let deadline = Deadline::after(Duration::from_secs(20));
        apply_all(&crm, vec![attempt], Urgency::Live, deadline).await.remove(0).unwrap()
    };
    let opened =
        Receipt { record: Some(RecordRef::new(case)), object: Some("Case".to_owned()), ..Receipt::default() };
    let logged = apply(attempt(2, event(None), vec![opened.clone()], None)).await;
    let memo = logged.memo.as_deref().cloned();
    let later = attempt(3, event(Some("The engine smokes.")), vec![opened, logged], memo);

    apply(later.clone()).await;
    apply(Attempt { may_have_applied: true, ..later }).await;

    let counts = ["Task", "Voice_Call__c", "CaseComment"].map(|object| org.count(object));
    assert_eq!(counts, [2, 1, 1], "the log and the follow-up, the record, the comment");
}
