//! Events in any order, more than once, or not at all come to the same record.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use voice_crm_core::{
    call::{
        AnsweredBy, Call, CallEvent, CallFacts, EndedCall, Fault, FaultCategory, Happening, Platform,
        Recording, TransferTarget,
    },
    caller::Caller,
    outbox::SinkPolicy,
    phone::Region,
};

use crate::stage::{NUMBER, Stage, call_json, case, org};

fn at(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(1_790_000_000 + second).ok()
}

fn event(what: Happening, second: i64) -> CallEvent {
    let mut call = Call::new(Platform::VAPI.call("vapi-call"), Caller::from_number(Some(NUMBER), Region::US));
    call.identity.add(Platform::TWILIO.call("CA1"));
    CallEvent::new(call, what).at(at(second))
}

/// Everything that can be reported of a call.
fn events() -> Vec<CallEvent> {
    let call = event(Happening::Ringing, 0).call;
    let mut report = EndedCall::new(call.clone(), "customer-ended-call");
    (report.started_at, report.ended_at, report.seconds) = (at(5), at(65), Some(60));
    (report.transcript, report.summary) = (Some("User: hello".to_owned()), Some("A greeting.".to_owned()));
    let mut carried = EndedCall::new(call, "completed");
    (carried.ended_at, carried.seconds, carried.knowledge) = (at(95), Some(90), 1);
    vec![
        event(Happening::Ringing, 0),
        event(Happening::Answered(AnsweredBy::Agent), 5),
        event(Happening::Held, 20),
        event(Happening::Resumed, 25),
        event(Happening::Transferred(TransferTarget::Queue("hardware".to_owned())), 60),
        event(Happening::Failed(Fault::new(FaultCategory::Speech, "x")), 30),
        event(Happening::Recorded(Recording::at("https://example.com/r")), 99),
        event(Happening::LeftMessage(Recording::at("https://example.com/r")), 99),
        event(Happening::Noted { name: "n".to_owned(), text: "a note".to_owned() }, 100),
        event(Happening::Ended(Box::new(report)), 65),
        event(Happening::Ended(Box::new(carried)), 95),
    ]
}

fn put_together(events: &[CallEvent]) -> CallFacts {
    events.iter().map(CallFacts::from).fold(CallFacts::default(), CallFacts::merge)
}

proptest! {
    #[test]
    fn every_order_and_any_repeats_come_to_the_same_facts(
        order in Just((0..events().len()).collect::<Vec<_>>()).prop_shuffle(),
        repeats in prop::collection::vec(0..events().len(), 0..8),
        split in 0..events().len(),
    ) {
        let all = events();
        let told: Vec<CallEvent> = order.iter().chain(&repeats).map(|index| all[*index].clone()).collect();
        prop_assert!(put_together(&told) == put_together(&all));
        // In two halves on two replicas, put together either way round.
        let (one, other) = told.split_at(split);
        let (one, other) = (put_together(one), put_together(other));
        prop_assert!(one.clone().merge(other.clone()) == other.merge(one));
    }

    #[test]
    fn an_event_that_is_lost_takes_its_own_facts_alone(lost in 0..events().len()) {
        let mut told = events();
        let missing = CallFacts::from(&told.remove(lost));
        prop_assert!(put_together(&told).merge(missing) == put_together(&events()));
    }

    #[test]
    fn facts_survive_their_written_form(order in Just((0..events().len()).collect::<Vec<_>>()).prop_shuffle()) {
        let all = events();
        let facts = put_together(&order.iter().map(|index| all[*index].clone()).collect::<Vec<_>>());
        let written = serde_json::to_string(&facts).unwrap();
        prop_assert!(serde_json::from_str::<CallFacts>(&written).unwrap() == facts);
    }
}

/// Events of call legs: the leg, a leg that this event links it to, and which event it is.
fn told_of_legs() -> impl Strategy<Value = Vec<(u8, Option<u8>, usize)>> {
    prop::collection::vec((0..8_u8, prop::option::of(0..8_u8), 0..events().len()), 1..24)
}

/// An event of one leg.
fn of_leg((leg, other, index): (u8, Option<u8>, usize)) -> CallEvent {
    let mut event = events()[index].clone();
    event.call.identity = Platform::KAZOO.call(leg.to_string()).into();
    if let Some(other) = other {
        event.call.identity.add(Platform::KAZOO.call(other.to_string()));
    }
    event
}

proptest! {
    #[test]
    fn legs_that_are_linked_late_in_any_order_are_the_same_calls(
        (told, shuffled) in told_of_legs().prop_flat_map(|told| (Just(told.clone()), Just(told).prop_shuffle())),
        split in 0..24_usize,
        repeats in 0..24_usize,
    ) {
        let facts = |told: &[(u8, Option<u8>, usize)]| {
            put_together(&told.iter().copied().map(of_leg).collect::<Vec<_>>())
        };
        let (one, other) = shuffled.split_at(split.min(shuffled.len()));
        let again = facts(&shuffled[..repeats.min(shuffled.len())]);
        let expected = facts(&told);
        // On two replicas, the one told some of it twice, and then put together from either side.
        let merged = facts(one).merge(again.clone()).merge(facts(other));
        prop_assert!(merged == expected);
        prop_assert!(facts(other).merge(again.merge(facts(one))) == expected);
        prop_assert_eq!(merged.calls(), expected.calls());
        prop_assert!(merged.clone().merge(merged.clone()) == merged);
        // Each leg belongs to one call, with every leg that it was ever linked to.
        let calls = merged.calls();
        prop_assert_eq!(calls.iter().map(BTreeSet::len).sum::<usize>(), merged.ids.len());
        for (leg, other, _) in told {
            let call = |leg: u8| {
                let leg = Platform::KAZOO.call(leg.to_string());
                calls.iter().position(|call| call.contains(&leg))
            };
            prop_assert!(call(leg).is_some() && call(leg) == call(other.unwrap_or(leg)));
        }
    }
}

#[test]
fn the_one_who_spoke_with_the_caller_knows_why_it_ended_and_the_longest_time_stands() {
    let facts = put_together(&events());
    assert_eq!(facts.outcome.unwrap().word, "customer-ended-call");
    assert_eq!((facts.seconds, facts.ended_at), (Some(90), at(95)));
    assert_eq!(facts.ids.len(), 2);
}

/// The messages of one call as Vapi sends them, the recording and the fault late.
fn messages(call: &str) -> Vec<Value> {
    let with = |kind: &str, more: Value| {
        let mut message = json!({ "type": kind, "call": call_json(call) });
        for (name, value) in more.as_object().unwrap() {
            message[name] = value.clone();
        }
        message
    };
    vec![
        with("status-update", json!({ "status": "ringing" })),
        with("status-update", json!({ "status": "in-progress", "timestamp": 1_790_000_000_000_i64 })),
        with(
            "transfer-update",
            json!({ "destination": { "type": "assistant", "assistantName": "Billing" } }),
        ),
        with(
            "end-of-call-report",
            json!({
                "endedReason": "pipeline-error-eleven-labs-quota-exceeded", "endedAt": "2026-11-20T10:03:04Z",
                "durationSeconds": 61, "artifact": { "transcript": "User: hello" }, "analysis": { "summary": "s" },
            }),
        ),
    ]
}

/// What stays of a record when the org's own fields are left out.
fn told(mut record: Map<String, Value>) -> Map<String, Value> {
    record.retain(|name, value| {
        !value.is_null()
            && ![
                "Id",
                "CreatedDate",
                "SystemModstamp",
                "LastModifiedDate",
                "Voice_Key__c",
                "CompletedDateTime",
            ]
            .contains(&name.as_str())
    });
    record
}

#[tokio::test]
async fn whatever_the_order_of_the_webhooks_the_org_holds_the_same_task() {
    let mut expected = None;
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1], [1, 3, 2, 0], [3, 3, 2, 2]] {
        let stage = Stage::set().await;
        for index in order {
            assert_eq!(stage.message(messages("c")[index].clone()).await.0, 200);
            stage.drained().await;
        }
        let task = told(stage.only("Task"));
        assert!(task["Description"].as_str().unwrap().contains("Fault: the voice failed"));
        assert_eq!(*expected.get_or_insert(task.clone()), task, "{order:?}");
    }
}

#[tokio::test]
async fn nothing_is_asked_of_the_org_before_the_call_is_over() {
    let stage = Stage::set().await;
    for message in &messages("c")[..3] {
        stage.message(message.clone()).await;
    }
    stage.drained().await;
    assert_eq!((stage.org.stats().api_calls, stage.org.count("Task")), (0, 0));

    stage.message(messages("c")[3].clone()).await;
    stage.drained().await;
    let description = stage.only("Task")["Description"].as_str().unwrap().to_owned();
    assert!(description.contains("Transferred to the assistant Billing"), "what came before was kept");
}

#[tokio::test]
async fn a_write_at_the_moment_of_an_event_of_its_call_is_made_at_once() {
    // With the policy that a bridge has when nothing is said.
    let stage = Stage::with(org(), |builder| builder.delivery(SinkPolicy::default())).await;
    for call in 0..5 {
        let call = format!("c-{call}");
        for (id, status) in [("1", "in-progress"), ("2", "forwarding")] {
            let message = json!({ "type": "status-update", "call": call_json(&call), "status": status });
            let transfer = json!({
                "type": "transfer-update", "call": call_json(&call),
                "destination": { "type": "number", "number": "+14155550111" },
            });
            for told in [message, transfer] {
                assert_eq!(stage.message(told).await.0, 200);
                let id = format!("{id}-{}", stage.org.count("Case"));
                let said = stage.tool(&call, &id, "create_case", case(&format!("Trouble {id}"))).await;
                assert!(said.contains("has been created"), "{call} {id}: {said}");
            }
        }
        assert_eq!(stage.end_call(&call, "AI: Goodbye.").await, 200);
    }
    stage.drained().await;
    assert_eq!((stage.org.count("Case"), stage.org.count("Task")), (20, 5));
    for task in stage.org.records("Task") {
        assert!(!task["WhatId"].is_null(), "each log is on a case of its call");
        assert!(
            task["Description"].as_str().unwrap().contains("Transferred"),
            "and tells the transfer: {task:?}"
        );
    }
}
