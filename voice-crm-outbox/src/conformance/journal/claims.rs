//! Claims: of one sink, no more than was asked, and failing heads apart.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::jobs::{
    OTHER_SINK, SINK, at, claim, claim_one, claim_some, finish, job, job_for, key, lease, queue, reason,
    receipt, retry, settle, snooze, sorted,
};
use crate::{
    JobKey,
    conformance::{
        Rule,
        rule::{Check, Seen, holds, rules, same},
    },
    journal::{FAILING_AFTER, Journal, Lease, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    a_claim_sees_the_lanes_of_its_sink_alone,
    a_claim_says_when_the_next_lane_of_its_sink_falls_due,
    a_lane_that_pauses_holds_up_no_other,
    a_claim_takes_no_more_than_asked_and_passes_nobody_over,
    heads_that_keep_failing_come_apart,
    heads_that_keep_failing_never_displace_others,
    a_job_behind_one_that_kept_failing_is_well,
    a_job_that_is_tried_again_is_well_whatever_fails_behind_it,
    heads_that_wait_for_another_job_make_room_for_others,
];

async fn a_claim_sees_the_lanes_of_its_sink_alone(journal: &dyn Journal) -> Check {
    queue(journal, job_for(SINK, "a", 1), 0).await?;
    queue(journal, job_for(OTHER_SINK, "a", 2), 0).await?;
    // A name that begins with the name of the sink, and a lane that is named as one.
    queue(journal, job_for("crm-2", "a", 3), 0).await?;
    queue(journal, job_for(OTHER_SINK, "crm/a", 4), 0).await?;
    for (sink, numbers) in [("crm-2", vec![3]), (SINK, vec![1]), (OTHER_SINK, vec![2, 4]), ("none", vec![])] {
        let claimed = claim_some(journal, sink, 1, (9, 9)).await?;
        let keys = sorted(claimed.leases.iter().chain(&claimed.failing).map(Lease::key));
        same(&format!("what is due of {sink}"), keys, sorted(numbers.into_iter().map(key)))?;
    }
    Ok(())
}

async fn a_claim_says_when_the_next_lane_of_its_sink_falls_due(journal: &dyn Journal) -> Check {
    let next = async |seconds| -> Result<Option<Timestamp>, Seen> {
        Ok(claim_some(journal, SINK, seconds, (9, 9)).await?.next_due)
    };
    same("the next in an empty journal", next(0).await?, None)?;
    finish(journal, job("a", 1), retry(100, false), 1).await?;
    finish(journal, job("b", 2), retry(5, false), 1).await?;
    finish(journal, job_for(OTHER_SINK, "a", 3), retry(3, false), 1).await?;
    same("the next before both", next(2).await?, Some(at(5)))?;
    same("the next, which is the end of the new lease", next(5).await?, Some(at(35)))?;
    // With a clock set back by a day all of them are due, so there is no next one.
    let claimed = claim_some(journal, SINK, -86_400, (0, 0)).await?;
    same("lanes of a claim of none", claimed.leases.len() + claimed.failing.len(), 0)?;
    same("the next with a clock set back", claimed.next_due, None)
}

async fn a_lane_that_pauses_holds_up_no_other(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), retry(100, false), 1).await?;
    queue(journal, job("a", 2), 1).await?;
    finish(journal, job("b", 3), snooze(5, false), 1).await?;
    same("what is due", claim_one(journal, 5).await?.key(), key(3))
}

async fn a_claim_takes_no_more_than_asked_and_passes_nobody_over(journal: &dyn Journal) -> Check {
    for number in 1..=10 {
        queue(journal, job(&format!("lane {}", number % 5), number), i64::from(number)).await?;
    }
    let mut keys = Vec::new();
    for seconds in 20..25 {
        let claimed = claim_some(journal, SINK, seconds, (2, 2)).await?;
        same("lanes of a claim of two", claimed.leases.len(), 2)?;
        for lease in claimed.leases {
            keys.push(lease.key());
            settle(journal, lease, Outcome::Done(receipt(0)), seconds).await?;
        }
    }
    let (early, late) = keys.split_at(5);
    same("the first round", sorted(early.iter().copied()), sorted((1..=5).map(key)))?;
    same("the second round", sorted(late.iter().copied()), sorted((6..=10).map(key)))
}

/// Has a job fail so often that it counts as failing, and be due again at once.
async fn fail_often(journal: &dyn Journal, lane: &str, number: u32) -> Check {
    let first = lease(journal, job(lane, number)).await?;
    settle(journal, first, retry(0, false), 0).await?;
    for _ in 1..FAILING_AFTER {
        let lease = claim_one(journal, 0).await?;
        settle(journal, lease, retry(0, false), 0).await?;
    }
    // Out of the way of what fails next.
    let lease = claim_one(journal, 0).await?;
    settle(journal, lease, snooze(10, false), 0).await
}

async fn heads_that_keep_failing_come_apart(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), retry(0, false), 0).await?;
    for failed in 1..=FAILING_AFTER {
        let claimed = claim_some(journal, SINK, 0, (9, 9)).await?;
        let is_failing = failed >= FAILING_AFTER;
        let lanes = (claimed.leases.len(), claimed.failing.len());
        let expected = if is_failing { (0, 1) } else { (1, 0) };
        same(&format!("lanes that are well and failing after {failed} failures"), lanes, expected)?;
        for lease in claimed.leases.into_iter().chain(claimed.failing) {
            settle(journal, lease, retry(0, false), 0).await?;
        }
    }
    // A snooze is no failure.
    finish(journal, job("b", 2), snooze(0, false), 0).await?;
    for _ in 0..=FAILING_AFTER {
        let claimed = claim_some(journal, SINK, 0, (9, 0)).await?;
        let keys: Vec<_> = claimed.leases.iter().map(Lease::key).collect();
        same("lanes that are well, of which one is snoozed", keys, vec![key(2)])?;
        for lease in claimed.leases {
            settle(journal, lease, snooze(0, false), 0).await?;
        }
    }
    Ok(())
}

async fn heads_that_keep_failing_never_displace_others(journal: &dyn Journal) -> Check {
    for number in 1..=5 {
        fail_often(journal, &format!("failing {number}"), number).await?;
    }
    for number in 6..=10 {
        queue(journal, job(&format!("well {number}"), number), 10).await?;
    }
    let of = |leases: &[Lease]| -> BTreeSet<JobKey> { leases.iter().map(Lease::key).collect() };
    let (well, failing): (BTreeSet<_>, BTreeSet<_>) =
        ((6..=10).map(key).collect(), (1..=5).map(key).collect());
    let claimed = claim_some(journal, SINK, 10, (2, 1)).await?;
    same("lanes of a claim of two and one", (claimed.leases.len(), claimed.failing.len()), (2, 1))?;
    holds("those that are well are no failing ones", of(&claimed.leases).is_subset(&well))?;
    holds("those that fail are failing ones", of(&claimed.failing).is_subset(&failing))?;
    let claimed = claim_some(journal, SINK, 11, (9, 0)).await?;
    same("lanes of a claim of none that fail", (claimed.leases.len(), claimed.failing.len()), (3, 0))?;
    let claimed = claim_some(journal, SINK, 12, (0, 9)).await?;
    same("lanes of a claim of failing ones only", (claimed.leases.len(), claimed.failing.len()), (0, 4))
}

async fn a_job_behind_one_that_kept_failing_is_well(journal: &dyn Journal) -> Check {
    fail_often(journal, "a", 1).await?;
    queue(journal, job("a", 2), 0).await?;
    let failing = claim_some(journal, SINK, 10, (0, 9)).await?.failing;
    for lease in failing {
        settle(journal, lease, Outcome::Done(receipt(1)), 10).await?;
    }
    let claimed = claim_some(journal, SINK, 10, (9, 0)).await?;
    same("the next job of the lane", claimed.leases.iter().map(Lease::key).collect(), vec![key(2)])?;
    same("what is due beside it", claim(journal, 10).await?.len(), 0)
}

async fn a_job_that_is_tried_again_is_well_whatever_fails_behind_it(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Dead(reason()), 0).await?;
    queue(journal, job("a", 2), 0).await?;
    for _ in 1..FAILING_AFTER {
        let lease = claim_one(journal, 0).await?;
        settle(journal, lease, retry(0, false), 0).await?;
    }
    let second = claim_one(journal, 0).await?;
    holds("a dead job is retried", journal.retry(key(1), at(1)).await?)?;
    settle(journal, second, retry(1, false), 1).await?;
    let claimed = claim_some(journal, SINK, 1, (9, 0)).await?;
    same("lanes that are well", claimed.leases.iter().map(Lease::key).collect(), vec![key(1)])
}

async fn heads_that_wait_for_another_job_make_room_for_others(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), retry(3_000, false), 0).await?;
    for number in 2..=4 {
        queue(journal, job(&format!("waits {number}"), number).after(key(1)), 0).await?;
    }
    queue(journal, job("free", 5), 1).await?;
    let claimed = claim_some(journal, SINK, 1, (2, 0)).await?;
    same("what is due", claimed.leases.iter().map(Lease::key).collect(), vec![key(5)])
}
