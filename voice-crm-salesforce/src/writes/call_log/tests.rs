//! What a later event of a call writes, seen by the questions that it asks of the org.

use std::{
    future::Future as _,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use serde_json::json;
use voice_crm_core::{
    call::{Call, CallEvent, EndedCall, Fault, FaultCategory, Happening, Platform, Recording},
    caller::Caller,
    crm::{Change, Write},
    phone::Region,
};

use super::*;
use crate::{
    after_call::{CallObject, LeftMessage},
    exchange::operation::{Found, Operation},
    reads::Row,
    writes::conversation::Seat,
};

fn call(caller: Caller) -> Call {
    Call::new(Platform::VAPI.call("c"), caller)
}

/// The end of a call, with a summary and a mood.
fn ended() -> CallFacts {
    let phone = PhoneNumber::parse("+12125550187", Region::US).unwrap();
    let mut ended = EndedCall::new(call(Caller::Number(phone)), "customer-ended-call");
    (ended.summary, ended.sentiment) = (Some("It smokes.".to_owned()), Some("angry".to_owned()));
    CallFacts::from(&CallEvent::new(ended.call.clone(), Happening::Ended(Box::new(ended))))
}

fn happened(what: Happening) -> CallFacts {
    CallFacts::from(&CallEvent::new(call(Caller::Unknown), what))
}

/// An attempt at what an event told, after those that a memo is of.
fn attempt(facts: CallFacts, memo: Option<CallMemo>) -> Attempt {
    let log = CallLog { record: JobKey::from_bytes([1; 16]), facts, person: None };
    let write = Write { key: JobKey::from_bytes([2; 16]), change: Change::LogCall(Box::new(log)) };
    let case = Receipt {
        record: Some(RecordRef::new("5001")),
        object: Some("Case".to_owned()),
        ..Receipt::default()
    };
    Attempt { memo, earlier: vec![case], ..Attempt::first(write) }
}

/// Everything that an attempt asks, of an org that makes what it is told to and in which the number is one contact's.
fn run(attempt: &Attempt, rules: &AfterCall) -> (Vec<Operation>, Receipt) {
    let Change::LogCall(told) = &attempt.write.change else { unreachable!() };
    let seat = Arc::new(Seat::default());
    let org = Org { key_field: "Voice_Key__c", seat: seat.clone() };
    let known = known_callers();
    let shared = CallLogs { lookup: Lookup::new(), known: &known, rules };
    let mut running = pin!(keep(&org, attempt, told, shared));
    let mut all = Vec::new();
    loop {
        if let Poll::Ready(receipt) = running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return (all, receipt.unwrap());
        }
        let asked = seat.take_questions().unwrap();
        seat.answer(asked.iter().map(|operation| Ok(answer(operation))).collect());
        all.extend(asked);
    }
}

fn answer(operation: &Operation) -> Found {
    match operation {
        Operation::Query(_) | Operation::Accounts(_) => Found::Rows(Vec::new()),
        Operation::People { .. } => {
            let contact = json!({ "Id": "0031", "Name": "Ada", "Phone": "+12125550187" });
            Found::Rows(contact.as_object().cloned().into_iter().collect())
        }
        Operation::Read { .. } => {
            let task = json!({ "Id": "00T1", "Description": "It smokes.\n\nSentiment: angry" });
            Found::Record(task.as_object().cloned().unwrap())
        }
        _ => Found::Made(Some(RecordRef::new("00T1"))),
    }
}

/// The fields that go to the org's own object.
fn upserted(operations: &[Operation]) -> Option<&Row> {
    operations.iter().find_map(|operation| match operation {
        Operation::Upsert { fields, .. } => Some(fields),
        _ => None,
    })
}

fn created<'a>(operations: &'a [Operation], subject: &str) -> &'a Row {
    let created = operations.iter().find_map(|operation| match operation {
        Operation::Create { fields, .. } if fields["Subject"] == subject => Some(fields),
        _ => None,
    });
    created.unwrap()
}

#[test]
fn what_the_call_record_has_is_not_written_again_over_what_a_person_made_of_it() {
    let rules = AfterCall::new().call_object(CallObject::standard("Voice_Call__c"));
    let (first, receipt) = run(&attempt(ended(), None), &rules);
    let written = upserted(&first).unwrap();
    assert_eq!((&written["Summary__c"], &written["Sentiment__c"]), (&json!("It smokes."), &json!("angry")));
    assert_eq!((&written["Contact__c"], &written["Case__c"]), (&json!("0031"), &json!("5001")));

    let memo = receipt.memo.as_deref().cloned();
    let (repeated, _) = run(&attempt(ended(), memo.clone()), &rules);
    assert_eq!(upserted(&repeated), None);

    let recorded = happened(Happening::Recorded(Recording::at("https://r")));
    let (later, _) = run(&attempt(ended().merge(recorded), memo), &rules);
    let expected = json!({ "Recording_Url__c": "https://r" });
    assert_eq!(upserted(&later), expected.as_object());
}

#[test]
fn what_is_told_later_without_a_number_is_about_the_person_of_the_record() {
    let rules = AfterCall::new().follow_up_on([FaultCategory::Voice]).message(LeftMessage::CreateCase);
    let (_, receipt) = run(&attempt(ended(), None), &rules);
    let failed = happened(Happening::Failed(Fault::new(FaultCategory::Voice, "quota")));
    let message = happened(Happening::LeftMessage(Recording::at("https://m")));

    let (later, receipt) = run(&attempt(failed.merge(message), receipt.memo.as_deref().cloned()), &rules);

    let follow_up = created(&later, "Call the customer back: the voice failed");
    assert_eq!(follow_up["WhoId"], "0031");
    assert_eq!(created(&later, "Message left by telephone")["ContactId"], "0031");
    assert_eq!(receipt.memo.unwrap().person, Some(RecordRef::new("0031")));
}

#[test]
fn each_of_two_transcripts_too_long_for_the_task_is_a_file_of_its_own() {
    let said = |length: usize| {
        let mut ended = EndedCall::new(call(Caller::Unknown), "customer-ended-call");
        ended.transcript = Some("t".repeat(length));
        CallFacts::from(&CallEvent::new(ended.call.clone(), Happening::Ended(Box::new(ended))))
    };
    let keys_of_files = |operations: &[Operation]| -> Vec<String> {
        let files = operations.iter().filter_map(|operation| match operation {
            Operation::Create { object: "ContentVersion", fields, .. } => {
                Some(fields["Voice_Key__c"].to_string())
            }
            _ => None,
        });
        files.collect()
    };
    let (first, receipt) = run(&attempt(said(32_000), None), &AfterCall::new());
    let memo = receipt.memo.as_deref().cloned();
    let (again, _) = run(&attempt(said(32_000), memo.clone()), &AfterCall::new());
    let (second, _) = run(&attempt(said(33_000), memo), &AfterCall::new());
    let keys = [&first, &again, &second].map(|operations| keys_of_files(operations));
    assert_eq!(keys.each_ref().map(Vec::len), [1, 0, 1]);
    assert_ne!(keys[0], keys[2]);
}
