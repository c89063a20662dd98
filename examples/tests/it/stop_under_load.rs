//! SIGTERM while two hundred callers speak: whoever was connected is answered, and a restart takes the rest.

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

const CALLS: usize = 200;
/// How long the server may take to stop.
const LONGEST: Duration = Duration::from_secs(10);

/// What one caller met.
#[derive(Default)]
struct Met {
    promised: Vec<String>,
    /// The webhook was sent, and no answer or no promise came.
    errors: Vec<String>,
    /// Nobody listened: the platform tries another replica, or again.
    refused: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_leaves_no_caller_without_an_answer() {
    let org = org().latency(Duration::from_millis(20)).start().await.unwrap();
    org.faults().set(FaultPlan::seeded(3).unavailable(0.05).stall_in_vain(0.02, Duration::from_secs(3)));
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(&org, folder.path());
    server.start(&http()).await;
    let stopping = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for number in 0..CALLS {
        // Some keep their connection, and some come with a new one each time.
        let idle = if number % 2 == 0 { usize::MAX } else { 0 };
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(idle);
        let http = http.timeout(Duration::from_secs(20)).build().unwrap();
        let call = server.call(&http, &format!("call-{number}"));
        callers.spawn(talk(call, number, stopping.clone()));
    }

    let mut longest = Duration::ZERO;
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let (took, well) = server.terminate().await;
        assert!(well && took < LONGEST, "it took {took:?}");
        longest = longest.max(took);
        server.start(&http()).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    stopping.store(true, Ordering::Relaxed);
    let met = callers.join_all().await;

    let errors: Vec<_> = met.iter().flat_map(|met| &met.errors).collect();
    let promised: Vec<_> = met.iter().flat_map(|met| &met.promised).collect();
    let refused: usize = met.iter().map(|met| met.refused).sum();
    assert!(errors.is_empty(), "{} of {} got none: {errors:?}", errors.len(), promised.len());
    assert!(promised.len() > CALLS * 2 && refused > 0, "{} promises, {refused} refused", promised.len());
    org.faults().clear();
    each_stands_once(&org, &promised).await;
    eprintln!(
        "2 stops under load of {CALLS} callers, {longest:?} at most: {} promises kept, none unanswered",
        promised.len()
    );
}

async fn talk(call: SimulatedCall, number: usize, stopping: Arc<AtomicBool>) -> Met {
    let mut met = Met::default();
    let mut turn = 0;
    while !stopping.load(Ordering::Relaxed) {
        let description = format!("call {number} turn {turn}");
        let arguments = json!({ "description": description });
        match call.tool_call(&format!("tool-{turn}"), "create_case", &arguments).await {
            Ok(answer) => {
                let said = answer.sentence();
                if answer.status == 200 && (said.contains("has been created") || said.contains("being saved"))
                {
                    met.promised.push(description);
                } else {
                    met.errors.push(format!("{}: {said}", answer.status));
                }
                turn += 1;
            }
            Err(error) if error.is_connect() => met.refused += 1,
            Err(error) => {
                met.errors.push(format!("{error:?}"));
                turn += 1;
            }
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(10..60))).await;
    }
    met
}

async fn each_stands_once(org: &Org, promised: &[&String]) {
    let begun = Instant::now();
    loop {
        let mut cases: BTreeMap<String, usize> = BTreeMap::new();
        for case in org.records("Case") {
            *cases.entry(case["Description"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        assert!(cases.values().all(|times| *times == 1), "a case stands twice");
        if promised.iter().all(|promise| cases.contains_key(*promise)) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "a promise was not kept");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
