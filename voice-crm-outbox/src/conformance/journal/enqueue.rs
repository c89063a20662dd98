//! Taking a job in.

use super::jobs::{
    LEASE, OTHER_SINK, SINK, at, body, claim, claim_one, claim_some, done, due, job, job_for, key, lease,
    queue, reason, receipt, settle, status,
};
use crate::{
    Digest, JobStatus,
    conformance::{
        Rule,
        rule::{Check, Seen, holds, rules, same},
    },
    journal::{Enqueued, Journal, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    the_same_job_twice_is_one_job_and_gives_its_status,
    a_repeat_of_a_dead_job_hears_that_it_is_dead,
    the_same_key_for_something_else_is_a_conflict_and_changes_nothing,
    a_job_that_nobody_waits_for_is_due_at_once,
    only_the_first_job_of_an_idle_lane_is_leased_to_whoever_brings_it,
    a_lease_carries_the_whole_job,
    lanes_of_one_name_before_two_sinks_are_two_lanes,
    a_lane_that_is_idle_again_is_as_good_as_new,
];

async fn known(journal: &dyn Journal, digest: Digest, seconds: i64) -> Result<JobStatus, Seen> {
    match journal.enqueue(job("a", 1).digest(digest), Some(LEASE), at(seconds)).await? {
        Enqueued::AlreadyKnown(status) => Ok(status),
        other => Err(Seen::new(format!("a repeat was to be AlreadyKnown, but was {other:?}"))),
    }
}

async fn the_same_job_twice_is_one_job_and_gives_its_status(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    same("a repeat before the end", known(journal, Digest::default(), 1).await?, JobStatus::Pending)?;
    settle(journal, first, Outcome::Done(receipt(1)), 2).await?;
    same("a repeat after the end", known(journal, Digest::default(), 3).await?, done(1))?;
    same("what is due", claim(journal, 1_000).await?.len(), 0)?;
    same("jobs that are done", journal.stats().await?.done, 1)
}

async fn a_repeat_of_a_dead_job_hears_that_it_is_dead(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    settle(journal, first, Outcome::Dead(reason()), 1).await?;
    same("a repeat", known(journal, Digest::default(), 2).await?, JobStatus::Dead(reason()))?;
    same("what is due", claim(journal, 1_000).await?.len(), 0)
}

async fn the_same_key_for_something_else_is_a_conflict_and_changes_nothing(journal: &dyn Journal) -> Check {
    let digest = Digest::from_bytes([1; 16]);
    let first = lease(journal, job("a", 1).digest(digest)).await?;
    let other = job("b", 1).digest(Digest::from_bytes([2; 16]));
    let enqueued = journal.enqueue(other, Some(LEASE), at(1)).await?;
    holds("another digest under a known key is a Conflict", matches!(enqueued, Enqueued::Conflict))?;
    same("jobs that wait", journal.stats().await?.pending, 1)?;
    let known_as = journal.status(key(1)).await?.map(|(digest, _)| digest);
    same("the digest under the key", known_as, Some(digest))?;
    settle(journal, first, Outcome::Done(receipt(1)), 2).await?;
    same("the first after the conflict", known(journal, digest, 3).await?, done(1))?;
    same("what is due", claim(journal, 1_000).await?.len(), 0)
}

async fn a_job_that_nobody_waits_for_is_due_at_once(journal: &dyn Journal) -> Check {
    queue(journal, job("a", 1), 0).await?;
    same("what is due", due(journal, 0).await?, vec![key(1)])
}

async fn only_the_first_job_of_an_idle_lane_is_leased_to_whoever_brings_it(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    let second = journal.enqueue(job("a", 2), Some(LEASE), at(0)).await?;
    holds("the second job of a lane is Queued", matches!(second, Enqueued::Queued))?;
    lease(journal, job("b", 3)).await?;
    settle(journal, first, Outcome::Retry { at: at(100), may_have_applied: false }, 1).await?;
    let third = journal.enqueue(job("a", 4), Some(LEASE), at(2)).await?;
    holds("a job of a lane whose head pauses is Queued", matches!(third, Enqueued::Queued))
}

async fn a_lease_carries_the_whole_job(journal: &dyn Journal) -> Check {
    queue(journal, job("a", 1), 5).await?;
    let lease = claim_one(journal, 7).await?;
    same("its key", lease.key(), key(1))?;
    same("its lane", lease.lane().as_str(), "crm/a")?;
    same("its kind", lease.kind(), "save")?;
    same("its body", lease.body(), &body(1))?;
    same("its attempts", lease.attempts(), 0)?;
    same("when it was taken in", lease.enqueued_at(), at(5))?;
    same("its memo", lease.memo(), None)?;
    holds("no attempt was made before", !lease.may_have_applied() && lease.earlier().is_empty())
}

async fn lanes_of_one_name_before_two_sinks_are_two_lanes(journal: &dyn Journal) -> Check {
    let first = lease(journal, job_for(SINK, "a", 1)).await?;
    let second = lease(journal, job_for(OTHER_SINK, "a", 2)).await?;
    settle(journal, first, Outcome::Done(receipt(1)), 1).await?;
    settle(journal, second, Outcome::Retry { at: at(1), may_have_applied: false }, 1).await?;
    let again = claim_some(journal, OTHER_SINK, 1, (9, 9)).await?.leases;
    same("leases of the second", again.len(), 1)?;
    let earlier = again.iter().map(|lease| lease.earlier().len()).sum();
    same("receipts of the other sink that the second sees", earlier, 0)
}

async fn a_lane_that_is_idle_again_is_as_good_as_new(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    settle(journal, first, Outcome::Done(receipt(1)), 1).await?;
    match journal.enqueue(job("a", 2), Some(LEASE), at(2)).await? {
        Enqueued::Leased(second) => same("what the second sees", second.earlier().len(), 1)?,
        other => return Err(Seen::new(format!("the lane is idle, but the job was {other:?}"))),
    }
    same("the status of the first", status(journal, 1).await?, Some(done(1)))
}
