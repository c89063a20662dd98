//! Jobs that wait for another.

use super::jobs::{
    LEASE, OTHER_SINK, at, claim_one, due, finish, job, job_for, key, lease, queue, reason, receipt, retry,
    settle, status,
};
use crate::{
    JobStatus,
    conformance::{
        Rule,
        rule::{Check, holds, rules, same},
    },
    journal::{Enqueued, Journal, Lease, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    a_job_waits_until_the_other_is_done,
    a_job_goes_on_when_the_other_is_dead,
    a_job_waits_for_one_before_another_sink,
    a_job_waits_again_for_one_that_is_tried_again,
    a_job_that_waits_holds_up_its_own_lane_and_no_other,
    an_unknown_key_holds_nothing_up,
];

async fn a_job_waits_until_the_other_is_done(journal: &dyn Journal) -> Check {
    waits_for(journal, lease(journal, job("a", 1)).await?, Outcome::Done(receipt(1))).await
}

async fn a_job_goes_on_when_the_other_is_dead(journal: &dyn Journal) -> Check {
    waits_for(journal, lease(journal, job("a", 1)).await?, Outcome::Dead(reason())).await
}

async fn a_job_waits_for_one_before_another_sink(journal: &dyn Journal) -> Check {
    waits_for(journal, lease(journal, job_for(OTHER_SINK, "a", 1)).await?, Outcome::Done(receipt(1))).await
}

/// A job waits for the one that is leased, which then ends.
async fn waits_for(journal: &dyn Journal, other: Lease, outcome: Outcome) -> Check {
    let enqueued = journal.enqueue(job("b", 2).after(key(1)), Some(LEASE), at(0)).await?;
    holds("a job that waits for another is Queued", matches!(enqueued, Enqueued::Queued))?;
    for seconds in [0, 10, 20, 29] {
        same("what is due while the other is pending", due(journal, seconds).await?, vec![])?;
    }
    settle(journal, other, outcome, 29).await?;
    let lease = claim_one(journal, 120).await?;
    same("what is due afterwards", lease.key(), key(2))?;
    holds("to be passed over was no attempt", lease.attempts() == 0 && !lease.may_have_applied())?;
    settle(journal, lease, Outcome::Done(receipt(2)), 121).await
}

async fn a_job_waits_again_for_one_that_is_tried_again(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Dead(reason()), 1).await?;
    queue(journal, job("b", 2).after(key(1)), 2).await?;
    journal.retry(key(1), at(3)).await?;
    let first = claim_one(journal, 4).await?;
    same("what is due", first.key(), key(1))?;
    settle(journal, first, Outcome::Done(receipt(1)), 5).await?;
    same("what is due afterwards", claim_one(journal, 120).await?.key(), key(2))
}

async fn a_job_that_waits_holds_up_its_own_lane_and_no_other(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), retry(3_000, false), 1).await?;
    queue(journal, job("b", 2).after(key(1)), 2).await?;
    queue(journal, job("b", 3), 2).await?;
    queue(journal, job("c", 4), 2).await?;
    let third = claim_one(journal, 2).await?;
    same("what is due", third.key(), key(4))?;
    settle(journal, third, Outcome::Done(receipt(4)), 3).await?;
    same("what is due much later", due(journal, 2_000).await?, vec![])?;
    same("the status of the job that waits", status(journal, 2).await?, Some(JobStatus::Pending))
}

async fn an_unknown_key_holds_nothing_up(journal: &dyn Journal) -> Check {
    queue(journal, job("a", 1).after(key(99)), 0).await?;
    let first = claim_one(journal, 0).await?;
    settle(journal, first, Outcome::Done(receipt(1)), 0).await?;
    // A key that was known, and is forgotten, is as good as unknown.
    journal.forget(at(10), 9).await?;
    queue(journal, job("b", 2).after(key(1)), 11).await?;
    same("what is due", due(journal, 11).await?, vec![key(2)])
}
