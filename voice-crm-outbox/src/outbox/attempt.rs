//! One attempt at leased jobs: what the sink says of each, and what is to become of it.

use std::{collections::HashMap, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::{sync::mpsc, time::timeout_at};

use super::{
    pace::Health,
    policy::Failed,
    telemetry,
    worker::{Settled, Worker},
};
use crate::{
    Attempt, SinkError, SinkErrorKind, Urgency,
    deadline::Deadline,
    journal::{Lease, Outcome},
    sink::{Answered, GRACE, unanswered},
};

/// Jobs that failed together this often have a failure of their own after all.
const OFTEN: u32 = 10;

impl Worker {
    /// Has the sink do leased jobs. `settled` hears what is to become of them: of those that are done as soon as it is
    /// known, of the others when all is known.
    pub(super) async fn attempt(
        &self,
        leases: &[Lease],
        urgency: Urgency,
        deadline: Deadline,
        mut settled: impl FnMut(Settled),
    ) -> Health {
        tracing::debug!(sink = %self.name, ?urgency, jobs = leases.len(), "an attempt begins");
        let (answers, mut heard) = mpsc::unbounded_channel();
        let attempts = leases.iter().cloned().enumerate();
        let attempts = attempts.map(|(place, lease)| Attempt::new(lease, place, answers.clone())).collect();
        drop(answers);
        let mut results = Results::new(leases);
        let applying = AssertUnwindSafe(self.sink.apply(attempts, urgency, deadline)).catch_unwind();
        let applied = timeout_at(deadline.tokio() + GRACE, async {
            let mut applying = std::pin::pin!(applying);
            loop {
                tokio::select! {
                    biased;
                    answer = heard.recv() => match answer {
                        Some(answer) => settled(results.take(answer)),
                        // All of them are answered.
                        None => return Ok(()),
                    },
                    applied = &mut applying => return applied,
                }
            }
        });
        if matches!(applied.await, Ok(Err(_panic))) {
            tracing::error!(sink = %self.name, "the sink panicked");
        }
        heard.close();
        while let Ok(answer) = heard.try_recv() {
            settled(results.take(answer));
        }
        let health = results.health();
        settled(self.decide(results, health));
        health
    }

    /// What becomes of the jobs that failed.
    fn decide(&self, results: Results<'_>, health: Health) -> Settled {
        let now = self.shared.clock.now();
        let outage = matches!(health, Health::Failing | Health::Unknown) && self.is_outage();
        let reasons = Reasons::of(&results, outage);
        // What failed together comes back together, and shares the next request as well.
        let common = fastrand::f64();
        let mut decided = Vec::new();
        for (lease, error) in results.failed() {
            let shared = reasons.shared_attempts(&error);
            let random = if shared.is_some() { common } else { fastrand::f64() };
            let counted = shared.unwrap_or_else(|| lease.attempts());
            let outcome = self.failed(lease, &error, (counted, outage), now, random);
            decided.push((lease.clone(), outcome));
        }
        decided
    }

    fn failed(
        &self,
        lease: &Lease,
        error: &SinkError,
        (counted, outage): (u32, bool),
        now: Timestamp,
        random: f64,
    ) -> Outcome {
        if error.kind() != SinkErrorKind::InProgress {
            telemetry::attempt_failed(lease, error);
        }
        // Nobody has looked yet whether the attempt before this refusal has done it.
        let may_stand =
            error.kind() == SinkErrorKind::Refused && error.may_have_applied() && !lease.may_have_applied();
        let outcome = if may_stand {
            Outcome::Retry { at: now, may_have_applied: true }
        } else {
            let (attempts, enqueued_at) = (lease.attempts(), lease.enqueued_at());
            let failed = Failed { attempts, enqueued_at, counted, outage };
            self.policy.failed(error, failed, now, random)
        };
        telemetry::attempt_ended(lease, &outcome);
        outcome
    }
}

/// What the sink said of the jobs of a batch.
struct Results<'a> {
    leases: &'a [Lease],
    /// `None` until it is answered; the error of one that failed.
    answers: Vec<Option<Result<(), SinkError>>>,
}

impl<'a> Results<'a> {
    fn new(leases: &'a [Lease]) -> Self {
        Self { leases, answers: leases.iter().map(|_| None).collect() }
    }

    /// Notes an answer; gives what is to be settled at once.
    fn take(&mut self, (place, result): Answered) -> Settled {
        let (Some(lease), Some(answer)) = (self.leases.get(place), self.answers.get_mut(place)) else {
            return Vec::new();
        };
        match result {
            Ok(receipt) => {
                *answer = Some(Ok(()));
                let outcome = Outcome::Done(receipt);
                telemetry::attempt_ended(lease, &outcome);
                vec![(lease.clone(), outcome)]
            }
            Err(error) => {
                *answer = Some(Err(error));
                Vec::new()
            }
        }
    }

    fn health(&mut self) -> Health {
        for answer in &mut self.answers {
            answer.get_or_insert_with(|| Err(unanswered()));
        }
        Health::of(self.errors())
    }

    fn errors(&self) -> impl Iterator<Item = (u32, Option<&SinkError>)> {
        self.leases.iter().zip(&self.answers).map(|(lease, answer)| {
            (lease.attempts(), answer.as_ref().and_then(|answer| answer.as_ref().err()))
        })
    }

    fn failed(self) -> impl Iterator<Item = (&'a Lease, SinkError)> {
        let both = self.leases.iter().zip(self.answers);
        both.filter_map(|(lease, answer)| Some((lease, answer?.err()?)))
    }
}

/// How many jobs of a batch failed for each reason, and how often the one that failed least had failed.
struct Reasons {
    groups: HashMap<(SinkErrorKind, Option<String>), (usize, u32)>,
    outage: bool,
}

impl Reasons {
    fn of(results: &Results<'_>, outage: bool) -> Self {
        let mut groups = HashMap::new();
        for (attempts, error) in results.errors() {
            let Some(error) = error else { continue };
            let (times, least) = groups.entry(reason(error)).or_insert((0, u32::MAX));
            *times += 1;
            *least = attempts.min(*least);
        }
        Self { groups, outage }
    }

    /// The number of attempts that sets the pause of a job that failed together with others, so that they come back
    /// together; `None` for a job that failed by itself.
    fn shared_attempts(&self, error: &SinkError) -> Option<u32> {
        let (times, least) = *self.groups.get(&reason(error))?;
        if error.kind().is_of_the_job() || (times == 1 && !self.outage) {
            return None;
        }
        // In an outage it is the whole background that pauses; the jobs themselves are due again after it.
        Some(if self.outage { 0 } else { least.saturating_sub(OFTEN) })
    }
}

fn reason(error: &SinkError) -> (SinkErrorKind, Option<String>) {
    (error.kind(), error.code().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Job, JobKey, Lane, Receipt, SinkName, journal::LeasedJob};

    fn leases(attempts: &[u32]) -> Vec<Lease> {
        let lane = Lane::new(&SinkName::new("sink").unwrap(), "lane");
        let lease = |(number, attempts): (u8, &u32)| {
            let job = Job::new(JobKey::from_bytes([number; 16]), lane.clone(), "kind", "body");
            let first = LeasedJob::first(&job, Vec::new(), None, Timestamp::UNIX_EPOCH);
            Lease::new((i64::from(number), 1), LeasedJob { attempts: *attempts, ..first })
        };
        (0..).zip(attempts).map(lease).collect()
    }

    fn shared(attempts: &[u32], kind: SinkErrorKind, taken: usize, outage: bool) -> Option<u32> {
        let leases = leases(attempts);
        let mut results = Results::new(&leases);
        let failed = || SinkError::new(kind, "no");
        for place in 0..leases.len() {
            results.take((place, if place < taken { Ok(Receipt::default()) } else { Err(failed()) }));
        }
        Reasons::of(&results, outage).shared_attempts(&failed())
    }

    #[test]
    fn what_fails_together_is_reckoned_together_and_backs_off_when_it_is_always_the_same_few() {
        use SinkErrorKind::{Transient, Unavailable};
        assert_eq!(shared(&[0, 5], Unavailable, 1, false), None, "one by itself");
        assert_eq!(shared(&[0, 5, 7], Unavailable, 1, false), Some(0), "two of them, for now");
        assert_eq!(shared(&[0, 15, 17], Unavailable, 1, false), Some(5), "the same two again and again");
        assert_eq!(shared(&[19], Unavailable, 0, true), Some(0), "an outage");
        assert_eq!(shared(&[9, 9, 9], Transient, 1, false), None, "each has a reason of its own");
    }
}
