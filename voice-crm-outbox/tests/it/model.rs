//! Random operations on the durable journals, held against the journal in memory.

use std::time::Duration;

use jiff::Timestamp;
use proptest::{prelude::*, test_runner::TestCaseError};
use tokio::runtime::Runtime;
use voice_crm_outbox::{
    Digest, Job, JobKey, JobStatus, Lane, Reason, Receipt, SinkName, Subject,
    journal::{Claim, Enqueued, JobInfo, Journal, Lease, MemoryJournal, Outcome},
};

const LEASE: Duration = Duration::from_secs(30);
const SINKS: [&str; 2] = ["crm", "texts"];
/// How many keys there are.
const KEYS: u32 = 12;

#[derive(Clone, Debug)]
enum Step {
    Enqueue {
        lane: u8,
        number: u32,
        live: bool,
        other_contents: bool,
        after: Option<u32>,
    },
    Claim {
        sink: usize,
        /// Whether those that are well are wanted, and those that keep failing.
        wanted: (bool, bool),
    },
    /// Settles one of the leases handed out so far, also those that ran out.
    Settle {
        which: usize,
        how: u8,
    },
    Retry {
        number: u32,
    },
    Discard {
        number: u32,
    },
    Forget,
    Erase,
    Wait {
        seconds: i64,
    },
    /// The clock is set back by more than an hour.
    SetBack,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let enqueue =
        (0..3_u8, 0..KEYS, any::<bool>(), prop::bool::weighted(0.1), prop::option::weighted(0.2, 0..KEYS));
    let wanted = prop_oneof![6 => Just((true, true)), 1 => Just((true, false)), 1 => Just((false, true))];
    let step = prop_oneof![
        6 => enqueue.prop_map(|(lane, number, live, other_contents, after)| {
            Step::Enqueue { lane, number, live, other_contents, after }
        }),
        5 => (0..SINKS.len(), wanted).prop_map(|(sink, wanted)| Step::Claim { sink, wanted }),
        8 => (any::<usize>(), 0..9_u8).prop_map(|(which, how)| Step::Settle { which, how }),
        1 => (0..KEYS).prop_map(|number| Step::Retry { number }),
        1 => (0..KEYS).prop_map(|number| Step::Discard { number }),
        1 => Just(Step::Forget),
        1 => Just(Step::Erase),
        3 => prop_oneof![3 => 1..10_i64, 1 => 10..90_i64].prop_map(|seconds| Step::Wait { seconds }),
        1 => prop::bool::weighted(0.1).prop_map(|back| {
            if back { Step::SetBack } else { Step::Wait { seconds: 1 } }
        }),
    ];
    prop::collection::vec(step, 1..80)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn key(number: u32) -> JobKey {
    JobKey::derive(["model"], number)
}

fn person() -> Subject {
    Subject::new("a person")
}

/// The job of a number. Its lane and sink go with the number, as they do in a call.
fn job(lane: u8, number: u32) -> Job {
    let sink = SINKS[usize::from(number.is_multiple_of(5))];
    let lane = Lane::from_text(format!("{sink}/lane {}", u32::from(lane) + number % 2 * 10));
    let kind = if number.is_multiple_of(2) { "save" } else { "send" };
    let job = Job::new(key(number), lane, kind, format!("body {number}"));
    job.subject(number.is_multiple_of(3).then(person))
}

/// A journal, and the leases that it has handed out.
struct Held<J> {
    journal: J,
    leases: Vec<Lease>,
}

fn show(lease: &Lease) -> String {
    format!(
        "{} {} {} {} {} {} {:?} {:?} {}",
        lease.key(),
        lease.lane().as_str(),
        lease.kind(),
        lease.body(),
        lease.may_have_applied(),
        lease.attempts(),
        lease.earlier(),
        lease.memo(),
        lease.enqueued_at(),
    )
}

/// All of a status, also what `Debug` hides.
fn show_status(status: &JobStatus) -> String {
    match status {
        JobStatus::Pending => "pending".to_owned(),
        JobStatus::Done(receipt) => format!("done: {receipt}"),
        JobStatus::Dead(reason) => format!("dead: {}", show_reason(reason)),
    }
}

fn show_reason(Reason { code, sentence }: &Reason) -> String {
    format!("{code}: {sentence}")
}

fn show_info(JobInfo { key, kind, lane, status, enqueued_at, attempts }: &JobInfo) -> String {
    let status = show_status(status);
    format!("{key} {kind} {} {status} {enqueued_at} {attempts}", lane.as_str())
}

impl<J: Journal> Held<J> {
    fn new(journal: J) -> Self {
        Self { journal, leases: Vec::new() }
    }

    /// Does one step, and says all that can be seen of it.
    async fn step(&mut self, step: &Step, now: i64) -> String {
        let seen = self.act(step, now).await;
        let (mut statuses, mut found) = (Vec::new(), Vec::new());
        for number in 0..KEYS {
            let status = self.journal.status(key(number)).await.unwrap();
            statuses.push(status.map(|(digest, status)| (digest, show_status(&status))));
            let named = self.journal.find(&key(number).reference()).await.unwrap();
            found.push(named.iter().map(show_info).collect::<Vec<_>>());
        }
        let mut dead = self.journal.dead(99).await.unwrap();
        dead.sort_by_key(|dead| dead.key);
        let dead: Vec<_> = dead
            .iter()
            .map(|dead| (dead.key, &dead.body, show_reason(&dead.reason), dead.attempts))
            .collect();
        format!("{seen} {statuses:?} {found:?} {dead:?} {:?}", self.journal.stats().await.unwrap())
    }

    async fn act(&mut self, step: &Step, now: i64) -> String {
        let now_at = at(now);
        match step {
            Step::Enqueue { lane, number, live, other_contents, after } => {
                let mut job = job(*lane, *number);
                // Waiting goes one way, so that no two wait for one another.
                if let Some(other) = after.filter(|other| other < number) {
                    job = job.after(key(other));
                }
                if *other_contents {
                    job = job.digest(Digest::from_bytes([9; 16]));
                }
                match self.journal.enqueue(job, live.then_some(LEASE), now_at).await.unwrap() {
                    Enqueued::Leased(lease) => {
                        let seen = show(&lease);
                        self.leases.push(lease);
                        seen
                    }
                    Enqueued::AlreadyKnown(status) => show_status(&status),
                    other => format!("{other:?}"),
                }
            }
            Step::Claim { sink, wanted: (well, failing) } => {
                // All at a time, because lanes that fell due at the same moment may come in any order.
                let limits = (if *well { 100 } else { 0 }, if *failing { 100 } else { 0 });
                let claim = Claim::new(SinkName::new(SINKS[*sink]).unwrap(), now_at, LEASE, limits);
                let claimed = self.journal.claim(&claim).await.unwrap();
                let mut seen = Vec::new();
                for mut leases in [claimed.leases, claimed.failing] {
                    leases.sort_by_key(Lease::key);
                    seen.push(leases.iter().map(show).collect::<Vec<_>>());
                    self.leases.extend(leases);
                }
                format!("{seen:?} {:?}", claimed.next_due)
            }
            Step::Settle { which, how } => {
                if let Some(lease) =
                    (!self.leases.is_empty()).then(|| &self.leases[which % self.leases.len()])
                {
                    let outcome = outcome(*which, *how, now);
                    self.journal.settle(vec![(lease.clone(), outcome)], now_at).await.unwrap();
                }
                String::new()
            }
            Step::Retry { number } => format!("{}", self.journal.retry(key(*number), now_at).await.unwrap()),
            Step::Discard { number } => format!("{}", self.journal.discard(key(*number)).await.unwrap()),
            Step::Forget => format!("{}", self.journal.forget(at(now - 10), 100).await.unwrap()),
            Step::Erase => format!("{:?}", self.journal.erase(&person()).await.unwrap()),
            Step::Wait { .. } | Step::SetBack => String::new(),
        }
    }
}

fn outcome(which: usize, how: u8, now: i64) -> Outcome {
    let which = which % 100;
    let receipt = Receipt::new(format!("receipt {which}"));
    match how {
        0 => Outcome::Dead(Reason::new("RULE", "a rule refuses it")),
        1 => Outcome::Retry { at: at(now + 7), may_have_applied: true },
        // Often at once, so that heads come to fail often.
        2..=4 => Outcome::Retry { at: at(now), may_have_applied: false },
        5 => Outcome::Snooze { at: at(now + 3), may_have_applied: false },
        6 => Outcome::Snooze { at: at(now), may_have_applied: which.is_multiple_of(2) },
        7 => Outcome::Done(receipt.with_memo(format!("memo {which}"))),
        _ => Outcome::Done(receipt),
    }
}

/// Holds a journal against the one in memory, step by step.
fn hold<J: Journal>(runtime: &Runtime, journal: J, steps: &[Step]) -> Result<(), TestCaseError> {
    let (mut model, mut held) = (Held::new(MemoryJournal::new()), Held::new(journal));
    let (mut now, mut set_back) = (0, false);
    for step in steps {
        now += match step {
            Step::Wait { seconds } => *seconds,
            Step::SetBack => -86_400,
            _ => 0,
        };
        set_back |= matches!(step, Step::SetBack);
        if set_back && matches!(step, Step::Forget) {
            // A journal may keep more then.
            continue;
        }
        let expected = runtime.block_on(model.step(step, now));
        let found = runtime.block_on(held.step(step, now));
        prop_assert_eq!(expected, found, "at {:?}", step);
    }
    Ok(())
}

/// How many cases are tried; `PROPTEST_CASES` says it otherwise.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(48), ..ProptestConfig::default() })]

    #[test]
    fn two_journals_in_memory_behave_alike(steps in steps()) {
        hold(&runtime(), MemoryJournal::new(), &steps)?;
    }
}

#[cfg(feature = "sqlite")]
proptest! {
    #![proptest_config(ProptestConfig { cases: cases(48), ..ProptestConfig::default() })]

    #[test]
    fn a_journal_on_disk_behaves_as_the_one_in_memory(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.db");
        hold(&runtime(), voice_crm_outbox::journal::SqliteJournal::open(file).unwrap(), &steps)?;
    }
}

#[cfg(all(unix, feature = "postgres"))]
proptest! {
    // Each makes a schema, and each step is some dozen questions to the server.
    #![proptest_config(ProptestConfig { cases: cases(16), ..ProptestConfig::default() })]

    #[test]
    fn a_journal_in_postgresql_behaves_as_the_one_in_memory(steps in steps()) {
        let Some(cluster) = crate::cluster::shared() else { return Ok(()) };
        let runtime = runtime();
        let journal = runtime.block_on(cluster.options().connect()).unwrap();
        hold(&runtime, journal, &steps)?;
    }
}
