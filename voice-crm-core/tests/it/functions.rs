//! What the dispatcher makes of functions, whatever they do.

mod cases;
mod contact;
mod failed_proofs;
mod guessing;
mod no_number;
mod people;
mod store_away;
mod tasks;
mod texts;
mod transfer;
mod verify;
mod writes;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use voice_crm_core::{
    bridge::SetupProblem,
    channel::WebhookRequest,
    crm::{Change, OwnRecord},
    dispatch::{Dispatcher, DispatcherError},
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::{CreateCase, FindCustomer},
    journal::{JournalStats, MemoryJournal},
};

use crate::stage::{PATH, Stage, builder, org, sentence, tool_calls};

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

/// A function whose body is a closure, under a name of its own.
macro_rules! function {
    ($name:ident, $tool:literal, $spec:expr, |$own:ident: $state:ty, $cx:ident| $body:expr) => {
        struct $name($state);

        impl Function for $name {
            const NAME: &'static str = $tool;
            type Args = Nothing;

            fn spec(&self) -> Spec {
                $spec
            }

            async fn call(&self, $cx: &CallContext, _: Nothing) -> Result<Answer, FunctionError> {
                let $own = &self.0;
                $body
            }
        }
    };
}

fn note(text: &str) -> Change {
    OwnRecord::create("Note__c").set("Text__c", text).into()
}

function!(Panics, "panics", Spec::read("Panics."), |_own: (), _cx| panic!("as it was made to"));
function!(Meets, "meets", Spec::read("Waits for another."), |barrier: Arc<Barrier>, _cx| {
    barrier.wait().await;
    Ok(Answer::say("met"))
});
function!(
    Writes,
    "writes",
    Spec::write("Notes when it runs."),
    |running: Arc<Mutex<Vec<&'static str>>>, _cx| {
        running.lock().unwrap().push("begins");
        tokio::time::sleep(Duration::from_millis(20)).await;
        running.lock().unwrap().push("ends");
        Ok(Answer::say("written"))
    }
);
function!(Sneaks, "sneaks", Spec::read("Writes although it says that it reads."), |_own: (), cx| {
    cx.write(note("sneaked")).await.map(|_| Answer::say("done"))
});
function!(Twice, "twice", Spec::write("Writes before and after its deadline."), |_own: (), cx| {
    cx.write(note("first")).await?;
    tokio::time::sleep(cx.deadline().remaining() + Duration::from_millis(300)).await;
    cx.write(note("second")).await?;
    Ok(Answer::say("both"))
});
function!(
    Slow,
    "slow",
    Spec::write("Takes its time.").deadline(Duration::from_millis(50)),
    |count: Arc<AtomicUsize>, cx| {
        tokio::time::sleep(Duration::from_millis(400)).await;
        count.fetch_add(1, Ordering::Relaxed);
        cx.write(note("late")).await.map(|_| Answer::say("done"))
    }
);

fn notes() -> salesforce_emulator::OrgBuilder {
    use salesforce_emulator::{CustomObject, Field};
    let object = CustomObject::new("Note__c")
        .field(Field::text("Text__c", 80))
        .field(Field::external_id("Voice_Key__c"));
    org().object(object)
}

#[tokio::test]
async fn a_panic_is_an_outcome_like_any_other() {
    let stage = Stage::with(org(), |builder| builder.function(Panics(()))).await;
    let calls = [("1", "panics", json!({})), ("2", "find_customer", json!({}))];

    let (status, body) = stage.message(tool_calls("c", &calls)).await;

    assert_eq!(status, 200);
    assert!(body["results"][0]["error"].as_str().unwrap().contains("went wrong"));
    assert!(sentence(&body["results"][1]).contains("Ada"));
}

#[tokio::test]
async fn reads_of_one_webhook_run_side_by_side() {
    let barrier = Arc::new(Barrier::new(3));
    let stage = Stage::with(org(), |builder| builder.function(Meets(barrier))).await;
    let calls = [("1", "meets", json!({})), ("2", "meets", json!({})), ("3", "meets", json!({}))];

    let (_, body) = stage.message(tool_calls("c", &calls)).await;

    let met: Vec<_> = body["results"].as_array().unwrap().iter().map(sentence).collect();
    assert_eq!(met, ["met"; 3], "one after the other they would wait for ever");
}

#[tokio::test]
async fn writes_of_one_webhook_run_one_after_the_other() {
    let running = Arc::new(Mutex::new(Vec::new()));
    let stage = Stage::with(org(), |builder| builder.function(Writes(running.clone()))).await;
    let calls = [("1", "writes", json!({})), ("2", "writes", json!({})), ("3", "writes", json!({}))];

    stage.message(tool_calls("c", &calls)).await;

    assert_eq!(*running.lock().unwrap(), ["begins", "ends"].repeat(3));
}

#[tokio::test]
async fn a_function_that_says_it_reads_cannot_write() {
    let stage = Stage::with(notes(), |builder| builder.function(Sneaks(()))).await;
    let said = stage.tool("c", "1", "sneaks", json!({})).await;
    assert!(said.contains("went wrong"), "{said}");
    assert_eq!(stage.bridge.journal().stats().await.unwrap().pending, 0);
    assert_eq!(stage.org.count("Note__c"), 0);
}

#[tokio::test]
async fn what_a_function_began_it_finishes_behind_its_deadline() {
    let stage =
        Stage::with(notes(), |builder| builder.function(Twice(())).tool_deadline(Duration::from_millis(900)))
            .await;

    let (_, body) = stage.message(tool_calls("c", &[("1", "twice", json!({}))])).await;

    assert_eq!(body["results"][0]["result"], "That is being saved. It only takes a little longer.");
    for _ in 0..300 {
        if stage.org.count("Note__c") == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(stage.org.count("Note__c"), 2);
}

#[tokio::test]
async fn a_write_that_comes_too_late_for_its_answer_is_not_made_behind_the_callers_back() {
    let count = Arc::new(AtomicUsize::new(0));
    let stage = Stage::with(notes(), |builder| builder.function(Slow(count.clone()))).await;

    let said = stage.tool("c", "1", "slow", json!({})).await;

    assert!(said.contains("try again"), "{said}");
    while count.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(stage.bridge.journal().stats().await.unwrap(), JournalStats::default());
}

#[tokio::test]
async fn a_sender_that_hangs_up_does_not_stop_a_write() {
    let running = Arc::new(Mutex::new(Vec::new()));
    let stage = Stage::with(org(), |builder| builder.function(Writes(running.clone()))).await;
    let body = Bytes::from(json!({ "message": tool_calls("c", &[("1", "writes", json!({}))]) }).to_string());
    let headers = stage.signer.sign("POST", PATH, &body, Timestamp::now());
    let header =
        |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_bytes());
    let request = WebhookRequest { method: "POST", url: PATH, header: &header, body };

    let hung_up = tokio::time::timeout(Duration::from_millis(5), stage.bridge.handle(PATH, request)).await;

    assert!(hung_up.is_err());
    while running.lock().unwrap().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_cannot_be_put_together_is_named() {
    let start =
        |change: fn(voice_crm_core::bridge::BridgeBuilder) -> voice_crm_core::bridge::BridgeBuilder| {
            change(builder("http://127.0.0.1:9", MemoryJournal::new())).start().unwrap_err().to_string()
        };
    assert!(start(|builder| builder.function(FindCustomer)).contains("find_customer"));
    assert!(start(|builder| builder.alias("create_case", FindCustomer::NAME)).contains("create_case"));
    assert!(start(|builder| builder.alias("other", "missing")).contains("missing"));
    assert!(start(|builder| builder.alias("not a name", CreateCase::NAME)).contains("not a name"));
    let short = start(|builder| builder.confirmation_secret("fifteen-letters".into()));
    assert!(
        short.contains("the confirmations has 15 characters") && short.contains("at least 16"),
        "{short}"
    );
    let nothing = voice_crm_core::Bridge::builder().start().unwrap_err();
    assert!(matches!(nothing.problems(), [SetupProblem::Missing(_), ..]));
    let twice = Dispatcher::builder().function(FindCustomer).function(FindCustomer).build();
    assert!(matches!(twice, Err(DispatcherError::Duplicate(name)) if name == "find_customer"));
}

#[tokio::test]
async fn a_manifest_shows_objects_with_optional_fields_left_optional() {
    let stage = Stage::set().await;
    for entry in stage.bridge.manifest().entries() {
        assert_eq!(entry.parameters["type"], "object", "{}", entry.name);
        assert!(entry.parameters.get("$schema").is_none());
    }
    let names: Vec<_> = stage.bridge.manifest().entries().iter().map(|entry| entry.name).collect();
    let desk = [
        "find_customer",
        "verify_caller",
        "create_case",
        "get_case_status",
        "list_open_cases",
        "add_case_comment",
        "update_contact",
        "schedule_callback",
        "take_message",
        "end_call",
    ];
    assert_eq!(names, desk);
    let case = &stage.bridge.manifest().entries()[2].parameters;
    assert_eq!(case["required"], Value::from(vec!["description"]));
}
