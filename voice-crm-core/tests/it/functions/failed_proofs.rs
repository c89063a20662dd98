//! Failed proofs: counted in the store, so that neither moment nor restart nor replica lets anybody guess more often.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use voice_crm_core::{
    Bridge,
    bridge::BridgeBuilder,
    caller::ProofLimits,
    crm::RecordRef,
    function::{Answer, CallContext, Spec},
    journal::{Journal, MemoryJournal},
    phone::{PhoneNumber, Region},
};

use super::{guessing::ask, verify::careful};
use crate::stage::{NUMBER, Stage, bare_builder, org, sqlite};

#[derive(Deserialize, JsonSchema)]
struct Guess {
    word: String,
}

/// Counts how many guesses at one contact were judged.
fn guessing(builder: BridgeBuilder, judged: &Arc<AtomicU32>) -> BridgeBuilder {
    let judged = judged.clone();
    let guess = move |cx: Arc<CallContext>, args: Guess| {
        let judged = judged.clone();
        async move {
            let attempt = cx.try_proof(Some(&contact()), &args.word).await?;
            judged.fetch_add(1, Ordering::Relaxed);
            // As in a process that is killed before the verdict.
            drop(attempt);
            Ok(Answer::say("wrong"))
        }
    };
    builder.closure("guess", Spec::write("Guesses."), guess)
}

fn contact() -> RecordRef {
    RecordRef::new("003000000000001AAA")
}

fn guessed_at(journal: impl Journal, judged: &Arc<AtomicU32>) -> Bridge {
    let builder = bare_builder("http://127.0.0.1:9", journal).proof_limits(ProofLimits::new().per_contact(7));
    guessing(builder, judged).start().unwrap()
}

/// So many guesses at one moment, each on a call of its own, over all these bridges.
async fn guess_at_once(bridges: &[&Bridge], round: u32) {
    let guesses = (0..40).map(|index| async move {
        let bridge = bridges[index % bridges.len()];
        let call = format!("{round} {index}");
        ask(bridge, None, (&call, "1"), "guess", json!({ "word": call })).await
    });
    futures_util::future::join_all(guesses).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_the_same_moment_do_not_exceed_the_limit() {
    let judged = Arc::new(AtomicU32::new(0));
    let bridge = guessed_at(MemoryJournal::new(), &judged);
    for round in 0..3 {
        guess_at_once(&[&bridge], round).await;
    }
    assert_eq!(judged.load(Ordering::Relaxed), 7);
}

#[tokio::test]
async fn a_restart_forgets_no_failure_and_an_operator_undoes_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let judged = Arc::new(AtomicU32::new(0));
    for round in 0..2 {
        let bridge = guessed_at(sqlite(&file).await, &judged);
        for index in 0..5 {
            let call = format!("{round} {index}");
            ask(&bridge, None, (&call, "1"), "guess", json!({ "word": call })).await;
        }
        bridge.shutdown(std::time::Duration::from_secs(5)).await;
    }
    assert_eq!(judged.load(Ordering::Relaxed), 7, "five before the restart, two after it");

    let bridge = guessed_at(sqlite(&file).await, &judged);
    let locks = bridge.proof_locks();
    let [locked] = &locks.list(10).await.unwrap()[..] else { panic!("one contact is locked") };
    assert_eq!(locked.failures, 7);
    assert!(!locks.unlock_named(&"0".repeat(32)).await.unwrap());
    assert!(!locks.unlock_contact(&RecordRef::new("003000000000002AAA")).await.unwrap());
    assert!(locks.unlock_named(&locked.name).await.unwrap());
    guess_at_once(&[&bridge], 9).await;
    assert_eq!(judged.load(Ordering::Relaxed), 14);
    assert!(locks.unlock_contact(&contact()).await.unwrap());
    guess_at_once(&[&bridge], 10).await;
    assert_eq!(judged.load(Ordering::Relaxed), 21);
}

#[tokio::test]
async fn what_was_refused_unjudged_counts_when_it_is_judged_after_all() {
    let judged = Arc::new(AtomicU32::new(0));
    let builder = bare_builder("http://127.0.0.1:9", MemoryJournal::new());
    let builder = builder.proof_limits(ProofLimits::new().per_contact(1));
    let bridge = guessing(builder, &judged).start().unwrap();
    let guess = async |call: &str, id: &str| {
        ask(&bridge, None, (call, id), "guess", json!({ "word": call })).await;
        let failures = bridge.proof_locks().list(10).await.unwrap();
        (judged.load(Ordering::Relaxed), failures.first().map_or(0, |failed| failed.failures))
    };
    assert_eq!(guess("one", "1").await, (1, 1));
    assert_eq!(guess("two", "1").await, (1, 1), "the limit is used up");
    assert!(bridge.proof_locks().unlock_contact(&contact()).await.unwrap());
    assert_eq!(guess("two", "2").await, (2, 1), "the same on the same call, judged for the first time");
    assert_eq!(guess("two", "3").await, (3, 1), "judging it again tells nothing");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_bridges_on_one_database_count_together() {
    let Some(cluster) = crate::cluster::shared() else { return };
    let options = cluster.options();
    let judged = Arc::new(AtomicU32::new(0));
    let one = guessed_at(options.clone().connect().await.unwrap(), &judged);
    let other = guessed_at(options.connect().await.unwrap(), &judged);
    for round in 0..3 {
        guess_at_once(&[&one, &other], round).await;
    }
    assert_eq!(judged.load(Ordering::Relaxed), 7);
    let seen = other.proof_locks().list(10).await.unwrap();
    assert_eq!(seen, one.proof_locks().list(10).await.unwrap());
    assert_eq!(seen[0].failures, 7);
}

#[tokio::test]
async fn the_same_guess_at_two_bridges_is_one_and_a_right_one_counts_at_neither() {
    let journal = Arc::new(MemoryJournal::new());
    let start = |org: &salesforce_emulator::Org| {
        let builder = bare_builder(org.url(), MemoryJournal::new());
        builder.shared_journal(journal.clone()).support_desk_with(careful()).start().unwrap()
    };
    let org = org().start().await.unwrap();
    let (one, other) = (start(&org), start(&org));
    let stage = Stage::of(org, one);
    let caller = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    let verify = async |bridge: &Bridge, id: &str, ending: &str| {
        ask(bridge, Some(&caller), ("c", id), "verify_caller", json!({ "account_ending": ending })).await
    };
    for bridge in [&stage.bridge, &other] {
        assert!(verify(bridge, "1", "9999").await.contains("not what we have on file"));
    }
    assert_eq!(other.proof_locks().list(10).await.unwrap()[0].failures, 1);
    for bridge in [&stage.bridge, &other] {
        assert_eq!(verify(bridge, "2", "1001").await, "Thank you, that is right.");
    }
    assert_eq!(other.proof_locks().list(10).await.unwrap()[0].failures, 1);
}

#[tokio::test]
async fn a_lock_is_logged_and_counted_and_shows_nothing_of_anybody() {
    let (log, counted) = (Log::default(), Counted::default());
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let _counted = metrics::set_default_local_recorder(&counted);
    let desk = careful();
    let org = org().start().await.unwrap();
    let builder = bare_builder(org.url(), MemoryJournal::new()).support_desk_with(desk);
    let stage = Stage::of(org, builder.proof_limits(ProofLimits::new().per_contact(2)).start().unwrap());
    for (id, ending) in [("1", "9999"), ("2", "9998"), ("3", "9997")] {
        stage.tool("c", id, "verify_caller", json!({ "account_ending": ending })).await;
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("too many proofs have failed")).collect();
    let name = &stage.bridge.proof_locks().list(10).await.unwrap()[0].name;
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains("contact") && lines[0].contains(name.as_str()), "{}", lines[0]);
    for shown in [&stage.contact, &NUMBER[1..], "999", "Lovelace"] {
        assert!(!lines[0].contains(shown), "{}", lines[0]);
    }
    let counted = counted.0.lock().unwrap().clone();
    assert_eq!(counted.iter().filter(|name| *name == "voice_crm_proof_locks_total scope=contact").count(), 1);
    assert_eq!(counted.iter().filter(|name| *name == "voice_crm_proofs_failed_total").count(), 2);
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Keeps the names and labels of the counters that are asked for, which here each counts one.
#[derive(Clone, Default)]
struct Counted(Arc<Mutex<Vec<String>>>);

impl metrics::Recorder for Counted {
    fn describe_counter(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_gauge(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_histogram(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}

    fn register_counter(&self, key: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Counter {
        let labels = key.labels().map(|label| format!(" {}={}", label.key(), label.value()));
        self.0.lock().unwrap().push(format!("{}{}", key.name(), labels.collect::<String>()));
        metrics::Counter::noop()
    }

    fn register_gauge(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Gauge {
        metrics::Gauge::noop()
    }

    fn register_histogram(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Histogram {
        metrics::Histogram::noop()
    }
}
