//! What callers and `/readyz` hear while the journal does not answer.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    private_postgres::{PrivatePostgres, Stop},
    server::{Server, http, org},
    simulated_call::{Answer, SimulatedCall},
};

/// Longer than what is promised to take a second takes on a busy machine.
const SOON: Duration = Duration::from_millis(1_500);

#[tokio::test]
async fn a_server_whose_journal_hangs_says_in_time_that_it_is_not_ready_until_the_journal_answers_again() {
    let Some(postgres) = PrivatePostgres::start().unwrap() else {
        eprintln!("left out: readiness over PostgreSQL; initdb and postgres are not installed");
        return;
    };
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let http = http();
    let mut server = Server::new(&org, folder.path()).journal(postgres.url());
    server.start(&http).await;

    postgres.signal("STOP").unwrap();
    let (ready, took) = server.is_ready(&http).await;
    postgres.signal("CONT").unwrap();

    assert!(!ready && took < Duration::from_secs(3), "ready: {ready}, after {took:?}");
    becomes_ready(&server, &http).await;
}

/// `POSTGRES_AWAY` says for how many seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_hear_soon_that_nothing_is_saved_while_postgresql_is_away_and_nothing_promised_is_lost() {
    let Some(mut postgres) = PrivatePostgres::start().unwrap() else {
        eprintln!("left out: callers while PostgreSQL is away; initdb and postgres are not installed");
        return;
    };
    let away = std::env::var("POSTGRES_AWAY").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(4);
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let http = http();
    let mut server = Server::new(&org, folder.path()).journal(postgres.url());
    server.start(&http).await;
    let call = server.call(&http, "call-1");
    let saved = case(&call, 0).await;
    assert!(is_saved(&saved), "{} {}", saved.status, saved.sentence());

    tokio::task::block_in_place(|| postgres.stop(Stop::Fast)).unwrap();
    let begun = Instant::now();
    let first = case(&call, 1).await;
    let (mut longest, mut readiness, mut heard) = (Duration::ZERO, Duration::ZERO, 1);
    while begun.elapsed() < Duration::from_secs(away) {
        let (answer, (ready, took)) = tokio::join!(case(&call, heard + 1), server.is_ready(&http));
        assert!(!ready, "it calls itself ready without its journal");
        assert!(answer.status == 200 && is_refused(&answer), "{} {}", answer.status, answer.sentence());
        longest = longest.max(answer.took);
        readiness = readiness.max(took);
        heard += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    eprintln!(
        "PostgreSQL away for {away} s: the first caller heard it after {:?}, {heard} others within {longest:?}; \
         readiness was refused within {readiness:?}",
        first.took
    );
    assert!(
        is_refused(&first) && first.took < Duration::from_secs(4),
        "the first heard it after {:?}",
        first.took
    );
    assert!(longest < SOON && readiness < SOON, "a caller waited {longest:?}, readiness took {readiness:?}");

    tokio::task::block_in_place(|| postgres.run()).unwrap();
    becomes_ready(&server, &http).await;
    assert!(is_saved(&case(&call, 0).await), "what was promised before is forgotten");
    // What was not noted of the first case before the outage is noted first, so this one may have to wait for its turn.
    let later = case(&call, heard + 1).await;
    assert!(!is_refused(&later), "{} {}", later.status, later.sentence());
    for _ in 0..600 {
        if org.count("Case") == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(org.count("Case"), 2, "one before the outage and one after it");
}

async fn case(call: &SimulatedCall, number: u32) -> Answer {
    let arguments = json!({ "description": format!("case {number}") });
    call.tool_call(&format!("tool-{number}"), "create_case", &arguments).await.unwrap()
}

fn is_saved(answer: &Answer) -> bool {
    answer.sentence().contains("has been created")
}

/// Whether the caller knows that nothing is saved.
fn is_refused(answer: &Answer) -> bool {
    let said = answer.sentence();
    said != "(no sentence)" && !said.contains("being saved") && !is_saved(answer)
}

async fn becomes_ready(server: &Server, http: &reqwest::Client) {
    for _ in 0..200 {
        if server.is_ready(http).await.0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not become ready again");
}
