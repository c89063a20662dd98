//! Many writes in few API calls, and never more of those than the budget allows.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::future::join_all;
use salesforce_client::{ClientPool, RecordId};
use salesforce_emulator::{Fault, FaultPlan, Org};
use serde_json::{Value, json};
use voice_crm_core::{
    WriteLimits,
    crm::{
        AccountRef, Attempt, CallLog, Change, Crm as _, CrmError, JobKey, NewCase, OwnRecord, Receipt,
        RecordRef, Urgency, Write, apply_all,
    },
    deadline::Deadline,
    journal::{MemoryJournal, SqliteJournal},
};
use voice_crm_salesforce::{Budget, SalesforceCrm};

use crate::stage::{Stage, builder, case, client, org};

const APPLY_TIMEOUT: Duration = Duration::from_secs(20);

fn attempt(number: u16, change: Change, may_have_applied: bool) -> Attempt {
    let [high, low] = number.to_be_bytes();
    let mut key = [7; 16];
    (key[0], key[1]) = (high, low);
    Attempt {
        may_have_applied,
        earlier: Vec::new(),
        ..Attempt::first(Write { key: JobKey::from_bytes(key), change })
    }
}

fn case_for(number: u16, account: Option<&str>) -> Change {
    Change::CreateCase(NewCase {
        subject: format!("case {number}"),
        description: format!("trouble {number}"),
        account: account.map(|account| AccountRef::Number(account.to_owned())),
        ..NewCase::default()
    })
}

/// Writes of every kind, with every sort of trouble of their own.
fn mixed(org: &Org, contact: &RecordRef) -> Vec<Attempt> {
    for (name, number) in [("One", "ACC-1"), ("Twin", "ACC-2"), ("Other twin", "ACC-2")] {
        org.insert("Account", json!({ "Name": name, "AccountNumber": number })).unwrap();
    }
    let mut attempts = Vec::new();
    for number in 0..120 {
        let change = match number % 8 {
            0 => case_for(number, Some("acc-1")),
            1 => case_for(number, Some("ACC-2")),
            2 => case_for(number, Some("ACC-unknown")),
            3 => case_for(number, None),
            4 => Change::UpdateContact(
                serde_json::from_value(json!({
                    "contact": contact, "email": "ada@example.com", "asked_at": "2100-01-01T00:00:00Z",
                }))
                .unwrap(),
            ),
            5 => Change::LogCall(Box::new(log(number))),
            6 => Change::from(OwnRecord::create("No_Such__c")),
            _ => case_for(number, Some("say @{this.id}")),
        };
        attempts.push(attempt(number, change, number % 3 == 0));
    }
    attempts
}

fn log(number: u16) -> CallLog {
    let facts = json!({
        "ids": [{ "platform": "vapi", "id": format!("call-{number}") }],
        "over": true, "outcome": { "knowledge": 2, "word": "hung-up" },
    });
    let text = json!({ "record": format!("{number:032x}"), "facts": facts });
    serde_json::from_value(text).unwrap()
}

/// The log of a call from a number of its own.
fn log_from(number: u16) -> CallLog {
    let mut log = serde_json::to_value(log(number)).unwrap();
    log["facts"]["phone"] = format!("+1415555{number:04}").into();
    serde_json::from_value(log).unwrap()
}

/// What can be compared between two orgs.
fn shape(results: &[Result<Receipt, CrmError>]) -> Vec<String> {
    let one = |result: &Result<Receipt, CrmError>| match result {
        Ok(receipt) => format!("{:?} {:?} {}", receipt.object, receipt.remark, receipt.number.is_some()),
        Err(error) => format!("{:?} {:?}", error.kind(), error.code()),
    };
    results.iter().map(one).collect()
}

fn cases(org: &Org) -> BTreeMap<String, (String, bool)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |case: &serde_json::Map<String, Value>| {
        (
            text(&case["Subject"]),
            (text(&case["Description"]), case.get("AccountId").is_some_and(|id| !id.is_null())),
        )
    };
    org.records("Case").iter().map(one).collect()
}

#[tokio::test]
async fn writes_in_bulk_come_out_as_each_by_itself_does() {
    let (together, apart) = (Stage::set().await, Stage::set().await);
    let crm = |stage: &Stage| SalesforceCrm::new(client(stage.org.url())).budget(Budget::unlimited());
    let of = |stage: &Stage| mixed(&stage.org, &RecordRef::new(&stage.contact));
    let attempts = of(&together);

    let in_bulk =
        apply_all(&crm(&together), attempts.clone(), Urgency::Background, Deadline::after(APPLY_TIMEOUT))
            .await;
    let calls = together.org.stats().api_calls;
    let alone = crm(&apart);
    let mut one_by_one = Vec::new();
    for attempt in of(&apart) {
        one_by_one
            .extend(apply_all(&alone, vec![attempt], Urgency::Live, Deadline::after(APPLY_TIMEOUT)).await);
    }

    assert_eq!(shape(&in_bulk), shape(&one_by_one));
    assert_eq!(cases(&together.org), cases(&apart.org));
    assert_eq!(together.org.count("Task"), apart.org.count("Task"));
    let by_themselves = apart.org.stats().api_calls;
    assert!(calls * 3 < by_themselves, "{calls} calls instead of {by_themselves}");
    // Once more, as after a restart: what stands there is found and not made again.
    let again: Vec<Attempt> =
        attempts.into_iter().map(|attempt| Attempt { may_have_applied: true, ..attempt }).collect();
    apply_all(&crm(&together), again.clone(), Urgency::Background, Deadline::after(APPLY_TIMEOUT)).await;
    assert_eq!(cases(&together.org), cases(&apart.org));
    assert_eq!(together.org.count("Task"), apart.org.count("Task"));
}

#[tokio::test]
async fn a_hundred_and_fifty_new_cases_with_account_and_number_are_two_api_calls() {
    let stage = Stage::set().await;
    let crm = SalesforceCrm::new(client(stage.org.url()));
    let attempts: Vec<Attempt> =
        (0..150).map(|number| attempt(number, case_for(number, Some("ACC-1001")), false)).collect();

    let results =
        apply_all(&crm, attempts.clone(), Urgency::Background, Deadline::after(APPLY_TIMEOUT)).await;

    assert!(results.iter().all(|result| result.as_ref().is_ok_and(|receipt| receipt.number.is_some())));
    assert!(cases(&stage.org).values().all(|(_, has_account)| *has_account));
    assert_eq!(stage.org.stats().api_calls, 2);
}

#[tokio::test]
async fn a_hundred_logs_of_unknown_callers_are_four_api_calls_and_name_whose_number_it_was() {
    let org = org().start().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url()));
    let mut people = BTreeMap::new();
    let attempts: Vec<Attempt> = (0..100_u16)
        .map(|number| {
            let stored = format!("(415) 555-{number:04}");
            let contact = json!({ "LastName": format!("person {number}"), "Phone": stored });
            people.insert(format!("call-{number}"), org.insert("Contact", contact).unwrap());
            attempt(number, Change::LogCall(Box::new(log_from(number))), false)
        })
        .collect();

    let results =
        apply_all(&crm, attempts.clone(), Urgency::Background, Deadline::after(APPLY_TIMEOUT)).await;

    assert!(results.iter().all(Result::is_ok), "{results:?}");
    for task in org.records("Task") {
        let call = task["CallObject"].as_str().unwrap();
        assert_eq!(task["WhoId"].as_str(), people.get(call).map(String::as_str), "{call}");
    }
    assert_eq!(org.count("Task"), 100);
    let calls = org.stats().api_calls;
    assert!(calls <= 4, "{calls}");
}

#[tokio::test]
async fn what_is_only_looked_up_rides_along_with_records_and_keeps_none_of_them_waiting() {
    let stage = Stage::set().await;
    let crm = SalesforceCrm::new(client(stage.org.url()));
    let change = |number| match number {
        0..60 => case_for(number, None),
        _ => Change::LogCall(Box::new(log_from(number))),
    };
    let attempts: Vec<Attempt> = (0..100).map(|number| attempt(number, change(number), false)).collect();
    // The second request is cut off: by then the cases have been made.
    stage.org.faults().pass(1);
    stage.org.faults().next(9, Fault::CutBeforeWrite);

    let results =
        apply_all(&crm, attempts.clone(), Urgency::Background, Deadline::after(Duration::from_secs(1))).await;

    assert!(results[..60].iter().all(Result::is_ok), "{results:?}");
    assert!(results[60..].iter().all(Result::is_err), "{results:?}");
    stage.org.faults().clear();
    stage.org.reset_stats();
    let results =
        apply_all(&crm, attempts[60..].to_vec(), Urgency::Background, Deadline::after(APPLY_TIMEOUT)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((stage.org.count("Case"), stage.org.count("Task")), (60, 40));
    assert_eq!(stage.org.stats().api_calls, 1, "who called is known by now");
}

#[tokio::test]
async fn a_repeat_finds_what_stands_there_in_the_call_that_would_have_made_it() {
    let stage = Stage::set().await;
    let crm = SalesforceCrm::new(client(stage.org.url()));
    let attempts = |may_have_applied: bool| -> Vec<Attempt> {
        (0..150).map(|number| attempt(number, case_for(number, None), may_have_applied)).collect()
    };
    apply_all(&crm, attempts(false)[..100].to_vec(), Urgency::Background, Deadline::after(APPLY_TIMEOUT))
        .await;
    let changed: RecordId = stage.org.records("Case")[0]["Id"].as_str().unwrap().parse().unwrap();
    let put = json!({ "Subject": "what an agent has put" });
    client(stage.org.url()).records("Case").update(&changed, &put).await.unwrap();
    stage.org.reset_stats();

    let results = apply_all(&crm, attempts(true), Urgency::Background, Deadline::after(APPLY_TIMEOUT)).await;

    assert!(results.iter().all(|result| result.as_ref().is_ok_and(|receipt| receipt.number.is_some())));
    assert_eq!(stage.org.count("Case"), 150);
    assert_eq!(stage.org.stats().api_calls, 1);
    let kept = stage.org.records("Case").iter().filter(|case| case["Subject"] == put["Subject"]).count();
    assert_eq!(kept, 1);
}

#[tokio::test]
async fn a_rush_of_callers_is_looked_up_in_few_api_calls() {
    let stage = Stage::set().await;
    stage.org.faults().set(FaultPlan::seeded(1).latency(Duration::from_millis(50)));
    stage.org.reset_stats();
    let ask = |number: u16| {
        let call = json!({
            "id": format!("rush-{number}"), "customer": { "number": format!("+1212555{number:04}") },
        });
        stage.message(json!({ "message": { "type": "assistant-request", "call": call } }))
    };

    let answers = join_all((0..200).map(ask)).await;

    assert!(answers.iter().all(|(status, _)| *status == 200));
    let calls = stage.org.stats().api_calls;
    assert!(calls <= 40, "{calls}");
}

#[tokio::test]
async fn a_burst_beyond_the_budget_gets_its_real_numbers_in_a_tenth_of_a_call_each() {
    let org = org().start().await.unwrap();
    let window = Duration::from_secs(2);
    org.set_limit(20, window);
    let bridge = builder(org.url(), MemoryJournal::new())
        .crm(SalesforceCrm::new(client(org.url())).budget(Budget::new(20, window)))
        // All of them call from one number.
        .write_limits(WriteLimits::unlimited())
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);

    let burst = (0..400).map(|number| {
        let (stage, call) = (&stage, format!("call-{number}"));
        async move {
            let mut wanted = case(&format!("trouble {number}"));
            wanted["account_number"] = "ACC-1001".into();
            stage.tool(&call, "1", "create_case", wanted).await
        }
    });
    let said = join_all(burst).await;
    stage.drained().await;

    assert!(said.iter().all(|said| said.contains("has been created") || said.contains("is being saved")));
    let created = said.iter().filter(|said| said.contains("has been created")).count();
    assert!(created > 200, "only {created} heard their number at once");
    assert_eq!(stage.org.count("Case"), 400);
    let stats = stage.org.stats();
    assert!(stats.api_calls < 40, "{} calls", stats.api_calls);
    assert_eq!(stats.limit_rejections, 0, "the org never had to refuse");
}

#[tokio::test]
async fn callers_beyond_those_that_the_org_has_shown_to_stand_share_requests() {
    let stage = Stage::set().await;
    stage.org.faults().set_latency(Duration::from_millis(300));
    stage.org.reset_stats();

    let (stage, callers) = (&stage, 60);
    let said = join_all((0..callers).map(|number| async move {
        stage.tool(&format!("call-{number}"), "1", "create_case", case("trouble")).await
    }))
    .await;

    assert!(said.iter().all(|said| said.contains("has been created")), "{said:?}");
    let calls = stage.org.stats().api_calls;
    assert!(calls < 30, "{calls} calls for {callers} callers");
}

#[tokio::test]
async fn without_a_call_left_the_answer_comes_at_once_and_the_write_comes_later() {
    let org = org().start().await.unwrap();
    let bridge = builder(org.url(), MemoryJournal::new())
        .crm(SalesforceCrm::new(client(org.url())).budget(Budget::new(1, Duration::from_secs(3))))
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    let first = stage.tool("a", "1", "create_case", case("one")).await;
    assert!(first.contains("has been created"), "{first}");

    let asked = tokio::time::Instant::now();
    let second = stage.tool("b", "1", "create_case", case("two")).await;
    let third = stage.tool("c", "1", "find_customer", json!({})).await;

    assert!(second.contains("is being saved"), "{second}");
    assert!(third.contains("try again"), "{third}");
    assert_eq!(stage.org.stats().api_calls, 1);
    assert!(asked.elapsed() < Duration::from_millis(2_500), "nobody waited for the window");
    stage.drained().await;
    assert_eq!(stage.org.count("Case"), 2);
}

#[tokio::test]
async fn a_refusal_by_the_org_for_its_limits_pauses_all_requests() {
    let stage = Stage::set().await;
    stage.org.set_limit(3, Duration::from_secs(2));

    for number in 0..30 {
        let said = stage.tool(&format!("c{number}"), "1", "create_case", case("trouble")).await;
        assert!(said.contains("is being saved") || said.contains("has been created"), "{said}");
    }
    stage.drained().await;

    assert_eq!(stage.org.count("Case"), 30);
    let rejections = stage.org.stats().limit_rejections;
    assert!((1..=4).contains(&rejections), "{rejections} requests ran against the wall");
}

#[tokio::test]
async fn several_users_share_the_load_and_each_keeps_to_its_budget() {
    let org = org().start().await.unwrap();
    let users: Vec<_> = (0..4).map(|_| client(org.url())).collect();
    let pool = ClientPool::new(users).unwrap();
    let crm = SalesforceCrm::pool(&pool).budget(Budget::new(5, Duration::from_secs(60)));

    let mut taken = 0;
    for number in 0..30 {
        let attempts = [attempt(number, case_for(number, None), false)];
        let results = apply_all(&crm, attempts.to_vec(), Urgency::Live, Deadline::after(APPLY_TIMEOUT)).await;
        taken += usize::from(results[0].is_ok());
    }

    assert_eq!(taken, 20, "four users with five calls each");
    assert!(!crm.capacity(Urgency::Live).wait.is_zero());
}

#[tokio::test]
async fn a_process_that_starts_again_knows_what_was_spent() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let budget = Budget::new(20, Duration::from_secs(60));
    let begin = async || {
        let store = Arc::new(SqliteJournal::open(&file).unwrap());
        SalesforceCrm::new(client(org.url())).budget(budget).saved_budget(store).await
    };
    let crm = begin().await;
    assert_eq!(crm.capacity(Urgency::Live).requests, 20);
    for number in 0..12 {
        let attempts = vec![attempt(number, case_for(number, None), false)];
        let results = apply_all(&crm, attempts, Urgency::Live, Deadline::after(APPLY_TIMEOUT)).await;
        assert!(results[0].is_ok());
    }
    let left = crm.capacity(Urgency::Live);
    // Longer than it takes to write it down.
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(crm);
    // The file is free once the task that writes into it has heard of it.
    tokio::time::sleep(Duration::from_millis(200)).await;

    let again = begin().await.capacity(Urgency::Live);
    assert_eq!((again.requests, again.linger), (left.requests, left.linger));
    assert!(left.requests <= 8 && !left.linger.is_zero());
}
