//! Strangers without a secret, who may stop nothing: half-sent heads, long bodies, and a log that nobody reads.
//!
//! The short forms run always. `VOICE_CRM_TEST_ALL=1` runs those of 5,000 connections, a minute, 1,000 bodies and
//! 20,000 refusals.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use salesforce_emulator::Org;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::server::{Server, http, org};

/// A half-sent head that was cut comes back after this time.
const AGAIN: Duration = Duration::from_millis(500);
/// The time that a caller thinks between two function calls.
const THINKS: Duration = Duration::from_millis(200);
/// What strangers may cost in memory, in kB.
const MEMORY: u64 = 64 * 1_024;

fn long_or(long: usize, short: usize) -> usize {
    if std::env::var_os("VOICE_CRM_TEST_ALL").is_some() { long } else { short }
}

async fn started(folder: &tempfile::TempDir) -> (Org, Server) {
    let org = org().start().await.unwrap();
    let mut server = Server::new(&org, folder.path());
    server.start(&http()).await;
    (org, server)
}

/// Sends half a head again and again, and says how often that was cut.
async fn send_half_a_head(port: u16, cuts: Arc<AtomicUsize>) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await {
            let _ = stream.write_all(b"POST /webhook/vapi HTTP/1.1\r\nhost: x\r\nx-sig").await;
            let _ = stream.read(&mut [0; 64]).await;
            cuts.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(AGAIN).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_sent_heads_keep_no_caller_waiting() {
    let (strangers, callers) = (long_or(5_000, 1_500), long_or(100, 20));
    let lasting = Duration::from_secs(u64::try_from(long_or(60, 5)).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (org, server) = started(&folder).await;
    let cuts = Arc::new(AtomicUsize::new(0));
    let mut half_open = JoinSet::new();
    for _ in 0..strangers {
        half_open.spawn(send_half_a_head(server.port(), cuts.clone()));
    }

    let (longest, answered) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let mut calls = JoinSet::new();
    for caller in 0..callers {
        // Every other one connects anew for each function call, as some platforms do.
        let connections = caller % 2;
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(connections).build().unwrap();
        let call = server.call(&http, &format!("call {caller}"));
        let (longest, answered) = (longest.clone(), answered.clone());
        calls.spawn(async move {
            for turn in 0.. {
                if begun.elapsed() >= lasting {
                    return;
                }
                let asked = Instant::now();
                let arguments = json!({ "description": format!("It smokes for the {turn}th time.") });
                let answer = call.tool_call(&format!("{turn}"), "create_case", &arguments).await.unwrap();
                assert_eq!(answer.status, 200);
                let took = u64::try_from(asked.elapsed().as_millis()).unwrap();
                longest.fetch_max(took, Ordering::Relaxed);
                answered.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(THINKS).await;
            }
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
    half_open.shutdown().await;

    let (longest, answered) = (longest.load(Ordering::Relaxed), answered.load(Ordering::Relaxed));
    let cuts = cuts.load(Ordering::Relaxed);
    println!("{answered} answers, the longest after {longest} ms; {cuts} connections of strangers were cut");
    assert!(answered >= callers && longest <= 1_000, "a caller waited {longest} ms");
    assert!(cuts > 0, "strangers were never cut");
    assert!(org.count("Case") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_without_a_signature_are_not_read() {
    const BODY: usize = 8 * 1_024 * 1_024;
    let folder = tempfile::tempdir().unwrap();
    let (_org, server) = started(&folder).await;
    let call = server.call(&http(), "call");
    call.tool_call("1", "create_case", &json!({ "description": "It smokes." })).await.unwrap();
    let before = server.memory();

    let mut strangers = JoinSet::new();
    let port = server.port();
    for _ in 0..long_or(1_000, 100) {
        strangers.spawn(async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let head = format!("POST /webhook/vapi HTTP/1.1\r\nhost: x\r\ncontent-length: {BODY}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let chunk = vec![b'x'; 64 * 1_024];
            let mut sent = 0;
            while sent < BODY && stream.write_all(&chunk).await.is_ok() {
                sent += chunk.len();
            }
            sent
        });
    }
    let mut sent = 0;
    while let Some(bytes) = strangers.join_next().await {
        sent += bytes.unwrap();
    }
    let more = server.memory().saturating_sub(before);
    println!("{} MB were sent, and cost {} MB of memory", sent / 1_024 / 1_024, more / 1_024);
    assert!(more <= MEMORY, "{more} kB more");
    let answer = call.tool_call("2", "create_case", &json!({ "description": "It burns." })).await.unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unread_log_stops_nothing() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Everything is logged, so that the pipe is full after a few requests.
    let mut server = Server::new(&org, folder.path()).unread_log("trace");
    let http = http();
    server.start(&http).await;
    let refusals = long_or(20_000, 1_000);
    for _ in 0..refusals {
        let answer = http.post(server.url()).body("{}").send().await.unwrap();
        assert_eq!(answer.status(), 401);
    }
    // Each attempt is a line. In an outage there would be none, so the org is well.
    for turn in 0..2_500 {
        let call = server.call_from(&http, &format!("call {turn}"), &format!("+1415555{turn:04}"));
        let answer =
            call.tool_call("1", "create_case", &json!({ "description": "It smokes." })).await.unwrap();
        assert_eq!(answer.status, 200);
    }
    let dropped = |metrics: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix("voice_crm_log_lines_dropped_total "));
        line.map_or(0, |lines| lines.parse::<u64>().unwrap())
    };
    let begun = Instant::now();
    loop {
        let metrics = http.get(server.metrics_url()).send().await.unwrap().text().await.unwrap();
        if dropped(&metrics) > 0 {
            let refused = format!(
                "voice_crm_webhooks_refused_total{{channel=\"vapi\",reason=\"missing_signature\"}} {refusals}"
            );
            assert!(metrics.lines().any(|line| line == refused), "refusals were not counted:\n{metrics}");
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(15), "dropped lines were not counted:\n{metrics}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (took, well) = server.terminate().await;
    assert!(well && took < Duration::from_secs(15), "it took {took:?}");
}
