//! How much one caller can have done.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use jiff::Timestamp;
use salesforce_emulator::Org;
use serde_json::{Value, json};
use voice_crm_core::{
    WriteLimits,
    bridge::BridgeBuilder,
    clock::Clock,
    journal::{Journal, MemoryJournal, SqliteJournal},
};
use voice_crm_salesforce::{Budget, SalesforceCrm};

use crate::stage::{PATH, Stage, bare_builder, builder, case, client, org, sentence, tool_calls};

const ON_CALL: &str = "I cannot save any more on one call";
const FROM_NUMBER: &str = "I cannot save any more from this number";

/// A clock that is put forward by hand.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let ahead = Duration::from_secs(self.0.load(Ordering::Relaxed).unsigned_abs());
        Timestamp::now().checked_add(ahead).unwrap()
    }
}

async fn creates(stage: &Stage, number: Option<&str>, call: &str, id: usize) -> String {
    let arguments = case(&format!("Trouble {call} {id}"));
    stage.tool_from(number, call, &id.to_string(), "create_case", arguments).await
}

/// Waits until the store has counted so many writes in all, of calls and of numbers.
async fn counted(journal: &dyn Journal, now: Timestamp, calls: i64, numbers: i64) {
    let sum = async |prefix| -> i64 {
        let listed = journal.list(prefix, 1_000, now).await.unwrap();
        listed.iter().map(|(_, value)| value.value.parse::<i64>().unwrap()).sum()
    };
    for _ in 0..1_000 {
        if (sum("writes:call:").await, sum("writes:number:").await) == (calls, numbers) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} and {} were counted", sum("writes:call:").await, sum("writes:number:").await);
}

#[tokio::test]
async fn one_call_makes_no_more_than_its_cap_of_records_however_they_are_asked_for() {
    let stage = Stage::set().await;
    let names: Vec<String> = (0..40).map(|id| id.to_string()).collect();
    let calls = |from: usize| -> Vec<(&str, &str, Value)> {
        names[from..from + 10].iter().map(|id| (id.as_str(), "create_case", case(id))).collect()
    };
    // Ten in each webhook, and four webhooks at once.
    let answers = join_all((0..4).map(|at| stage.message(tool_calls("c", &calls(at * 10))))).await;

    let said: Vec<String> = answers
        .iter()
        .flat_map(|(_, body)| body["results"].as_array().unwrap().iter().map(sentence).collect::<Vec<_>>())
        .collect();
    assert_eq!(
        said.iter().filter(|said| said.contains("has been created") || said.contains("being saved")).count(),
        20
    );
    assert_eq!(said.iter().filter(|said| said.starts_with(ON_CALL)).count(), 20);
    stage.drained().await;
    assert_eq!(stage.org.count("Case"), 20);
    let other = creates(&stage, Some("+12125550187"), "d", 1).await;
    assert!(other.contains("has been created"), "another call goes on: {other}");
}

#[tokio::test]
async fn a_repeat_of_a_known_write_counts_for_nothing_and_facts_of_calls_neither() {
    let stage = Stage::with(org(), |builder| builder.write_limits(WriteLimits::new().per_call(2))).await;
    let first = creates(&stage, None, "c", 1).await;
    for _ in 0..10 {
        assert_eq!(creates(&stage, None, "c", 1).await, first);
    }
    let second = creates(&stage, None, "c", 2).await;
    assert!(second.contains("has been created"), "{second}");
    assert!(creates(&stage, None, "c", 3).await.starts_with(ON_CALL));
    assert_eq!(creates(&stage, None, "c", 1).await, first, "beyond the limit too");
    assert!(
        stage.tool_from(None, "c", "4", "take_message", json!({ "message": "x" })).await.starts_with(ON_CALL)
    );

    assert_eq!(stage.end_call("c", "AI: Goodbye.").await, 200);
    stage.drained().await;
    assert_eq!((stage.org.count("Case"), stage.org.count("Task")), (2, 1));
}

#[tokio::test]
async fn a_number_has_its_cap_over_all_its_calls_until_its_hour_is_over() {
    let clock = Hands::default();
    let limits = WriteLimits::new().per_number(6, Duration::from_secs(3_600));
    let stage = Stage::with(org(), |builder| builder.write_limits(limits).clock(clock.clone())).await;
    let number = Some("+12125550187");
    for call in 0..6 {
        let said = creates(&stage, number, &format!("call-{call}"), 1).await;
        assert!(said.contains("has been created"), "{said}");
    }
    counted(stage.bridge.journal().as_ref(), clock.now(), 6, 6).await;
    assert!(creates(&stage, number, "call-6", 1).await.starts_with(FROM_NUMBER));
    let other = creates(&stage, Some("+12125550188"), "other", 1).await;
    assert!(other.contains("has been created"), "{other}");
    clock.0.store(3_601, Ordering::Relaxed);
    let mut message = tool_calls("call-7", &[("1", "create_case", case("It smokes."))]);
    message["call"]["customer"]["number"] = json!(number);
    let body = json!({ "message": message }).to_string();
    let headers = stage.signer.sign("POST", PATH, body.as_bytes(), clock.now());
    let reply = stage.raw(&headers, body.into()).await;
    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    let later = sentence(&reply["results"][0]);
    assert!(later.contains("has been created"), "{later}");
    assert_eq!(stage.org.count("Case"), 8);
}

/// The desk as it is when nothing is said, with caps of four on a call and six for a number.
fn capped(org: &Org, journal: Arc<dyn Journal>) -> BridgeBuilder {
    let limits = WriteLimits::new().per_call(4).per_number(6, Duration::from_secs(3_600));
    bare_builder(org.url(), MemoryJournal::new()).shared_journal(journal).write_limits(limits).support_desk()
}

#[tokio::test]
async fn another_replica_forgets_no_write_of_a_call_or_a_number() {
    let org = org().start().await.unwrap();
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let other = capped(&org, journal.clone()).start().unwrap();
    let one = capped(&org, journal.clone()).start().unwrap();
    let mut stage = Stage::of(org, one);
    let number = Some("+12125550187");
    for id in 0..4 {
        assert!(creates(&stage, number, "c", id).await.contains("has been created"));
    }
    counted(journal.as_ref(), Timestamp::now(), 4, 4).await;
    stage.bridge = other;

    assert!(creates(&stage, number, "c", 9).await.starts_with(ON_CALL));
    assert!(creates(&stage, number, "c", 3).await.contains("has been created"), "a repeat");
    for id in 0..2 {
        assert!(creates(&stage, number, "d", id).await.contains("has been created"));
    }
    assert!(creates(&stage, number, "d", 2).await.starts_with(FROM_NUMBER));
    assert_eq!(stage.org.count("Case"), 6);
}

/// Opens a journal as soon as its last owner has left it.
async fn reopened(path: &Path) -> SqliteJournal {
    for _ in 0..500 {
        if let Ok(journal) = SqliteJournal::open(path) {
            return journal;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the journal is still open");
}

#[tokio::test]
async fn a_restart_forgets_no_write_and_takes_no_repeat_for_a_further_one() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let bridge = capped(&org, Arc::new(reopened(&path).await)).start().unwrap();
    let stage = Stage::of(org, bridge);
    for id in 0..3 {
        assert!(creates(&stage, None, "c", id).await.contains("has been created"));
    }
    counted(stage.bridge.journal().as_ref(), Timestamp::now(), 3, 0).await;
    assert!(stage.bridge.shutdown(Duration::from_secs(5)).await);
    let Stage { org, bridge, signer, account, contact } = stage;
    drop(bridge);
    let bridge = capped(&org, Arc::new(reopened(&path).await)).start().unwrap();
    let stage = Stage { org, bridge, signer, account, contact };

    for _ in 0..3 {
        assert!(creates(&stage, None, "c", 1).await.contains("has been created"), "a repeat");
    }
    assert!(creates(&stage, None, "c", 3).await.contains("has been created"), "the fourth");
    assert!(creates(&stage, None, "c", 4).await.starts_with(ON_CALL));
    assert_eq!(stage.org.count("Case"), 4);
}

#[tokio::test]
async fn one_call_takes_no_more_than_its_share_of_look_ups_and_others_are_answered() {
    let org = org().start().await.unwrap();
    let window = Duration::from_secs(60);
    let bridge = builder(org.url(), MemoryJournal::new())
        .crm(SalesforceCrm::new(client(org.url())).budget(Budget::new(100, window)))
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    let names: Vec<String> = (0..200).map(|id| id.to_string()).collect();
    let greedy: Vec<_> = names
        .iter()
        .map(|id| (id.as_str(), "find_customer", json!({ "name": format!("Somebody Name{id}") })))
        .collect();

    // Names are looked up for callers who have proved who they are.
    let prove = async |call: &str| {
        let said = stage.tool(call, "proof", "verify_caller", json!({ "account_ending": "1001" })).await;
        assert_eq!(said, "Thank you, that is right.");
    };
    prove("greedy").await;

    let (status, _) = stage.message(tool_calls("greedy", &greedy)).await;

    assert_eq!(status, 200);
    let taken = stage.org.stats().api_calls;
    assert!((1..=10).contains(&taken), "a tenth of the budget at most: {taken}");
    for other in 0..5 {
        let call = format!("other-{other}");
        prove(&call).await;
        let said = stage.tool(&call, "1", "find_customer", json!({ "name": "Ada Lovelace" })).await;
        assert!(said.starts_with("I have found that customer."), "{said}");
    }
}
