//! An org that answers nothing: every caller hears something in time, and what was promised arrives.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use salesforce_emulator::FaultPlan;
use serde_json::{Value, json};
use voice_crm_core::outbox::SinkPolicy;

use crate::stage::{Stage, org};

/// How long a voice platform may be kept waiting: the tool deadline, and a little for the way.
const LONGEST: Duration = Duration::from_millis(8_500);
const CALLERS: usize = 6;

fn desk(caller: usize) -> Vec<(&'static str, Value)> {
    let own = |what: &str| format!("{what} of caller {caller}");
    vec![
        ("find_customer", json!({})),
        ("verify_caller", json!({ "name": "Eda Nobody", "postal_code": "10001", "account_ending": "1001" })),
        ("find_customer", json!({ "name": "Ada Lovelace" })),
        ("create_case", json!({ "description": own("case") })),
        ("get_case_status", json!({ "case_number": "1001" })),
        ("list_open_cases", json!({})),
        ("add_case_comment", json!({ "comment": own("comment") })),
        ("update_contact", json!({ "email": "ada@example.com" })),
        ("verify_caller", json!({ "postal_code": "90210" })),
        ("schedule_callback", json!({ "when": "2099-11-30T10:00", "reason": own("callback") })),
        ("take_message", json!({ "message": own("message") })),
        ("transfer_to_human", json!({ "reason": own("wish") })),
        ("end_call", json!({})),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_org_is_stalled_every_call_is_answered_in_time_and_every_promise_is_kept() {
    let policy = SinkPolicy { backoff_base: Duration::from_millis(200), ..SinkPolicy::default() };
    let stage = Stage::with(org(), |builder| builder.delivery(policy)).await;
    stage.org.faults().set(FaultPlan::seeded(5).stall_in_vain(1.0, Duration::from_secs(30)));

    let calls = (0..CALLERS).flat_map(|caller| {
        desk(caller)
            .into_iter()
            .enumerate()
            .map(move |(place, (name, arguments))| (caller, place, name, arguments))
    });
    let stage = &stage;
    let answers = join_all(calls.map(|(caller, place, name, arguments)| async move {
        let asked = Instant::now();
        let said = stage.tool(&format!("call-{caller}"), &place.to_string(), name, arguments).await;
        (name, said, asked.elapsed())
    }))
    .await;

    for (name, said, took) in &answers {
        assert!(!said.trim().is_empty() && !said.contains("http"), "{name}: {said}");
        assert!(*took < LONGEST, "{name} took {took:?}");
    }
    let promised = |name: &str| {
        let kept = |said: &str| said.contains("reference") || said.contains("being saved");
        answers.iter().filter(|(asked, said, _)| *asked == name && kept(said)).count()
    };
    assert_eq!(promised("create_case"), CALLERS);
    assert_eq!(promised("take_message"), CALLERS);

    stage.org.faults().clear();
    stage.drained().await;
    assert_eq!(stage.org.count("Case"), CALLERS);
    let tasks = stage.org.records("Task");
    for caller in 0..CALLERS {
        let message = format!("message of caller {caller}");
        let kept = tasks.iter().filter(|task| {
            task.get("Description").and_then(Value::as_str).is_some_and(|text| text.contains(&message))
        });
        assert_eq!(kept.count(), 1, "{message}");
    }
    assert!(stage.bridge.journal().dead(1).await.unwrap().is_empty());
}
