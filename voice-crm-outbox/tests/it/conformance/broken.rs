//! Journals that break one promise each; the suite says which.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use voice_crm_outbox::{
    Digest, Job, JobKey, JobStatus, Reference, SinkName, Subject, conformance,
    journal::{
        Claim, Claimed, DeadJob, Enqueued, Erased, JobInfo, Journal, JournalError, JournalStats, Lease,
        LeasedJob, MemoryJournal, Outcome,
    },
};

use crate::journals::store_of_inner;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fault {
    /// Forgets that a lease ran out.
    Unmarked,
    /// Counts a snooze as a failure.
    CountedSnooze,
    /// Hands out what belongs to another sink.
    AnySink,
    /// Puts failing heads among the others.
    Together,
    /// Takes a job for known whatever its digest.
    NoConflict,
    /// Drops memos.
    NoMemo,
    /// Erases nothing.
    KeptAll,
    /// Forgets more than was asked.
    Forgetful,
}

struct Broken(MemoryJournal, Fault);

fn without(lease: &Lease, change: impl Fn(&mut LeasedJob)) -> Lease {
    let mut job = LeasedJob {
        key: lease.key(),
        lane: lease.lane().clone(),
        kind: lease.kind().to_owned().into(),
        body: lease.body().into(),
        may_have_applied: lease.may_have_applied(),
        earlier: lease.earlier().to_vec(),
        memo: lease.memo().map(Into::into),
        attempts: lease.attempts(),
        enqueued_at: lease.enqueued_at(),
    };
    change(&mut job);
    Lease::new(lease.numbers(), job)
}

store_of_inner!(Broken, 0);

#[async_trait]
impl Journal for Broken {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        let known = self.0.status(job.key()).await?;
        match (self.1, known) {
            (Fault::NoConflict, Some((_, status))) => Ok(Enqueued::AlreadyKnown(status)),
            _ => self.0.enqueue(job, live, now).await,
        }
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        let mut claimed = self.0.claim(claim).await?;
        match self.1 {
            Fault::Unmarked => {
                claimed.leases = claimed
                    .leases
                    .iter()
                    .map(|lease| without(lease, |job| job.may_have_applied = false))
                    .collect();
            }
            Fault::NoMemo => {
                claimed.leases =
                    claimed.leases.iter().map(|lease| without(lease, |job| job.memo = None)).collect();
            }
            Fault::AnySink => {
                let mut other = claim.clone();
                other.sink = SinkName::new("texts").unwrap();
                claimed.leases.extend(self.0.claim(&other).await?.leases);
            }
            Fault::Together => claimed.leases.append(&mut claimed.failing),
            _ => {}
        }
        Ok(claimed)
    }

    async fn settle(&self, mut outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        for (_, outcome) in &mut outcomes {
            if let (Fault::CountedSnooze, Outcome::Snooze { at, may_have_applied }) = (self.1, &*outcome) {
                *outcome = Outcome::Retry { at: *at, may_have_applied: *may_have_applied };
            }
        }
        self.0.settle(outcomes, now).await
    }

    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError> {
        self.0.status(key).await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError> {
        self.0.find(reference).await
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError> {
        self.0.dead(limit).await
    }

    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError> {
        self.0.retry(key, now).await
    }

    async fn discard(&self, key: JobKey) -> Result<bool, JournalError> {
        self.0.discard(key).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        let limit = if self.1 == Fault::Forgetful { usize::MAX } else { limit };
        self.0.forget(done_before, limit).await
    }

    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError> {
        if self.1 == Fault::KeptAll { Ok(Erased::default()) } else { self.0.erase(subject).await }
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        self.0.stats().await
    }

    async fn check(&self) -> Result<(), JournalError> {
        self.0.check().await
    }
}

#[tokio::test]
async fn the_suite_names_the_rule_that_a_journal_breaks() {
    for (fault, rule) in [
        (Fault::Unmarked, "a_lease_that_ran_out_comes_back_marked"),
        (Fault::CountedSnooze, "a_retry_counts_an_attempt_and_a_snooze_does_not"),
        (Fault::AnySink, "a_claim_sees_the_lanes_of_its_sink_alone"),
        (Fault::Together, "heads_that_keep_failing_come_apart"),
        (Fault::NoConflict, "the_same_key_for_something_else_is_a_conflict_and_changes_nothing"),
        (Fault::NoMemo, "a_memo_takes_the_place_of_the_one_before"),
        (Fault::KeptAll, "a_memo_goes_when_any_job_of_its_lane_is_erased"),
        (Fault::Forgetful, "no_more_is_forgotten_at_once_than_was_asked"),
    ] {
        let violation = conformance::journal(|| async { Broken(MemoryJournal::new(), fault) })
            .await
            .expect_err("not found");
        assert_eq!(violation.rule(), rule, "{violation}");
        assert!(violation.to_string().contains(rule) && !violation.seen().is_empty());
    }
}
