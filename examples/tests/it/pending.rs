//! A backlog that the org takes nothing of: what it costs in memory, and how soon a server is back that had one.

use std::time::Instant;

use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    server::{Server, http, org},
    simulated_call::SimulatedCall,
};

const CALLS: usize = 250;
/// What the server may take in memory, in kB.
const MOST: u64 = 256 * 1_024;

/// A small backlog for every day; the large one by `PENDING=100000`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_takes_little_memory_before_and_after_a_kill() {
    let pending: usize = std::env::var("PENDING").ok().and_then(|text| text.parse().ok()).unwrap_or(2_500);
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // One call in an hour: nothing of it gets away.
    let mut server = Server::new(&org, folder.path()).budget("1/3600s");
    let http = http();
    server.start(&http).await;

    let mut callers = JoinSet::new();
    for number in 0..CALLS {
        callers.spawn(talk(server.call(&http, &format!("call-{number}")), number, pending / CALLS));
    }
    let promised: usize = callers.join_all().await.into_iter().sum();
    let full = server.memory();
    server.kill();
    let begun = Instant::now();
    server.start(&http).await;
    let back_after = begun.elapsed();
    let again = server.memory();

    assert_eq!(promised, pending / CALLS * CALLS);
    assert!(full < MOST && again < MOST, "{full} kB, and {again} kB after a restart");
    eprintln!(
        "{promised} writes pending: {} MB at the peak; ready again {back_after:?} after a kill, with {} MB",
        full / 1_024,
        again / 1_024,
    );
}

/// How many of its cases are being saved.
async fn talk(call: SimulatedCall, number: usize, turns: usize) -> usize {
    let mut promised = 0;
    for turn in 0..turns {
        let trouble =
            format!("Call {number}, turn {turn}: the machine stopped, smoked a little, and stopped again.");
        let arguments = json!({ "description": trouble, "priority": "high" });
        let answer = call.tool_call(&format!("tool-{turn}"), "create_case", &arguments).await.unwrap();
        let said = answer.sentence();
        promised += usize::from(said.contains("being saved") || said.contains("has been created"));
    }
    promised
}
