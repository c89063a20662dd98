//! SIGKILL at random moments under load: every promise is kept, and no case stands twice.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use salesforce_emulator::{FaultPlan, Org};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    server::{Server, http, org},
    simulated_call::SimulatedCall,
};

/// Calls that go on at the same time.
const CALLS: u32 = 50;
/// How long each of them is silent after an answer: a fast machine shall not promise more than a slow one.
const SILENCE: Duration = Duration::from_millis(100);
/// How long nothing new may come into the org while a promise is missing there.
const STUCK: Duration = Duration::from_secs(45);

/// What became of the webhooks of one call.
#[derive(Default)]
struct Told {
    /// The caller heard that it is created or being saved.
    promised: Vec<String>,
    /// No answer came.
    unanswered: Vec<String>,
}

/// A short form of it for every day; the long one by `KILLS=20`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_promised_before_a_kill_is_in_the_org_once() {
    let kills: u32 = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    let seed = fastrand::u64(..);
    let org = org().latency(Duration::from_millis(10)).start().await.unwrap();
    org.faults()
        .set(FaultPlan::seeded(seed).unavailable(0.1).unavailable_after_write(0.05).cut_after_write(0.05));
    let folder = tempfile::tempdir().unwrap();
    let http = http();
    let mut server = Server::new(&org, folder.path());
    server.start(&http).await;

    let stopping = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for number in 0..CALLS {
        let call = server.call(&http, &format!("call-{number}"));
        // Half of the senders deliver again until they have an answer; the other half never does.
        callers.spawn(talk(call, number, number % 2 == 0, stopping.clone()));
    }
    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(50..600))).await;
        server.kill();
        server.start(&http).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    stopping.store(true, Ordering::Relaxed);
    let told = callers.join_all().await;
    org.faults().clear();

    let promised: Vec<&String> = told.iter().flat_map(|told| &told.promised).collect();
    let unanswered = told.iter().map(|told| told.unanswered.len()).sum::<usize>();
    let cases = settled(&org, &promised).await;
    let lost: Vec<_> = promised.iter().filter(|promise| !cases.contains_key(**promise)).collect();
    let doubled: Vec<_> = cases.iter().filter(|(_, times)| **times > 1).collect();
    assert!(promised.len() > 100, "only {} promises were made: no load (seed {seed})", promised.len());
    assert!(unanswered > 0, "no kill met a webhook under way (seed {seed})");
    let some: Vec<_> = lost.iter().take(10).collect();
    assert!(lost.is_empty(), "{} of {} promises lost (seed {seed}): {some:?}", lost.len(), promised.len());
    assert!(doubled.is_empty(), "doubled (seed {seed}): {doubled:?}");
    eprintln!(
        "{kills} kills: {} promises kept, {unanswered} webhooks unanswered, none lost, none doubled",
        promised.len()
    );
}

/// One case after the other, until it is time to stop.
async fn talk(call: SimulatedCall, number: u32, delivers_again: bool, stopping: Arc<AtomicBool>) -> Told {
    let mut told = Told::default();
    for turn in 0.. {
        if stopping.load(Ordering::Relaxed) {
            break;
        }
        let description = format!("call {number} turn {turn}");
        let arguments = json!({ "description": description });
        loop {
            match call.tool_call(&format!("tool-{turn}"), "create_case", &arguments).await {
                Ok(answer) => {
                    let said = answer.sentence();
                    assert!(
                        answer.status == 200
                            && (said.contains("has been created") || said.contains("being saved")),
                        "status {}: {said}",
                        answer.status
                    );
                    told.promised.push(description);
                    tokio::time::sleep(SILENCE).await;
                    break;
                }
                Err(_) if delivers_again => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(_) => {
                    told.unanswered.push(description);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    break;
                }
            }
        }
    }
    told
}

/// How often each description stands in the org, once every promise is there and the org is quiet, or nothing new
/// has come for long.
async fn settled(org: &Org, promised: &[&String]) -> BTreeMap<String, usize> {
    let mut newest = (0, Instant::now());
    loop {
        let mut cases = BTreeMap::new();
        for case in org.records("Case") {
            *cases.entry(case["Description"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        if cases.len() > newest.0 {
            newest = (cases.len(), Instant::now());
        }
        let seen = org.stats().api_calls;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        // Quiet for longer than any pause of the outbox: a double that was to come would be there by now.
        let quiet = org.stats().api_calls == seen;
        let complete = promised.iter().all(|promise| cases.contains_key(*promise));
        if (quiet && complete) || newest.1.elapsed() > STUCK {
            return cases;
        }
    }
}
