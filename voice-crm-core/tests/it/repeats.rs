//! A model that asks again for what it has asked for: one write, and a way to mean a second one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use voice_crm_core::{
    clock::Clock,
    crm::{NewText, Receipt},
    deadline::Deadline,
    functions::Desk,
    journal::{Journal, MemoryJournal},
    messenger::Messenger,
    service_error::ServiceError,
};

use crate::stage::{
    PATH, Stage, bare_builder, builder, case, org, sentence, spoken_case, sqlite, tool_calls,
};

/// A clock that is put forward by hand.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let ahead = Duration::from_secs(self.0.load(Ordering::Relaxed).unsigned_abs());
        Timestamp::now().checked_add(ahead).unwrap()
    }
}

/// A gateway that counts what it sends.
#[derive(Clone, Default)]
struct Counts(Arc<AtomicI64>);

#[async_trait]
impl Messenger for Counts {
    async fn send(&self, _: &NewText, _: bool, _: Deadline) -> Result<Receipt, ServiceError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Receipt::default())
    }
}

fn oven() -> Value {
    json!({ "description": "My oven display stays dark since Monday.", "issueType": "Technical" })
}

async fn create(stage: &Stage, id: &str, arguments: Value) -> String {
    stage.tool("c", id, "create_case", arguments).await
}

#[tokio::test]
async fn a_request_that_is_repeated_under_a_new_id_is_one_write_and_its_outcome_again() {
    let stage = Stage::set().await;

    let first = create(&stage, "call_a", oven()).await;
    let again = create(&stage, "call_b", oven()).await;

    let number = spoken_case(stage.only("Case")["CaseNumber"].as_str().unwrap());
    assert_eq!(first, format!("Case {number} has been created."));
    assert!(again.starts_with(&first), "{again}");
    assert!(again.contains("nothing was done again") && again.contains("occurrence 2"), "{again}");
    // Delivered again, each gets its own words.
    assert_eq!(create(&stage, "call_a", oven()).await, first);
    assert_eq!(create(&stage, "call_b", oven()).await, again);
    // However it is written down.
    let written = json!({
        "issueType": "Technical", "description": " My oven display stays dark since Monday.\n",
        "account_number": null, "subject": "",
    });
    assert!(create(&stage, "call_c", written).await.starts_with(&first));
    stage.only("Case");
    // Another call, or other words, are another matter.
    stage.tool("d", "call_a", "create_case", oven()).await;
    create(&stage, "call_d", case("My oven door stays open.")).await;
    assert_eq!(stage.org.count("Case"), 3);
}

#[tokio::test]
async fn a_request_that_stands_twice_in_one_list_is_one_write() {
    let stage = Stage::set().await;
    let list = tool_calls("c", &[("1", "create_case", oven()), ("2", "create_case", oven())]);

    let (status, body) = stage.message(list).await;

    assert_eq!(status, 200);
    stage.only("Case");
    let (one, other) = (sentence(&body["results"][0]), sentence(&body["results"][1]));
    assert!(one.contains("has been created") && other.starts_with(&one), "{one} {other}");
}

#[tokio::test]
async fn ten_ids_for_one_request_at_one_moment_make_one_case() {
    let stage = Stage::set().await;
    let ids: Vec<String> = (0..10).map(|id| format!("call_{id}")).collect();

    let said = join_all(ids.iter().map(|id| create(&stage, id, oven()))).await;

    stage.only("Case");
    assert!(said.iter().all(|said| said.contains("has been created")), "{said:?}");
    assert_eq!(said.iter().filter(|said| !said.contains("occurrence")).count(), 1, "{said:?}");
}

#[tokio::test]
async fn one_more_of_the_same_is_made_once_when_it_is_asked_for() {
    let stage = Stage::set().await;
    let second = || {
        let mut arguments = oven();
        arguments["occurrence"] = 2.into();
        arguments
    };
    let first = create(&stage, "1", oven()).await;

    let one_more = create(&stage, "2", second()).await;
    let again = create(&stage, "3", second()).await;

    assert_eq!(stage.org.count("Case"), 2);
    assert!(one_more.contains("has been created") && one_more != first, "{one_more}");
    assert!(again.starts_with(&one_more) && again.contains("occurrence 3"), "{again}");
    assert!(create(&stage, "4", oven()).await.starts_with(&first), "the first stands as it was");
}

#[tokio::test]
async fn neither_a_restart_nor_another_replica_makes_a_second_write_of_a_repeat() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let journal: Arc<dyn Journal> = Arc::new(sqlite(&file).await);
    let replica = |journal: Arc<dyn Journal>| {
        builder(org.url(), MemoryJournal::new()).shared_journal(journal).start().unwrap()
    };
    let (one, other) = (replica(journal.clone()), replica(journal.clone()));
    let mut stage = Stage::of(org, one);
    let first = create(&stage, "1", oven()).await;

    let before = std::mem::replace(&mut stage.bridge, other);
    assert!(create(&stage, "2", oven()).await.starts_with(&first));

    for bridge in [&before, &stage.bridge] {
        assert!(bridge.shutdown(Duration::from_secs(5)).await);
    }
    let Stage { org, bridge, signer, account, contact } = stage;
    drop((before, bridge, journal));
    let bridge = builder(org.url(), sqlite(&file).await).start().unwrap();
    let stage = Stage { org, bridge, signer, account, contact };
    assert!(create(&stage, "3", oven()).await.starts_with(&first));
    stage.only("Case");
}

/// Sends a call of `create_case` that is signed at the time of this clock.
async fn create_at(stage: &Stage, clock: &Hands, id: &str) -> String {
    let body = json!({ "message": tool_calls("c", &[(id, "create_case", oven())]) }).to_string();
    let headers = stage.signer.sign("POST", PATH, body.as_bytes(), clock.now());
    let reply = stage.raw(&headers, body.into()).await;
    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    sentence(&reply["results"][0])
}

#[tokio::test]
async fn after_the_window_the_same_is_a_new_request_but_what_is_delivered_again_is_not() {
    let clock = Hands::default();
    let window = Duration::from_secs(60);
    let stage = Stage::with(org(), |builder| builder.repeat_window(window).clock(clock.clone())).await;
    let first = create_at(&stage, &clock, "1").await;
    let repeat = create_at(&stage, &clock, "2").await;
    clock.0.store(61, Ordering::Relaxed);

    let later = create_at(&stage, &clock, "3").await;

    assert_eq!(stage.org.count("Case"), 2);
    assert!(later.contains("has been created") && later != first, "{later}");
    clock.0.store(300, Ordering::Relaxed);
    for (id, said) in [("1", &first), ("2", &repeat), ("3", &later)] {
        assert_eq!(create_at(&stage, &clock, id).await, *said, "delivered again");
    }
    assert_eq!(stage.org.count("Case"), 2);
}

#[tokio::test]
async fn without_a_window_every_id_is_a_request_of_its_own() {
    let stage = Stage::with(org(), |builder| builder.repeat_window(Duration::ZERO)).await;
    for id in ["1", "2"] {
        create(&stage, id, oven()).await;
    }
    assert_eq!(stage.org.count("Case"), 2);
}

#[tokio::test]
async fn whatever_the_desk_writes_is_written_once_for_one_request() {
    let texts = Counts::default();
    let org = org().start().await.unwrap();
    let desk = Desk::new().messenger(texts.clone());
    let bridge = bare_builder(org.url(), MemoryJournal::new()).support_desk_with(desk).start().unwrap();
    let stage = Stage::of(org, bridge);
    stage.tool("c", "0", "create_case", oven()).await;
    let at = Timestamp::now().checked_add(Duration::from_secs(86_400)).unwrap();
    for (function, arguments) in [
        ("add_case_comment", json!({ "comment": "It smells." })),
        ("take_message", json!({ "message": "Please call me." })),
        ("schedule_callback", json!({ "when": at.to_string(), "reason": "The oven." })),
        ("send_case_sms", json!({})),
    ] {
        let first = stage.tool("c", &format!("{function}-1"), function, arguments.clone()).await;
        let again = stage.tool("c", &format!("{function}-2"), function, arguments).await;
        assert!(again.starts_with(&first) && again.contains("occurrence 2"), "{function}: {first} {again}");
    }
    stage.drained().await;
    assert_eq!(stage.org.count("CaseComment"), 1);
    assert_eq!(texts.0.load(Ordering::Relaxed), 1);
    // The comment leaves one, the message one, the callback one.
    assert_eq!(stage.org.count("Task"), 3);
}

#[tokio::test]
async fn a_repeat_of_what_is_being_saved_is_told_the_same_reference_and_later_the_number() {
    let stage = Stage::set().await;
    stage.org.faults().next(1_000, salesforce_emulator::Fault::Unavailable503BeforeWrite);
    let first = create(&stage, "1", oven()).await;
    assert!(first.contains("being saved"), "{first}");
    let again = create(&stage, "2", oven()).await;
    assert!(again.starts_with(&first), "one reference for one case: {again}");
    stage.org.faults().clear();
    stage.drained().await;

    let now = create(&stage, "3", oven()).await;

    stage.only("Case");
    assert!(now.contains("has been created"), "{now}");
}
