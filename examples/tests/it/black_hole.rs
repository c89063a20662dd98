//! An org that takes everything and answers nothing, under more callers than it could ever serve.

use std::time::{Duration, Instant};

use salesforce_emulator::FaultPlan;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    server::{Server, http, org},
    simulated_call::SimulatedCall,
};

/// More at the same time than the server has connections to the org.
const CALLERS: usize = 300;
const TURNS: usize = 12;
/// By when every tool call is answered.
const LONGEST: Duration = Duration::from_secs(8);
/// How long the org keeps a request: far longer than anybody waits for it.
const KEPT: Duration = Duration::from_secs(120);

/// One answer.
struct Heard {
    took: Duration,
    promised: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_of_an_org_that_answers_nothing_hear_something_in_time_and_it_is_hardly_asked_again() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(&org, folder.path());
    server.start(&http()).await;
    org.faults().set(FaultPlan::seeded(5).stall_in_vain(1.0, KEPT));
    let http = http();
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        // Each from a number of its own, so that each asks the org something else.
        let from = format!("+1415555{:04}", 1_000 + number);
        callers.spawn(talk(server.call_from(&http, &format!("call-{number}"), &from), number));
    }
    let heard: Vec<Heard> = callers.join_all().await.into_iter().flatten().collect();
    let asked = org.stats().api_calls;

    let mut times: Vec<_> = heard.iter().map(|heard| heard.took).collect();
    times.sort();
    let longest = times[times.len() - 1];
    assert_eq!(heard.len(), CALLERS * TURNS);
    assert!(longest < LONGEST, "one answer took {longest:?}");
    let webhooks = u64::try_from(heard.len()).unwrap();
    assert!(asked * 10 <= webhooks * 11, "{asked} API calls for {webhooks} webhooks");
    let promised = heard.iter().filter(|heard| heard.promised).count();
    assert_eq!(promised, CALLERS * TURNS / 2, "every case is being saved");
    eprintln!(
        "{webhooks} tool calls of {CALLERS} callers: half within {:?}, 99 of 100 within {:?}, all within {longest:?}; \
         {asked} API calls",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );

    org.faults().clear();
    let begun = Instant::now();
    while org.count("Case") < promised {
        assert!(begun.elapsed() < Duration::from_secs(90), "{} of {promised}", org.count("Case"));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A question and a case, in turns.
async fn talk(call: SimulatedCall, number: usize) -> Vec<Heard> {
    let mut heard = Vec::new();
    for turn in 0..TURNS {
        let (name, arguments) = if turn % 2 == 0 {
            ("create_case", json!({ "description": format!("call {number} turn {turn}") }))
        } else {
            ("find_customer", json!({}))
        };
        let answer = call.tool_call(&format!("tool-{turn}"), name, &arguments).await.unwrap();
        let said = answer.sentence();
        assert!(answer.status == 200 && said != "(no sentence)", "{}", answer.status);
        heard.push(Heard { took: answer.took, promised: said.contains("being saved") });
        tokio::time::sleep(Duration::from_millis(fastrand::u64(100..400))).await;
    }
    heard
}
