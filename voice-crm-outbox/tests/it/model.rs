//! Random operations on the durable journals, held against the journal in memory.

use proptest::{prelude::*, test_runner::TestCaseError};
use tokio::runtime::Runtime;
use voice_crm_core::journal::{
    Accepted, Digest, Entry, Journal, Lease, MemoryJournal, Settlement, SqliteJournal,
};

use super::{LEASE, at, entry, key, phone, reason, receipt};
use crate::stage::NUMBER;

#[derive(Clone, Debug)]
enum Step {
    Accept {
        lane: u8,
        number: u32,
        live: bool,
        other_contents: bool,
    },
    Claim,
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
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..4_u8, 0..12_u32, any::<bool>(), prop::bool::weighted(0.1)).prop_map(
            |(lane, number, live, other_contents)| Step::Accept { lane, number, live, other_contents }
        ),
        3 => Just(Step::Claim),
        4 => (any::<usize>(), 0..4_u8).prop_map(|(which, how)| Step::Settle { which, how }),
        1 => (0..12_u32).prop_map(|number| Step::Retry { number }),
        1 => (0..12_u32).prop_map(|number| Step::Discard { number }),
        1 => Just(Step::Forget),
        1 => Just(Step::Erase),
        2 => (1..40_i64).prop_map(|seconds| Step::Wait { seconds }),
    ];
    prop::collection::vec(step, 1..60)
}

/// A journal, and the leases that it has handed out.
struct Subject<J> {
    journal: J,
    leases: Vec<Lease>,
}

fn show(lease: &Lease) -> String {
    let attempt = lease.attempt();
    format!("{} {} {} {:?}", attempt.write.key, attempt.may_exist, lease.attempts(), attempt.earlier)
}

impl<J: Journal> Subject<J> {
    fn new(journal: J) -> Self {
        Self { journal, leases: Vec::new() }
    }

    /// Does one step, and says all that can be seen of it.
    async fn step(&mut self, step: &Step, now: i64) -> String {
        let now_at = at(now);
        let seen = match step {
            Step::Accept { lane, number, live, other_contents } => {
                // The lane goes with the key, as it does in a call.
                let mut entry: Entry =
                    entry(&format!("lane {}", u32::from(*lane) + number % 2 * 10), *number);
                entry.caller = (number % 3 == 0).then(|| phone(NUMBER));
                if *other_contents {
                    entry.digest = Digest::from_bytes([9; 16]);
                }
                match self.journal.accept(entry, live.then_some(LEASE), now_at).await.unwrap() {
                    Accepted::Leased(lease) => {
                        let seen = show(&lease);
                        self.leases.push(lease);
                        seen
                    }
                    other => format!("{other:?}"),
                }
            }
            // All at a time, because lanes that fell due at the same moment may come in any order.
            Step::Claim => {
                let claimed = self.journal.claim(now_at, LEASE, 100).await.unwrap();
                let mut leases = claimed.leases;
                leases.sort_by_key(|lease| lease.attempt().write.key);
                let seen: Vec<_> = leases.iter().map(show).collect();
                self.leases.extend(leases);
                format!("{seen:?} {:?}", claimed.next_due)
            }
            Step::Settle { which, how } => {
                let Some(lease) = (!self.leases.is_empty()).then(|| &self.leases[which % self.leases.len()])
                else {
                    return String::new();
                };
                let settlement = match how {
                    0 => Settlement::Dead(reason()),
                    1 => Settlement::Retry { at: at(now + 7), may_exist: true },
                    2 => Settlement::Retry { at: at(now + 3), may_exist: false },
                    _ => Settlement::Done(receipt(u32::try_from(which % 100).unwrap())),
                };
                self.journal.settle(vec![(lease.clone(), settlement)], now_at).await.unwrap();
                String::new()
            }
            Step::Retry { number } => format!("{}", self.journal.retry(key(*number), now_at).await.unwrap()),
            Step::Discard { number } => format!("{}", self.journal.discard(key(*number)).await.unwrap()),
            Step::Forget => format!("{}", self.journal.forget(at(now - 10), 100).await.unwrap()),
            Step::Erase => format!("{:?}", self.journal.erase(&phone(NUMBER)).await.unwrap()),
            Step::Wait { .. } => String::new(),
        };
        let mut standings = Vec::new();
        for number in 0..12 {
            standings.push(self.journal.standing(key(number)).await.unwrap().map(|(_, standing)| standing));
        }
        format!("{seen} {standings:?} {:?}", self.journal.stats().await.unwrap())
    }
}

/// Holds a journal against the one in memory, step by step.
fn hold<J: Journal>(runtime: &Runtime, journal: J, steps: &[Step]) -> Result<(), TestCaseError> {
    let (mut model, mut subject) = (Subject::new(MemoryJournal::new()), Subject::new(journal));
    let mut now = 0;
    for step in steps {
        if let Step::Wait { seconds } = step {
            now += seconds;
        }
        let expected = runtime.block_on(model.step(step, now));
        let found = runtime.block_on(subject.step(step, now));
        prop_assert_eq!(expected, found, "at {:?}", step);
    }
    Ok(())
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_journal_on_disk_behaves_as_the_one_in_memory(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        hold(&runtime(), SqliteJournal::open(folder.path().join("journal.db")).unwrap(), &steps)?;
    }
}

#[cfg(unix)]
proptest! {
    // Each makes a schema, and each step is a dozen questions to the server.
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_journal_in_postgresql_behaves_as_the_one_in_memory(steps in steps()) {
        let Some(cluster) = super::cluster::shared() else { return Ok(()) };
        let runtime = runtime();
        let journal = runtime.block_on(cluster.options().connect()).unwrap();
        hold(&runtime, journal, &steps)?;
    }
}
