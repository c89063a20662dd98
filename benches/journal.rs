//! How many writes a journal takes in a second, each of them on the disk before it is answered.
//!
//! Claims: on SQLite with `synchronous=FULL` at least 20,000 a second at 1,000 clients, because they share
//! transactions; a regression here is a statement, an index or a lock that came into `accept`. The peer writes each
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
    call::CallId,
    crm::{Change, JobKey, NewCase, Receipt, RecordRef, Write},
    journal::{Accepted, Digest, Entry, Journal, Lane, PostgresJournal, Settlement, SqliteJournal},
};

#[path = "journal/naive.rs"]
mod naive;

/// How many writes a call makes.
const WRITES_OF_A_CALL: u64 = 10;
const LEASE: Duration = Duration::from_secs(30);

/// What each client does over and over.
#[derive(Clone, Copy)]
enum Work {
    /// Has a write taken in.
    Accept,
    /// Has a write taken in, and says that it is done when it got the lease.
    AcceptAndSettle,
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn main() {
    // Without `--bench` it is a test whether the bench works at all.
    let span = if std::env::args().any(|argument| argument == "--bench") { 4_000 } else { 50 };
    let span = Duration::from_millis(span);
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let runtime = Runtime::new().expect("a runtime");
    for clients in [1, 32, 1_000] {
        for (work, name) in [(Work::Accept, "accept"), (Work::AcceptAndSettle, "accept and settle")] {
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
        let name = format!("a transaction for each write, {clients} clients");
        if name.contains(&wanted) {
            let folder = tempfile::tempdir().expect("a folder");
            let journal = naive::NaiveJournal::open(&folder.path().join("naive.db")).expect("a journal");
            report(&name, &runtime.block_on(naive::load(Arc::new(journal), clients, span)), span);
        }
    }
}

/// How many writes were taken in, and what they cost.
struct Counted {
    writes: u64,
    /// The longest that 99 of 100 waited.
    p99: Duration,
    cpu: Duration,
}

#[expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "it is what the program is for")]
fn report(name: &str, counted: &Counted, span: Duration) {
    let writes = counted.writes as f64;
    println!(
        "{name:<45} {:>9.0}/s  p99 {:>7.1} ms  {:>6.1} µs of CPU each",
        writes / span.as_secs_f64(),
        counted.p99.as_secs_f64() * 1e3,
        counted.cpu.as_secs_f64() * 1e6 / writes.max(1.0),
    );
}

/// Lets clients work side by side, each waiting for one write before the next.
async fn load<J: Journal>(journal: Arc<J>, clients: u64, work: Work, span: Duration) -> Counted {
    measure(clients, span, move |client, number| {
        let journal = journal.clone();
        async move {
            let Ok(accepted) = journal.accept(entry(client, number), Some(LEASE), Timestamp::now()).await
            else {
                return false;
            };
            if let (Work::AcceptAndSettle, Accepted::Leased(lease)) = (work, accepted) {
                let receipt =
                    Receipt { record: Some(RecordRef::new("500000000000001AAA")), ..Receipt::default() };
                return journal
                    .settle(vec![(lease, Settlement::Done(receipt))], Timestamp::now())
                    .await
                    .is_ok();
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
    Counted { writes: waits.len() as u64, p99, cpu }
}

/// The time that this process has had on a processor, where the system tells it.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses come the fields from the third on; the times are the 14th and 15th.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// A write as a support call makes it.
fn entry(client: u64, number: u64) -> Entry {
    let call = format!("0190c0de-0000-7000-{client:04x}-{:012x}", number / WRITES_OF_A_CALL);
    let key = JobKey::new(
        "bench",
        "vapi",
        &CallId::from(call.as_str()),
        "tool",
        u32::try_from(number % WRITES_OF_A_CALL).unwrap_or_default(),
    );
    let case = NewCase {
        subject: "Difference engine stopped".to_owned(),
        description: "It stopped in the middle of a table, and nothing that the caller tried helped. "
            .repeat(6),
        ..NewCase::default()
    };
    let digest = Digest::from_bytes(*key.as_bytes());
    let write = Arc::new(Write { key, change: Change::CreateCase(case) });
    Entry { lane: Lane::new(call), write, digest, caller: None }
}
