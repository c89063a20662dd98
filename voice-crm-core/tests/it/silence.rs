//! Secrets, tokens, telephone numbers and what was said stand in no log line and in no `Debug` output.

use std::{
    io,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use jiff::Timestamp;
use salesforce_emulator::{Fault, FaultPlan};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use voice_crm_core::{
    call::{Call, CallEvent, CallFacts, EndedCall, Happening, Platform, Recording},
    caller::Caller,
    channel::{Incoming, Reply, ToolCall},
    crm::{
        AccountRef, CallLog, CallerRecord, ContactUpdate, JobKey, NewCase, NewComment, NewTask, NewText,
        PeopleQuery, PersonRecord, PostalAddress, RecordHandle, RecordRef,
    },
    function::{Act, Answer, Destination, FunctionError, FunctionErrorKind, Transfer},
    functions::{CreateCaseArgs, FindCustomerArgs, TakeMessageArgs, UpdateContactArgs, VerifyCallerArgs},
    phone::{PhoneNumber, Region},
};

use crate::stage::{NUMBER, Stage, WEBHOOK_SECRET, org};

const SAID: &str = "canary-transcript-c0de";

/// Everything that must not be seen, in every form in which it might be.
fn canaries() -> [&'static str; 8] {
    [
        SAID,
        WEBHOOK_SECRET,
        "canary-client-secret-5d1f",
        "canary-email-3e1a",
        "canary-account-77",
        "4155550142",
        "555-0142",
        // The emulator's tokens begin with the org's id.
        "00D",
    ]
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn assert_silent(text: &str, what: &str) {
    for (place, canary) in canaries().into_iter().enumerate() {
        assert!(!text.contains(canary), "canary number {place} is in {what}");
    }
}

#[tokio::test]
async fn a_whole_desk_in_trouble_logs_no_secret_and_nothing_that_was_said() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let refuse =
        |fields: &serde_json::Map<String, serde_json::Value>| fields.get("Type") == Some(&"Spam".into());
    let stage = Stage::with(org().validation_rule("Case", SAID, refuse), |builder| builder).await;

    stage.tool("c", "1", "find_customer", json!({})).await;
    stage
        .tool("c", "2", "create_case", json!({ "description": SAID, "account_number": "canary-account-77" }))
        .await;
    stage.tool("c", "3", "create_case", json!({ "description": SAID, "issue_type": "Spam" })).await;
    stage.tool("c", "4", "create_case", json!({ "description": [SAID], "priority": SAID })).await;
    stage.tool("c", "5", SAID, json!({ "phone": NUMBER })).await;
    stage.tool("c", "6", "get_case_status", json!({ "case_number": "1", "x": SAID })).await;
    let plan = FaultPlan::seeded(1).unavailable(0.3).cut_after_write(0.2).bad_gateway(0.2).token_expired(0.2);
    stage.org.faults().set(plan);
    for id in 10..16 {
        let change = json!({ "email": "canary-email-3e1a@example.com", "phone": NUMBER });
        stage.confirmed("c", &id.to_string(), "update_contact", change).await;
    }
    for (id, name, arguments) in [
        ("30", "find_customer", json!({ "name": SAID, "town": SAID, "last_digits": "5550142" })),
        ("31", "verify_caller", json!({ "postal_code": SAID, "account_ending": "canary-account-77" })),
        ("32", "add_case_comment", json!({ "comment": SAID })),
        ("33", "take_message", json!({ "message": SAID, "for_whom": SAID, "caller_name": SAID })),
        ("34", "schedule_callback", json!({ "when": SAID, "reason": SAID, "phone": NUMBER })),
        ("35", "schedule_callback", json!({ "when": "2026-11-30T10:00", "reason": SAID, "phone": NUMBER })),
        ("36", "list_open_cases", json!({})),
        ("37", "get_case_status", json!({ "case_number": SAID })),
        ("38", "end_call", json!({})),
    ] {
        stage.tool("c", id, name, arguments).await;
    }
    stage.org.faults().clear();
    stage.org.faults().next(3, Fault::DailyLimit);
    stage.tool("c", "20", "create_case", json!({ "description": SAID })).await;
    stage.tool("c", "20", "create_case", json!({ "description": "other" })).await;
    stage.raw(&[("x-signature".to_owned(), WEBHOOK_SECRET.to_owned())], Bytes::from(SAID)).await;
    stage.signed(SAID).await;
    stage.end_call("c", SAID).await;
    stage.drained().await;

    let dead = format!("{:?}", stage.bridge.journal().dead(10).await.unwrap());
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.len() > 1_000, "nothing was logged at all");
    assert_silent(&log, "the log");
    assert_silent(&dead, "the dead jobs");
    assert_silent(&format!("{:?}", stage.bridge), "the bridge");
}

#[test]
fn debug_output_shows_nothing_of_a_person() {
    let phone = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    let call = Call::new(Platform::VAPI.call("c"), Caller::Number(phone.clone()));
    let mut ended = EndedCall::new(call.clone(), "customer-ended-call");
    (ended.transcript, ended.summary, ended.success) =
        (Some(SAID.to_owned()), Some(SAID.to_owned()), Some(SAID.to_owned()));
    ended.recordings = vec![Recording::at(SAID)];
    ended.outputs.insert("mood".to_owned(), SAID.to_owned());
    let event = CallEvent::new(call.clone(), Happening::Ended(Box::new(ended.clone())));
    let facts = CallFacts::from(&event);
    let log = CallLog { record: JobKey::from_bytes([0; 16]), facts: facts.clone(), person: None };
    let case = NewCase {
        subject: SAID.to_owned(),
        description: SAID.to_owned(),
        account: Some(AccountRef::Number("canary-account-77".to_owned())),
        phone: Some(phone.clone()),
        ..NewCase::default()
    };
    let email = Some("canary-email-3e1a@example.com".to_owned());
    let update = ContactUpdate {
        phone: Some(phone),
        email,
        ..ContactUpdate::new(RecordRef::new("003"), Timestamp::now())
    };
    let args: CreateCaseArgs = serde_json::from_value(json!({ "description": SAID })).unwrap();
    let new: UpdateContactArgs = serde_json::from_value(json!({ "phone": NUMBER })).unwrap();
    let said = || SAID.to_owned();
    let case_ref = RecordHandle::Known(RecordRef::new("500"));
    let comment = NewComment { case: case_ref, body: said(), published: false };
    let task = NewTask { subject: said(), description: said(), ..NewTask::default() };
    let to = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    let text = NewText { to: to.clone(), body: said(), asked_at: Timestamp::now() };
    let address = PostalAddress { street: said(), city: said(), ..PostalAddress::default() };
    let mut person = PersonRecord::new(CallerRecord::new(RecordRef::new("003"), SAID, None), SAID);
    (person.town, person.phones) = (Some(said().into()), vec![NUMBER.into()]);
    let transfer = Transfer::new(Destination::Number(to), SAID);
    let desk = [
        format!("{comment:?} {task:?} {text:?} {address:?} {person:?} {transfer:?}"),
        format!(
            "{:?} {:?}",
            PeopleQuery::Named(said()),
            Answer::say(said()).then(Act::Transfer(Box::new(transfer)))
        ),
        format!("{:?}", serde_json::from_value::<FindCustomerArgs>(json!({ "name": SAID })).unwrap()),
        format!("{:?}", serde_json::from_value::<VerifyCallerArgs>(json!({ "code": SAID })).unwrap()),
        format!("{:?}", serde_json::from_value::<TakeMessageArgs>(json!({ "message": SAID })).unwrap()),
    ];
    for text in desk {
        assert_silent(&text, "the debug form of the desk");
    }
    let tool = ToolCall { id: "1".into(), name: "f".to_owned(), arguments: Bytes::from(SAID) };
    let shown = [
        format!("{call:?} {:?}", Caller::Sip(format!("sip:{SAID}@example.com"))),
        format!("{event:?} {facts:?} {ended:?}"),
        format!("{log:?} {case:?} {update:?} {args:?} {new:?} {tool:?}"),
        format!("{:?} {:?}", Answer::say(SAID), FunctionError::new(FunctionErrorKind::Refused, SAID)),
        format!("{:?} {:?}", Reply::json(200, SAID), Incoming::AssistantRequest(call)),
    ];
    assert_silent(&shown.join("\n"), "Debug output");
}
