//! The org in trouble: callers get an answer in time, and what was promised arrives, once.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use salesforce_client::{Client, LoginHost, RetryPolicy, transport::ReqwestTransport};
use salesforce_emulator::{AfterStall, BytesSeen, CutProxy, Fault, FaultPlan, Org};
use secrecy::SecretString;
use serde_json::json;
use voice_crm_core::{
    WriteLimits,
    crm::{
        AccountRef, Attempt, Change, ContactUpdate, CrmErrorKind, JobKey, NewCase, OwnRecord, RecordRef,
        Urgency, Write, apply_all,
    },
    deadline::Deadline,
    journal::MemoryJournal,
    outbox::SinkPolicy,
};
use voice_crm_salesforce::{Budget, SalesforceCrm};

use crate::stage::{CLIENT_SECRET, Stage, builder, case, org, policy, spoken_case, tool_calls};

/// How often each case description stands in the org.
fn tally(org: &Org) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for case in org.records("Case") {
        *tally.entry(case["Description"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    tally
}

#[tokio::test]
async fn during_an_outage_the_caller_hears_that_it_is_being_saved_and_it_is() {
    let stage = Stage::set().await;
    stage.org.faults().next(10_000, Fault::Unavailable503BeforeWrite);

    let said = stage.tool("c", "1", "create_case", case("It smokes.")).await;
    assert!(said.contains("is being saved") && said.contains("reference"), "{said}");
    assert_eq!(stage.org.count("Case"), 0);

    stage.org.faults().clear();
    stage.drained().await;
    let number = stage.only("Case")["CaseNumber"].as_str().unwrap().to_owned();
    let later = stage.tool("c", "1", "create_case", case("It smokes.")).await;
    assert!(later.contains(&spoken_case(&number)), "delivered again, it hears the real number: {later}");
}

#[tokio::test]
async fn eight_cases_that_meet_a_locked_row_are_no_outage_for_the_ninth() {
    let org = org().start().await.unwrap();
    let once = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
    let client = Client::builder(LoginHost::parse(org.url()).unwrap())
        .client_credentials("client", SecretString::from(CLIENT_SECRET))
        .retry_policy(once)
        .build()
        .unwrap();
    let crm = SalesforceCrm::new(client).budget(Budget::unlimited());
    // What fails comes back long after this.
    let pause = Duration::from_secs(300);
    let later = SinkPolicy { backoff_base: pause, backoff_cap: pause, ..policy() };
    let bridge = builder(org.url(), MemoryJournal::new()).crm(crm).delivery(later).start().unwrap();
    let stage = Stage::of(org, bridge);
    stage.org.faults().next(8, Fault::RowLock);
    for call in 0..8 {
        let said = stage.tool(&format!("c{call}"), "1", "create_case", case("It smokes.")).await;
        assert!(said.contains("is being saved"), "{said}");
    }

    let said = stage.tool("c8", "1", "create_case", case("It smokes.")).await;

    assert!(!said.contains("is being saved"), "{said}");
    assert_eq!(stage.org.count("Case"), 1);
}

#[tokio::test]
async fn records_behind_a_lock_fail_for_now_and_are_made_once_it_is_gone() {
    let org = org().start().await.unwrap();
    let account = org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    org.set_lock_times(Duration::ZERO, Duration::from_millis(10));
    let lock = org.lock_record(account.as_str()).unwrap();
    let crm = SalesforceCrm::new(crate::stage::client(org.url()));
    let attempts: Vec<Attempt> = (0..8)
        .map(|number| {
            let account = Some(AccountRef::Known(RecordRef::new(account.as_str())));
            let case = NewCase { subject: "It smokes.".to_owned(), account, ..NewCase::default() };
            let write = Write { key: JobKey::from_bytes([number; 16]), change: Change::CreateCase(case) };
            Attempt::first(write)
        })
        .collect();
    let deadline = Deadline::after(Duration::from_secs(20));

    let results = apply_all(&crm, attempts.clone(), Urgency::Background, deadline).await;

    for error in results.iter().map(|result| result.as_ref().unwrap_err()) {
        assert_eq!((error.kind(), error.may_have_applied()), (CrmErrorKind::Transient, false), "{error}");
    }
    drop(lock);
    let later = apply_all(&crm, attempts.clone(), Urgency::Background, deadline).await;
    assert!(later.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_stalled_org_makes_nobody_wait_and_nothing_twice() {
    let stage = Stage::set().await;
    let stall = Fault::Stall { lasting: Duration::from_secs(2), then: AfterStall::Write };
    stage.org.faults().next(1, stall);
    let started = Instant::now();

    let said = stage.tool("c", "1", "create_case", case("It smokes.")).await;

    assert!(said.contains("is being saved"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(2), "the answer came before the org's");
    stage.drained().await;
    // The stalled request is carried out as well, after the repeat of it.
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    stage.only("Case");
}

#[tokio::test]
async fn a_read_from_a_stalled_org_is_answered_by_the_deadline() {
    let deadline = Duration::from_millis(700);
    let stage = Stage::with(org(), |builder| builder.tool_deadline(deadline)).await;
    let stall = Fault::Stall { lasting: Duration::from_secs(20), then: AfterStall::Nothing };
    stage.org.faults().next(10, stall);

    let calls = [("1", "find_customer", json!({})), ("2", "get_case_status", json!({ "case_number": "1" }))];
    let asked = Instant::now();
    let (status, body) = stage.message(tool_calls("c", &calls)).await;

    assert_eq!(status, 200);
    assert!(asked.elapsed() < Duration::from_secs(5), "the org answers after twenty");
    for place in 0..2 {
        let error = body["results"][place]["error"].as_str().unwrap();
        assert!(error.contains("try again"), "{error}");
    }
    stage.org.faults().clear();
}

#[tokio::test]
async fn a_write_that_never_came_to_be_durable_is_not_promised() {
    let deadline = Duration::from_millis(700);
    let stage = Stage::with(org(), |builder| builder.tool_deadline(deadline)).await;
    // The caller must be looked up before a contact may be changed, and the org does not answer that.
    let stall = Fault::Stall { lasting: Duration::from_secs(20), then: AfterStall::Nothing };
    stage.org.faults().next(10, stall);

    let said = stage.tool("c", "1", "update_contact", json!({ "email": "ada@example.com" })).await;

    assert!(said.contains("try again") && !said.contains("saved"), "{said}");
    assert_eq!(stage.bridge.journal().stats().await.unwrap().pending, 0);
    stage.org.faults().clear();
}

#[tokio::test]
async fn a_write_that_spoils_a_request_spoils_no_other() {
    let stage = Stage::set().await;
    let crm = SalesforceCrm::new(crate::stage::client(stage.org.url()));
    let attempt =
        |number: u8, change| Attempt::first(Write { key: JobKey::from_bytes([number; 16]), change });
    let good = |number| {
        attempt(number, Change::CreateCase(NewCase { subject: "s".to_owned(), ..NewCase::default() }))
    };
    let contact = RecordRef::new("not an id of any org");
    let bad = attempt(2, Change::UpdateContact(ContactUpdate::new(contact, jiff::Timestamp::now())));
    let refused = attempt(4, Change::from(OwnRecord::create("No_Such__c")));

    let results = apply_all(
        &crm,
        vec![good(1), bad, good(3), refused, good(5)],
        Urgency::Live,
        Deadline::after(Duration::from_secs(5)),
    )
    .await;

    assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false, true]);
    assert_eq!(stage.org.count("Case"), 3);
    assert_eq!(stage.org.stats().api_calls, 1);
}

#[tokio::test]
async fn a_write_behind_a_waiting_one_waits_its_turn() {
    let stage = Stage::set().await;
    stage.tool("c", "0", "find_customer", json!({})).await;
    stage.org.faults().next(10_000, Fault::Unavailable503BeforeWrite);
    stage.confirmed("c", "1", "update_contact", json!({ "email": "first@example.com" })).await;
    stage.confirmed("c", "2", "update_contact", json!({ "email": "second@example.com" })).await;
    stage.end_call("c", "AI: Goodbye.").await;

    stage.org.faults().clear();
    stage.drained().await;

    assert_eq!(stage.only("Contact")["Email"], "second@example.com");
    let order: Vec<String> =
        stage.org.audit().into_iter().filter(|entry| entry.request > 0).map(|entry| entry.object).collect();
    assert_eq!(order, ["Contact", "Contact", "Task"]);
}

#[tokio::test]
async fn an_expired_token_is_no_trouble_at_all() {
    let stage = Stage::set().await;
    stage.tool("c", "1", "create_case", case("one")).await;
    stage.org.revoke_tokens();

    let said = stage.tool("c", "2", "create_case", case("two")).await;

    assert!(said.contains("has been created"), "{said}");
    assert_eq!(stage.org.stats().token_requests, 2);
}

#[tokio::test]
async fn wrong_credentials_lose_nothing() {
    let org = org().start().await.unwrap();
    let wrong = Client::builder(LoginHost::parse(org.url()).unwrap())
        .client_credentials("client", SecretString::from("canary-wrong-secret"))
        .build()
        .unwrap();
    let bridge = builder(org.url(), MemoryJournal::new()).crm(SalesforceCrm::new(wrong)).start().unwrap();
    let stage =
        Stage { org, bridge, signer: crate::stage::signer(), account: String::new(), contact: String::new() };

    let said = stage.tool("c", "1", "create_case", case("It smokes.")).await;

    assert!(said.contains("is being saved"), "{said}");
    assert_eq!(stage.bridge.journal().stats().await.unwrap().pending, 1, "it waits for an operator");
}

#[tokio::test]
async fn a_mixed_plan_of_faults_loses_nothing_and_doubles_nothing() {
    let stage = Stage::with(org(), |builder| builder.write_limits(WriteLimits::unlimited())).await;
    let plan = FaultPlan::seeded(7)
        .unavailable(0.2)
        .unavailable_after_write(0.1)
        .cut_after_write(0.1)
        .cut_before_write(0.05)
        .row_lock(0.05)
        .token_expired(0.03)
        .bad_gateway(0.05)
        .stall(0.05, Duration::from_millis(900));
    stage.org.faults().set(plan);

    let calls = (0..40).map(|call| {
        let stage = &stage;
        async move {
            for index in 0..3 {
                let description = format!("call {call} case {index}");
                let said = stage
                    .tool(&format!("c{call}"), &index.to_string(), "create_case", case(&description))
                    .await;
                assert!(said.contains("has been created") || said.contains("is being saved"), "{said}");
            }
            assert_eq!(stage.end_call(&format!("c{call}"), "AI: Goodbye.").await, 200);
        }
    });
    join_all(calls).await;
    stage.org.faults().clear();
    stage.drained().await;

    let tally = tally(&stage.org);
    assert_eq!(tally.len(), 120);
    assert!(tally.values().all(|times| *times == 1), "{tally:?}");
    assert_eq!(stage.org.count("Task"), 40);
    assert_eq!(stage.bridge.journal().stats().await.unwrap().dead, 0, "no fault is a refusal");
}

/// A bridge whose client tries once and never keeps a connection, so that each request can be cut by itself.
async fn cut_stage() -> (Stage, CutProxy) {
    let org = org().start().await.unwrap();
    let proxy = CutProxy::start(org.address()).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    let once = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
    let client = Client::builder(LoginHost::parse(proxy.url()).unwrap())
        .client_credentials("client", SecretString::from(CLIENT_SECRET))
        .transport(Arc::new(ReqwestTransport::new(http)))
        .retry_policy(once)
        .build()
        .unwrap();
    let policy = SinkPolicy { backoff_base: Duration::from_millis(1), ..policy() };
    let bridge = builder(proxy.url(), MemoryJournal::new())
        .crm(SalesforceCrm::new(client).budget(Budget::unlimited()))
        .delivery(policy)
        // All of them call from one number.
        .write_limits(WriteLimits::unlimited())
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    // The login is not what is cut here.
    stage.tool("warm", "1", "find_customer", json!({})).await;
    (stage, proxy)
}

/// One case whose connection to the org is cut.
async fn one_cut(stage: &Stage, proxy: &CutProxy, name: &str, cut: impl Fn(&CutProxy)) {
    cut(proxy);
    let said = stage.tool(name, "1", "create_case", case(name)).await;
    assert!(said.contains("has been created") || said.contains("is being saved"), "{name}: {said}");
    stage.drained().await;
    assert!(!proxy.is_armed(), "{name}: the cut met its connection");
}

/// The bytes of the last exchange that the proxy carried to its end.
async fn whole_exchange(proxy: &CutProxy) -> BytesSeen {
    for _ in 0..500 {
        if let Some(whole) =
            proxy.bytes_seen().last().filter(|seen| seen.request > 500 && seen.response > 300)
        {
            return *whole;
        }
        // The proxy counts after it has passed the bytes on.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no exchange was carried to its end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_at_any_byte_of_a_create_leaves_one_case_and_no_second() {
    // Every byte, shared out between eight stages.
    const STAGES: usize = 8;
    let mut stages = tokio::task::JoinSet::new();
    for share in 0..STAGES {
        stages.spawn(async move {
            let (stage, proxy) = cut_stage().await;
            stage.tool("measure", "1", "create_case", case("measure-0000")).await;
            stage.drained().await;
            let whole = whole_exchange(&proxy).await;
            for offset in (share..whole.request).step_by(STAGES) {
                one_cut(&stage, &proxy, &format!("request-{offset:04}"), |proxy| {
                    proxy.cut_request_at(offset);
                })
                .await;
            }
            for offset in (share..whole.response).step_by(STAGES) {
                one_cut(&stage, &proxy, &format!("response-{offset:04}"), |proxy| {
                    proxy.cut_response_at(offset);
                })
                .await;
            }
            let tally = tally(&stage.org);
            let expected = 1
                + (share..whole.request).step_by(STAGES).count()
                + (share..whole.response).step_by(STAGES).count();
            assert_eq!(tally.len(), expected, "every write arrived");
            assert!(tally.values().all(|times| *times == 1), "and none twice: {tally:?}");
            expected
        });
    }
    let mut cuts = 0;
    while let Some(done) = stages.join_next().await {
        cuts += done.unwrap();
    }
    assert!(cuts > 1_000, "only {cuts} cuts were made");
}
