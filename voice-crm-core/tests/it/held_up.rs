//! What fails for ever holds up nothing else: neither cases behind a locked account, nor a gateway of texts that is down.

use std::{
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::future::join_all;
use serde_json::json;
use voice_crm_core::{
    WriteLimits,
    crm::{NewText, Receipt},
    deadline::Deadline,
    functions::Desk,
    journal::SqliteJournal,
    messenger::Messenger,
    outbox::SinkPolicy,
    service_error::{Service, ServiceError, ServiceErrorKind},
};

use crate::stage::{Stage, bare_builder, builder, case, org};

/// How many cases fail for ever, and how many texts.
const CASES: usize = 20;
const TEXTS: usize = 1_000;

/// A gateway that is down.
#[derive(Clone, Default)]
struct Down(Arc<AtomicUsize>);

#[async_trait]
impl Messenger for Down {
    async fn send(&self, _: &NewText, _: bool, _: Deadline) -> Result<Receipt, ServiceError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(ServiceError::new(Service::Texts, ServiceErrorKind::Unavailable, "down"))
    }
}

/// How long what is free may take. Two seconds on a quiet machine; tests that run beside others are given more, since
/// what is held up takes for ever.
fn soon() -> Duration {
    Duration::from_secs(if std::env::var_os("VOICE_CRM_TEST_ALL").is_some() { 2 } else { 15 })
}

/// Waits until so many jobs are pending: what is in the CRM is settled a moment later.
async fn are_pending_soon(stage: &Stage, jobs: usize) {
    let begun = Instant::now();
    loop {
        let pending = stage.bridge.journal().stats().await.unwrap().pending;
        if pending == jobs as u64 {
            return;
        }
        assert!(begun.elapsed() < soon(), "{pending} jobs are pending, not {jobs}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until something holds.
async fn holds_soon(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < soon(), "{what} took too long");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_behind_a_locked_account_hold_up_no_other_case() {
    let org = org().start().await.unwrap();
    org.set_lock_times(Duration::ZERO, Duration::from_millis(10));
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    // With the policy that a bridge has when nothing is said.
    let bridge = builder(org.url(), journal).delivery(SinkPolicy::default()).start().unwrap();
    let stage = Stage::of(org, bridge);
    // The caller is known by now, so that each case names the account.
    stage.tool("locked-0", "0", "find_customer", json!({})).await;
    let _lock = stage.org.lock_record(&stage.account).unwrap();
    for call in 0..CASES {
        let said = stage.tool(&format!("locked-{call}"), "1", "create_case", case("It smokes.")).await;
        assert!(said.contains("is being saved"), "{said}");
    }
    // They fail again and again meanwhile.
    tokio::time::sleep(Duration::from_secs(4)).await;

    let said = stage.tool_from(Some("+12125550187"), "free", "1", "create_case", case("It hums.")).await;

    assert!(said.contains("has been created"), "the live attempt was made: {said}");
    stage.end_call("free", "AI: Goodbye.").await;
    holds_soon("the log of the call", || stage.org.count("Task") == 1).await;
    are_pending_soon(&stage, CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_of_texts_that_is_down_holds_up_no_case() {
    let gateway = Down::default();
    let desk = Desk::new().messenger(gateway.clone());
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    // All the texts are asked for on one call.
    let bridge = bare_builder(org.url(), journal)
        .support_desk_with(desk)
        .write_limits(WriteLimits::unlimited())
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    let said = stage.tool("c", "case", "create_case", case("It smokes.")).await;
    assert!(said.contains("has been created"), "{said}");
    let number = stage.only("Case")["CaseNumber"].as_str().unwrap().to_owned();
    let texts = (0..TEXTS).map(|text| {
        // Two on each call, and the second is meant.
        let (stage, arguments) = (&stage, json!({ "case_number": number, "occurrence": 1 + text / 500 }));
        async move {
            stage.tool(&format!("c{}", text % 500), &format!("t{text}"), "send_case_sms", arguments).await
        }
    });
    for said in join_all(texts).await {
        assert!(!said.contains("cannot"), "{said}");
    }
    assert!(gateway.0.load(Ordering::Relaxed) > 0, "the gateway was tried");

    // On calls that have texts pending, and on others.
    for call in ["c1", "c2", "other"] {
        let said = stage.tool(call, "another", "create_case", case("It hums.")).await;
        assert!(said.contains("has been created"), "{call}: {said}");
    }
    stage.end_call("c1", "AI: Goodbye.").await;
    holds_soon("the log of the call", || stage.org.count("Task") == 1).await;
    are_pending_soon(&stage, TEXTS).await;
}
