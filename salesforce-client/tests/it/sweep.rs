//! A thousand mixed operations in an org that fails all the time: nothing doubled, nothing lost, every
//! failure typed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use salesforce_client::{Client, Composite, Error, ErrorKind, LoginHost, RetryPolicy, SecretString, Soql};
use salesforce_emulator::{FaultPlan, Org};
use serde_json::{Value, json};

use crate::canary;

const OPERATIONS: usize = 1000;

/// How long the org stalls before it writes after all, and how long the client waits for it.
const STALL: Duration = Duration::from_millis(400);
const SHORT: Duration = Duration::from_millis(250);

/// What came of one operation: what it was, its key, and how it ended.
type Outcome = (&'static str, String, Result<(), Error>);

async fn operation(client: &Client, number: usize) -> Outcome {
    let key = format!("k{number:04}");
    let fields = json!({"Subject": key});
    let cases = client.records("Case");
    match number % 10 {
        0 | 1 => {
            let deadline = Instant::now() + SHORT;
            ("create", key, cases.create(&fields).deadline(deadline).await.map(drop))
        }
        2..=4 => {
            let ended = cases.upsert("Voice_Key__c", &key, &fields).await.map(drop);
            ("upsert", key, ended)
        }
        5 => {
            let mut composite = Composite::new().all_or_none(true);
            let case = composite.upsert("case", "Case", "Voice_Key__c", &key, &fields).unwrap();
            let number = composite.get::<Value>("number", "Case", case.id(), ["CaseNumber"]).unwrap();
            let answers = client.composite(composite).await;
            ("upsert", key, answers.and_then(|answers| answers.get(&number)).map(drop))
        }
        6 => {
            let records = [json!({"Voice_Key__c": key, "Subject": key})];
            let saved = client.collections().upsert("Case", "Voice_Key__c", &records).await;
            ("upsert", key, saved.and_then(|mut saved| saved.remove(0)).map(drop))
        }
        7 => {
            let soql = Soql::new("SELECT Id FROM Case WHERE Voice_Key__c = :k").bind("k", &key);
            ("read", key, client.query::<Value>(soql).await.map(drop))
        }
        8 => ("read", key, client.describe("Case").await.map(drop)),
        _ => {
            let ended = cases.delete_by("Voice_Key__c", "gone").await;
            ("read", key, ended.or_else(|error| if error.is_not_found() { Ok(()) } else { Err(error) }))
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_operations_in_a_failing_org_double_nothing_and_lose_nothing() {
    let org: Org = crate::org::org().start().await.unwrap();
    let client = Client::builder(LoginHost::parse(org.url()).unwrap())
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .retry_policy(RetryPolicy {
            max_attempts: 10,
            base_delay: Duration::from_millis(2),
            max_delay: Duration::from_millis(20),
            attempt_timeout: Some(SHORT),
            ..RetryPolicy::default()
        })
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    client.ready().await.unwrap();
    org.faults().set(
        FaultPlan::seeded(3)
            .unavailable(0.03)
            .unavailable_after_write(0.03)
            .cut_before_write(0.03)
            .cut_after_write(0.03)
            .concurrent_limit(0.02)
            .row_lock(0.03)
            .token_expired(0.005)
            .stall(0.03, STALL)
            .bad_gateway(0.03),
    );

    let work = stream::iter(0..OPERATIONS).map(|number| operation(&client, number));
    let outcomes: Vec<Outcome> = work.buffer_unordered(8).collect().await;
    org.faults().clear();
    everything_answered(&org).await;

    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for record in org.records("Case") {
        *there.entry(record["Subject"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(there.values().all(|count| *count == 1), "nothing is doubled");
    let (mut failed, mut timeouts) = (0, 0);
    for (kind, key, ended) in &outcomes {
        match (*kind, ended) {
            ("create", Err(error)) => {
                failed += 1;
                timeouts += usize::from(error.kind() == ErrorKind::Deadline && there.contains_key(key));
                assert!(PASSING.contains(&error.kind()), "{error}");
                let unapplied = !error.may_be_applied();
                assert!(!(unapplied && there.contains_key(key)), "what is told as unapplied is not there");
            }
            ("create" | "upsert", Ok(())) => assert!(there.contains_key(key), "{kind} {key} is lost"),
            (_, Ok(())) => {}
            (_, Err(error)) => panic!("{kind} {key} may be repeated until it succeeds: {error}"),
        }
    }
    assert_eq!(outcomes.len(), OPERATIONS);
    assert!(failed > 5, "the faults were felt");
    assert!(timeouts > 0, "some that ended without an answer were applied");
}

const PASSING: [ErrorKind; 4] =
    [ErrorKind::Transport, ErrorKind::Unavailable, ErrorKind::Limit, ErrorKind::Deadline];

/// Waits until the org has done what it was asked, also for those who hung up.
async fn everything_answered(org: &Org) {
    for _ in 0..200 {
        let requests = org.requests();
        if requests.last().is_some_and(|last| last.seq == requests.len() as u64) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the org still has requests under way");
}
