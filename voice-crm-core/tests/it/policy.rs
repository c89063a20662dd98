//! What stands before a function: assurance, confirmation, caps, openness, and the record of it all.

use std::sync::{Arc, Mutex};

use salesforce_emulator::{CustomObject, Field, OrgBuilder};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use voice_crm_core::{
    audit::{Audit, AuditFile, AuditRecord},
    bridge::BridgeBuilder,
    call::{Call, Platform},
    caller::{Assurance, Attestation, Caller},
    channel::{ToolBatch, ToolCall},
    crm::{CallerRecord, OwnRecord, RecordRef, Written},
    function::{Answer, CallContext, Function, FunctionError, Outcome, Spec},
    phone::{PhoneNumber, Region},
    phrase::Speech,
};

use crate::stage::{NUMBER, Stage, case, org, sentence, tool_calls};

/// Closes an account, which cannot be undone, so the caller has to agree.
struct CloseAccount;

#[derive(Deserialize, JsonSchema)]
struct CloseArgs {
    reason: String,
}

impl Function for CloseAccount {
    const NAME: &'static str = "close_account";
    type Args = CloseArgs;

    fn spec(&self) -> Spec {
        Spec::destructive("Closes the account.")
    }

    fn read_back(&self, _: &CallContext, args: &CloseArgs) -> Option<Speech> {
        Some(format!("The account is closed because of {}.", args.reason).into())
    }

    async fn call(&self, cx: &CallContext, args: CloseArgs) -> Result<Answer, FunctionError> {
        let record = OwnRecord::create("Closure__c").set("Reason__c", args.reason);
        match cx.write(record).await? {
            Written::Saved(_) => Ok(Answer::say("Closed.")),
            _ => Ok(Answer::say("Being closed.")),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

/// Proves who calls with the word "ada", and with no other.
#[derive(Deserialize, JsonSchema)]
struct Word {
    word: String,
}

fn desk(builder: BridgeBuilder) -> BridgeBuilder {
    builder
        .function(CloseAccount)
        .closure("prove", Spec::read("Proves it."), |cx: Arc<CallContext>, args: Word| async move {
            let contact = RecordRef::new("003000000000001AAA");
            let Ok(attempt) = cx.try_proof(Some(&contact), &args.word).await else {
                return Ok(Answer::say("locked"));
            };
            if args.word == "ada" {
                attempt.right(CallerRecord::new(contact, "Ada", None)).await;
                return Ok(Answer::say("proven"));
            }
            Ok(Answer::say(format!("{} left", attempt.wrong())))
        })
        .closure(
            "secret",
            Spec::read("Tells a secret.").assurance(Assurance::Verified),
            |_: Arc<CallContext>, _: Nothing| async { Ok(Answer::say("the secret")) },
        )
}

fn org_with_closures() -> OrgBuilder {
    let closure = CustomObject::new("Closure__c");
    org().object(closure.field(Field::external_id("Voice_Key__c")).field(Field::text("Reason__c", 255)))
}

async fn stage() -> Stage {
    Stage::with(org_with_closures(), desk).await
}

/// The confirmation that stands in an answer.
fn token(said: &str) -> String {
    let (_, behind) =
        said.split_once("the confirmation ").unwrap_or_else(|| panic!("no confirmation in {said}"));
    behind.trim_end_matches(".)").to_owned()
}

#[tokio::test]
async fn nothing_destructive_happens_before_the_caller_has_agreed_and_then_it_happens_once() {
    let stage = stage().await;
    let reason = |token: &str| json!({ "reason": "moving", "confirmation": token });

    let asked = stage.tool("c", "1", "close_account", json!({ "reason": "moving" })).await;
    assert!(asked.starts_with("The account is closed because of moving. Is that right?"), "{asked}");
    assert_eq!(stage.org.count("Closure__c"), 0);

    let token = token(&asked);
    for (id, made_up) in [("2", "yes"), ("3", ""), ("4", "zzzzzz-aaaaaaaaaaaa")] {
        let again = stage.tool("c", id, "close_account", reason(made_up)).await;
        assert!(again.contains("Is that right?"), "{again}");
    }
    let other = json!({ "reason": "something else", "confirmation": token });
    assert!(stage.tool("c", "5", "close_account", other).await.contains("Is that right?"));
    assert!(stage.tool("d", "6", "close_account", reason(&token)).await.contains("Is that right?"));
    assert_eq!(stage.org.count("Closure__c"), 0, "a made-up token, other words, another call");

    // The model is eager: it passes the same confirmation on twice, under different ids.
    let acted = stage.tool("c", "7", "close_account", reason(&token)).await;
    let eager = stage.tool("c", "8", "close_account", reason(&token)).await;
    assert_eq!((acted.as_str(), eager.as_str()), ("Closed.", "Closed."));
    assert_eq!(stage.org.count("Closure__c"), 1);
}

#[tokio::test]
async fn what_is_read_back_at_length_is_cut_and_can_still_be_confirmed() {
    let stage = stage().await;
    let at_length = json!({ "reason": "moving ".repeat(300) });
    let asked = stage.tool("c", "1", "close_account", at_length.clone()).await;
    let mut agreed = at_length;
    agreed["confirmation"] = token(&asked).into();
    assert!(asked.chars().count() < 1_300, "{asked}");
    let said = stage.tool("c", "2", "close_account", agreed).await;
    assert!(!said.contains("Is that right?") && !said.contains("agrees"), "it was agreed to: {said}");
}

#[tokio::test]
async fn a_replica_with_the_same_secret_takes_the_confirmation_and_one_with_another_does_not() {
    let shared = |secret: &'static str| async move {
        Stage::with(org_with_closures(), |builder| desk(builder).confirmation_secret(secret.into())).await
    };
    let (ours, another) = ("canary-webhook-secret-91be", "canary-client-secret-5d1f");
    let (one, two, stranger) = (shared(ours).await, shared(ours).await, shared(another).await);
    let token = token(&one.tool("c", "1", "close_account", json!({ "reason": "moving" })).await);
    let confirmed = json!({ "reason": "moving", "confirmation": token });
    assert_eq!(two.tool("c", "2", "close_account", confirmed.clone()).await, "Closed.");
    assert!(stranger.tool("c", "2", "close_account", confirmed).await.contains("Is that right?"));
}

#[tokio::test]
async fn what_needs_a_proof_is_closed_until_there_is_one_and_on_every_other_call() {
    let stage = stage().await;
    assert!(stage.tool("c", "1", "secret", json!({})).await.contains("make sure that it is you"));
    assert_eq!(stage.tool("c", "2", "prove", json!({ "word": "bob" })).await, "2 left");
    assert_eq!(stage.tool("c", "3", "prove", json!({ "word": "ada" })).await, "proven");
    assert_eq!(stage.tool("c", "4", "secret", json!({})).await, "the secret");
    assert!(stage.tool("d", "5", "secret", json!({})).await.contains("make sure that it is you"));
}

#[tokio::test]
async fn after_three_failures_not_even_the_right_word_helps_and_after_ten_on_no_call_of_the_number() {
    let stage = stage().await;
    for (id, left) in [("1", "2 left"), ("2", "1 left"), ("3", "0 left")] {
        assert_eq!(stage.tool("c", id, "prove", json!({ "word": format!("bob {id}") })).await, left);
    }
    assert_eq!(stage.tool("c", "4", "prove", json!({ "word": "ada" })).await, "locked");
    assert!(stage.tool("c", "5", "secret", json!({})).await.contains("make sure that it is you"));
    for (call, id) in ["d", "e", "f"].iter().flat_map(|call| ["1", "2", "3"].map(|id| (call, id))) {
        stage.tool(call, id, "prove", json!({ "word": format!("{call} {id}") })).await;
    }
    assert_eq!(stage.tool("g", "1", "prove", json!({ "word": "ada" })).await, "locked");
    let elsewhere = stage.tool_from(Some("+12125550199"), "h", "1", "prove", json!({ "word": "ada" })).await;
    assert_eq!(elsewhere, "proven", "another number is not locked by it");
}

#[tokio::test]
async fn no_webhook_of_vapi_attests_a_number_whatever_it_says() {
    let attested = |builder: BridgeBuilder| {
        let spec = Spec::read("Tells.").assurance(Assurance::NumberAttested);
        builder.closure("tells", spec, |_: Arc<CallContext>, _: Nothing| async { Ok(Answer::say("told")) })
    };
    let stage = Stage::with(org(), attested).await;
    let mut message = tool_calls("c", &[("1", "tells", json!({}))]);
    let verdict = "TN-Validation-Passed-A";
    message["call"]["customer"] = json!({ "number": NUMBER, "stirVerstat": verdict, "attestation": "A" });
    message["call"]["phoneCallProviderDetails"] =
        json!({ "StirVerstat": verdict, "sip": { "verstat": verdict } });
    message["StirVerstat"] = verdict.into();
    let (_, body) = stage.message(message).await;
    assert!(sentence(&body["results"][0]).contains("make sure that it is you"), "{body}");

    // The same number is worth more where a channel brings the word of the network.
    for (attestation, expected) in
        [(Attestation::Full, true), (Attestation::Partial, false), (Attestation::Failed, false)]
    {
        let number = PhoneNumber::parse(NUMBER, Region::US).unwrap();
        let mut call = Call::new(Platform::VAPI.call("d"), Caller::Number(number));
        call.attestation = attestation;
        let calls = vec![ToolCall { id: "1".into(), name: "tells".to_owned(), arguments: "{}".into() }];
        let outcomes = stage.bridge.call("own", ToolBatch { call, calls }).await;
        assert_eq!(matches!(outcomes[0], Outcome::Answered(_)), expected, "{attestation:?}");
    }
}

#[tokio::test]
async fn the_number_of_a_call_from_a_browser_is_nobodys() {
    let stage = Stage::set().await;
    for kind in ["webCall", "vapi.websocketCall", "something new"] {
        let mut message = tool_calls(kind, &[("1", "find_customer", json!({}))]);
        message["call"]["type"] = kind.into();
        let (_, body) = stage.message(message).await;
        let said = sentence(&body["results"][0]);
        assert!(!said.contains("Ada"), "{kind}: {said}");
    }
}

#[tokio::test]
async fn a_function_at_its_cap_refuses_at_once_and_goes_on_afterwards() {
    let gate = Arc::new(Semaphore::new(0));
    let stage = Stage::with(org(), |builder| {
        let entry = gate.clone();
        builder.closure("slow", Spec::read("Waits.").at_most(2), move |_: Arc<CallContext>, _: Nothing| {
            let gate = entry.clone();
            async move {
                drop(gate.acquire().await);
                Ok(Answer::say("done"))
            }
        })
    })
    .await;
    let slow = |id: &'static str| stage.tool(id, id, "slow", json!({}));
    let refused = async {
        let said = slow("3").await;
        gate.add_permits(10);
        said
    };
    let (one, two, three) = tokio::join!(slow("1"), slow("2"), refused);
    assert_eq!((one.as_str(), two.as_str()), ("done", "done"));
    assert!(three.contains("very busy"), "{three}");
    assert_eq!(slow("4").await, "done");
}

#[tokio::test]
async fn beyond_its_capacity_reads_are_refused_at_once_and_writes_are_taken_all_the_same() {
    let gate = Arc::new(Semaphore::new(0));
    let stage = Stage::with(org(), |builder| {
        let entry = gate.clone();
        let slow = move |_: Arc<CallContext>, _: Nothing| {
            let gate = entry.clone();
            async move {
                drop(gate.acquire().await);
                Ok(Answer::say("done"))
            }
        };
        builder.waiting_reads(2).closure("slow", Spec::read("Waits."), slow)
    })
    .await;
    let slow = |id: &'static str| stage.tool(id, id, "slow", json!({}));
    let beyond = async {
        let read = slow("3").await;
        let written = stage.tool("4", "4", "create_case", case("trouble")).await;
        gate.add_permits(10);
        (read, written)
    };
    let (one, two, (three, written)) = tokio::join!(slow("1"), slow("2"), beyond);
    assert_eq!((one.as_str(), two.as_str()), ("done", "done"));
    assert!(three.contains("very busy"), "{three}");
    assert!(written.contains("has been created"), "{written}");
    assert_eq!(slow("5").await, "done");
}

#[tokio::test]
async fn a_function_is_closed_on_calls_that_it_is_not_open_to() {
    let stage = Stage::with(org(), |builder| {
        let spec = Spec::read("For outbound calls.").open_to(|call| call.id().as_str().starts_with("vip"));
        builder.closure("vip", spec, |_: Arc<CallContext>, _: Nothing| async { Ok(Answer::say("welcome")) })
    })
    .await;
    assert_eq!(stage.tool("vip-1", "1", "vip", json!({})).await, "welcome");
    assert!(stage.tool("c", "1", "vip", json!({})).await.contains("not able to do that"));
}

#[tokio::test]
async fn functions_share_what_the_bridge_was_given() {
    struct Hours(&'static str);
    let stage = Stage::with(org(), |builder| {
        builder.state(Hours("nine to five")).closure(
            "hours",
            Spec::read("Tells the hours."),
            |cx: Arc<CallContext>, _: Nothing| async move {
                let hours = cx.state::<Hours>().map_or("unknown", |hours| hours.0);
                assert!(cx.state::<u8>().is_none());
                Ok(Answer::say(hours))
            },
        )
    })
    .await;
    assert_eq!(stage.tool("c", "1", "hours", Value::Null).await, "nine to five");
}

/// Keeps what is recorded.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<AuditRecord>>>);

impl Audit for Kept {
    fn record(&self, record: &AuditRecord) {
        self.0.lock().unwrap().push(record.clone());
    }
}

#[tokio::test]
async fn every_function_call_leaves_one_record_of_who_did_what_and_none_of_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let kept = Kept::default();
    for in_file in [false, true] {
        let stage = Stage::with(org(), |builder| {
            if in_file { builder.audit(AuditFile::open(&path).unwrap()) } else { builder.audit(kept.clone()) }
        })
        .await;
        stage.tool("c", "1", "find_customer", json!({})).await;
        stage.tool("c", "2", "create_case", json!({ "description": "canary-transcript-c0de" })).await;
        stage.tool("c", "3", "create_case", json!({ "description": "" })).await;
    }
    let records = kept.0.lock().unwrap().clone();
    let outcomes: Vec<_> =
        records.iter().map(|record| (record.function, record.effect, record.outcome)).collect();
    let expected = [
        ("find_customer", "read", "answered"),
        ("create_case", "write", "answered"),
        ("create_case", "write", "invalid_arguments"),
    ];
    assert_eq!(outcomes, expected);
    assert!(records[1].writes[0].record.is_some() && records[2].writes.is_empty());
    assert!(records.iter().all(|record| record.caller.is_some()));
    let lines = std::fs::read_to_string(&path).unwrap();
    assert_eq!(lines.lines().count(), 3);
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    assert!(!lines.contains("canary") && !lines.contains(&NUMBER[1..]));
}
