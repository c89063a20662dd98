//! Dead jobs, and what an operator does with them.

use super::jobs::{
    LEASE, at, body, claim, claim_one, done, due, finish, job, key, lease, queue, reason, receipt, settle,
    status,
};
use crate::{
    JobStatus,
    conformance::{
        Rule,
        rule::{Check, holds, rules, same},
    },
    journal::{DeadJob, Enqueued, Journal, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    a_dead_job_is_listed_and_its_lane_goes_on,
    the_oldest_dead_jobs_are_listed_first,
    a_dead_job_can_be_tried_again_ahead_of_its_lane,
    what_is_tried_again_counts_its_attempts_from_zero,
    a_lease_from_before_death_has_no_force_after_a_retry,
    a_dead_job_can_be_discarded_and_its_key_stays,
    what_is_not_dead_is_neither_retried_nor_discarded,
];

async fn a_dead_job_is_listed_and_its_lane_goes_on(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    queue(journal, job("a", 2), 0).await?;
    settle(journal, first, Outcome::Dead(reason()), 1).await?;
    same("its status", status(journal, 1).await?, Some(JobStatus::Dead(reason())))?;
    for dead in journal.dead(9).await? {
        same("its key", dead.key, key(1))?;
        same("its kind", &*dead.kind, "save")?;
        same("its lane", dead.lane.as_str(), "crm/a")?;
        same("its body, for the operator", dead.body.as_deref(), Some(&*body(1)))?;
        same("its reason", &dead.reason, &reason())?;
        same("when it was taken in", dead.enqueued_at, at(0))?;
        same("its attempts, with the last", dead.attempts, 1)?;
    }
    let stats = journal.stats().await?;
    same("jobs that wait and are dead", (stats.pending, stats.dead), (1, 1))?;
    same("dead jobs that are listed", journal.dead(9).await?.len(), 1)?;
    same("the next of the lane", claim_one(journal, 1).await?.key(), key(2))
}

async fn the_oldest_dead_jobs_are_listed_first(journal: &dyn Journal) -> Check {
    for number in 1..=3 {
        queue(journal, job(&format!("lane {number}"), number), i64::from(number)).await?;
        let lease = claim_one(journal, i64::from(number)).await?;
        settle(journal, lease, Outcome::Dead(reason()), 10).await?;
    }
    let keys = |dead: Vec<DeadJob>| dead.iter().map(|dead| dead.key).collect::<Vec<_>>();
    same("the first two of three", keys(journal.dead(2).await?), vec![key(1), key(2)])?;
    same("all three", keys(journal.dead(9).await?), (1..=3).map(key).collect())
}

async fn a_dead_job_can_be_tried_again_ahead_of_its_lane(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    queue(journal, job("a", 2), 0).await?;
    settle(journal, first, Outcome::Dead(reason()), 1).await?;
    holds("a dead job is retried", journal.retry(key(1), at(2)).await?)?;
    holds("it is then no dead job any more", !journal.retry(key(1), at(2)).await?)?;
    same("dead jobs that are listed", journal.dead(9).await?.len(), 0)?;
    same("its status", status(journal, 1).await?, Some(JobStatus::Pending))?;
    let again = claim_one(journal, 2).await?;
    same("the head of the lane", again.key(), key(1))?;
    same("its body", again.body(), &body(1))?;
    holds("what is retried is marked", again.may_have_applied())?;
    settle(journal, again, Outcome::Done(receipt(1)), 3).await?;
    same("its status at the end", status(journal, 1).await?, Some(done(1)))?;
    same("the next of the lane", claim_one(journal, 3).await?.key(), key(2))
}

async fn what_is_tried_again_counts_its_attempts_from_zero(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Dead(reason()), 1).await?;
    journal.retry(key(1), at(7)).await?;
    let again = claim_one(journal, 7).await?;
    same("its attempts and when it was taken in", (again.attempts(), again.enqueued_at()), (0, at(7)))
}

async fn a_lease_from_before_death_has_no_force_after_a_retry(journal: &dyn Journal) -> Check {
    let old = lease(journal, job("a", 1)).await?;
    let newer = claim_one(journal, 31).await?;
    settle(journal, newer.clone(), Outcome::Dead(reason()), 32).await?;
    journal.retry(key(1), at(40)).await?;
    let current = claim_one(journal, 41).await?;
    for stale in [old, newer] {
        holds("no epoch is given twice", stale.numbers() != current.numbers())?;
        settle(journal, stale, Outcome::Done(receipt(9)), 42).await?;
        same("the status after a stale outcome", status(journal, 1).await?, Some(JobStatus::Pending))?;
    }
    Ok(())
}

async fn a_dead_job_can_be_discarded_and_its_key_stays(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Dead(reason()), 1).await?;
    holds("a dead job is discarded", journal.discard(key(1)).await?)?;
    holds("it is not discarded twice", !journal.discard(key(1)).await?)?;
    same("dead jobs that are listed", journal.dead(9).await?.len(), 0)?;
    same("dead jobs that are counted", journal.stats().await?.dead, 0)?;
    let again = journal.enqueue(job("a", 1), Some(LEASE), at(2)).await?;
    let is_known = matches!(again, Enqueued::AlreadyKnown(JobStatus::Dead(_)));
    holds("a late repeat does not bring a discarded job back", is_known)?;
    holds("a discarded job is not retried", !journal.retry(key(1), at(3)).await?)?;
    same("what is due", claim(journal, 1_000).await?.len(), 0)
}

async fn what_is_not_dead_is_neither_retried_nor_discarded(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    for state in ["a leased job", "a job that is done"] {
        holds(&format!("{state} is not retried"), !journal.retry(key(1), at(1)).await?)?;
        holds(&format!("{state} is not discarded"), !journal.discard(key(1)).await?)?;
        settle(journal, first.clone(), Outcome::Done(receipt(1)), 2).await?;
    }
    holds("an unknown job is not retried", !journal.retry(key(9), at(1)).await?)?;
    holds("an unknown job is not discarded", !journal.discard(key(9)).await?)?;
    same("its status", status(journal, 1).await?, Some(done(1)))?;
    same("what is due", due(journal, 1_000).await?, vec![])
}
