//! How many jobs a journal takes in a second, each of them on the disk before it is answered.
//!
//! Claims: on SQLite with `synchronous=FULL` at least 20,000 a second at 1,000 clients, because they share
//! transactions; a regression here is a statement, an index or a lock that came into `enqueue`. The peer writes each
//! into a transaction of its own, as one does who has not thought of it.
//!
//! `cargo bench -p benches --bench journal`. The figures depend on the disk: the line of the naive peer at one client
//! is about the number of flushes that it does in a second.
//!
//! With `VOICE_CRM_PG_URL=postgres://user:password@host/database` the journal in PostgreSQL is measured too, each time
//! in a new schema. Claim: at least 3,000 a second at 32 clients.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::{runtime::Runtime, task::JoinSet};
use voice_crm_core::{
    crm::{self, Change, NewCase, RecordRef, Write},
    journal::{Enqueued, Journal, Outcome, PostgresJournal, SqliteJournal},
    outbox::{Digest, Job, JobKey, Lane, Receipt},
    sinks,
};

#[path = "journal/naive.rs"]
mod naive;

/// How many jobs a call makes.
const JOBS_OF_A_CALL: u64 = 10;
const LEASE: Duration = Duration::from_secs(30);

/// What each client does over and over.
#[derive(Clone, Copy)]
enum Work {
    /// Has a job taken in.
    Enqueue,
    /// Has a job taken in, and says that it is done when it got the lease.
    EnqueueAndSettle,
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn main() {
    // Without `--bench` it is a test whether the bench works at all.
    let span = if std::env::args().any(|argument| argument == "--bench") { 4_000 } else { 50 };
    let span = Duration::from_millis(span);
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let runtime = Runtime::new().expect("a runtime");
    for clients in [1, 32, 1_000] {
        for (work, name) in [(Work::Enqueue, "enqueue"), (Work::EnqueueAndSettle, "enqueue and settle")] {
            let name = format!("SQLite, {name}, {clients} clients");
            if name.contains(&wanted) {
                let folder = tempfile::tempdir().expect("a folder");
                let journal = SqliteJournal::open(folder.path().join("journal.db")).expect("a journal");
                report(&name, &runtime.block_on(load(Arc::new(journal), clients, work, span)), span);
            }
            let name = name.replace("SQLite", "PostgreSQL");
            if let Ok(url) = std::env::var("VOICE_CRM_PG_URL")
                && name.contains(&wanted)
            {
                let schema = format!("bench_{}", fastrand::u64(..));
                let options = PostgresJournal::options(&SecretString::from(url)).schema(schema);
                let journal = runtime.block_on(options.connect()).expect("a journal");
                report(&name, &runtime.block_on(load(Arc::new(journal), clients, work, span)), span);
            }
        }
        let name = format!("a transaction for each job, {clients} clients");
        if name.contains(&wanted) {
            let folder = tempfile::tempdir().expect("a folder");
            let journal = naive::NaiveJournal::open(&folder.path().join("naive.db")).expect("a journal");
            report(&name, &runtime.block_on(naive::load(Arc::new(journal), clients, span)), span);
        }
    }
}

/// How many jobs were taken in, and what they cost.
struct Counted {
    jobs: u64,
    /// The longest that 99 of 100 waited.
    p99: Duration,
    cpu: Duration,
}

#[expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "it is what the program is for")]
fn report(name: &str, counted: &Counted, span: Duration) {
    assert!(counted.jobs > 0, "{name}: no job was taken in");
    let jobs = counted.jobs as f64;
    println!(
        "{name:<45} {:>9.0}/s  p99 {:>7.1} ms  {:>6.1} µs of CPU each",
        jobs / span.as_secs_f64(),
        counted.p99.as_secs_f64() * 1e3,
        counted.cpu.as_secs_f64() * 1e6 / jobs.max(1.0),
    );
}

/// Lets clients work side by side, each waiting for one job before the next.
async fn load<J: Journal>(journal: Arc<J>, clients: u64, work: Work, span: Duration) -> Counted {
    measure(clients, span, move |client, number| {
        let journal = journal.clone();
        async move {
            let (job, _) = job(client, number);
            let Ok(enqueued) = journal.enqueue(job, Some(LEASE), Timestamp::now()).await else {
                return false;
            };
            if let (Work::EnqueueAndSettle, Enqueued::Leased(lease)) = (work, enqueued) {
                let outcome = Outcome::Done(receipt());
                return journal.settle(vec![(lease, outcome)], Timestamp::now()).await.is_ok();
            }
            true
        }
    })
    .await
}

/// Runs one step after the other for each of many clients until the time is up.
async fn measure<F>(
    clients: u64,
    span: Duration,
    step: impl Fn(u64, u64) -> F + Clone + Send + 'static,
) -> Counted
where
    F: Future<Output = bool> + Send,
{
    let ended = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    let before = cpu_time();
    for client in 0..clients {
        let (ended, step) = (ended.clone(), step.clone());
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while !ended.load(Ordering::Relaxed) {
                let begun = Instant::now();
                if step(client, waits.len() as u64).await {
                    waits.push(begun.elapsed());
                }
            }
            waits
        });
    }
    tokio::time::sleep(span).await;
    ended.store(true, Ordering::Relaxed);
    let mut waits: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let cpu = cpu_time().saturating_sub(before);
    waits.sort_unstable();
    let p99 = waits.get(waits.len() * 99 / 100).copied().unwrap_or_default();
    Counted { jobs: waits.len() as u64, p99, cpu }
}

/// The time that this process has had on a processor, where the system tells it.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses come the fields from the third on; the times are the 14th and 15th.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// A job as a support call makes it, and its body.
fn job(client: u64, number: u64) -> (Job, Arc<str>) {
    let call = format!("0190c0de-0000-7000-{client:04x}-{:012x}", number / JOBS_OF_A_CALL);
    let index = u32::try_from(number % JOBS_OF_A_CALL).unwrap_or_default();
    let key = JobKey::derive(["bench", "vapi", &call, "tool"], index);
    let case = NewCase {
        subject: "Difference engine stopped".to_owned(),
        description: "It stopped in the middle of a table, and nothing that the caller tried helped. "
            .repeat(6),
        ..NewCase::default()
    };
    let write = Write { key, change: Change::CreateCase(case) };
    let body: Arc<str> = serde_json::to_string(&write).unwrap_or_default().into();
    let lane = Lane::new(&sinks::CRM, &call);
    let job = Job::new(key, lane, write.change.kind(), body.clone());
    (job.digest(Digest::from_bytes(*key.as_bytes())), body)
}

/// What an org gives back for it.
fn receipt() -> Receipt {
    let receipt =
        crm::Receipt { record: Some(RecordRef::new("500000000000001AAA")), ..crm::Receipt::default() };
    Receipt::new(serde_json::to_string(&receipt).unwrap_or_default())
}
