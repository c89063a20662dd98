//! Leases, what becomes of attempts, and clocks.

use super::jobs::{
    at, claim, claim_one, done, due, finish, job, key, lease, queue, reason, receipt, receipt_body, retry,
    settle, snooze, sorted, status,
};
use crate::{
    JobStatus,
    conformance::{
        Rule,
        rule::{Check, holds, rules, same},
    },
    journal::{Journal, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    the_jobs_of_a_lane_come_one_at_a_time_and_in_order,
    a_lease_that_ran_out_comes_back_marked,
    a_lease_in_force_is_given_to_nobody_else,
    a_stale_lease_changes_nothing,
    a_settled_lease_has_no_force_a_second_time,
    a_mark_is_kept_through_later_attempts,
    a_mark_stays_with_the_job_that_was_out,
    a_retry_counts_an_attempt_and_a_snooze_does_not,
    a_pause_lasts_until_its_end,
    a_clock_that_is_set_back_by_more_than_an_hour_holds_nothing_up,
    a_clock_that_is_set_back_ends_a_lease_that_was_given_before,
    many_outcomes_are_settled_in_one_call,
];

async fn the_jobs_of_a_lane_come_one_at_a_time_and_in_order(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    for number in 2..=4 {
        queue(journal, job("a", number), 0).await?;
    }
    same("what is due while the head is out", due(journal, 1).await?, vec![])?;
    settle(journal, first, Outcome::Done(receipt(1)), 2).await?;
    for number in 2..=4 {
        let lease = claim_one(journal, 3).await?;
        same("the next of the lane", lease.key(), key(number))?;
        let earlier: Vec<_> = (1..number).map(receipt_body).collect();
        same("the receipts before it", lease.earlier(), &earlier)?;
        settle(journal, lease, Outcome::Done(receipt(number)), 3).await?;
    }
    same("what is due at the end", due(journal, 4).await?, vec![])
}

async fn a_lease_that_ran_out_comes_back_marked(journal: &dyn Journal) -> Check {
    let lost = lease(journal, job("a", 1)).await?;
    holds("the first attempt is not marked", !lost.may_have_applied())?;
    let again = claim_one(journal, 30).await?;
    holds("the second attempt is marked as may_have_applied", again.may_have_applied())?;
    same("attempts that failed", again.attempts(), 0)?;
    settle(journal, again, Outcome::Done(receipt(1)), 32).await?;
    same("its status", status(journal, 1).await?, Some(done(1)))
}

async fn a_lease_in_force_is_given_to_nobody_else(journal: &dyn Journal) -> Check {
    lease(journal, job("a", 1)).await?;
    same("what is due just before the end of the lease", due(journal, 29).await?, vec![])?;
    same("what is due at its end", due(journal, 30).await?, vec![key(1)])?;
    same("what is due just before the end of the new one", due(journal, 59).await?, vec![])
}

async fn a_stale_lease_changes_nothing(journal: &dyn Journal) -> Check {
    let stale = lease(journal, job("a", 1)).await?;
    let current = claim_one(journal, 31).await?;
    holds("the lease has another epoch", stale.numbers().1 != current.numbers().1)?;
    for outcome in [Outcome::Dead(reason()), retry(32, true), snooze(32, true), Outcome::Done(receipt(9))] {
        settle(journal, stale.clone(), outcome, 32).await?;
        same("the status after a stale outcome", status(journal, 1).await?, Some(JobStatus::Pending))?;
        same("what is due after a stale outcome", due(journal, 33).await?, vec![])?;
    }
    settle(journal, current, Outcome::Done(receipt(1)), 34).await?;
    settle(journal, stale, Outcome::Dead(reason()), 35).await?;
    same("the status at the end", status(journal, 1).await?, Some(done(1)))
}

async fn a_settled_lease_has_no_force_a_second_time(journal: &dyn Journal) -> Check {
    let first = lease(journal, job("a", 1)).await?;
    settle(journal, first.clone(), retry(10, false), 1).await?;
    settle(journal, first.clone(), Outcome::Done(receipt(9)), 2).await?;
    same("the status of a job that pauses", status(journal, 1).await?, Some(JobStatus::Pending))?;
    let second = claim_one(journal, 10).await?;
    same("attempts that failed", second.attempts(), 1)?;
    settle(journal, second.clone(), Outcome::Done(receipt(1)), 11).await?;
    settle(journal, second, Outcome::Dead(reason()), 12).await?;
    settle(journal, first, Outcome::Dead(reason()), 12).await?;
    same("the status of a job that is done", status(journal, 1).await?, Some(done(1)))
}

async fn a_mark_is_kept_through_later_attempts(journal: &dyn Journal) -> Check {
    for (lane, number, marked) in [("a", 1, retry(1, true)), ("b", 2, snooze(1, true))] {
        finish(journal, job(lane, number), marked, 1).await?;
        for unmarked in [retry(1, false), snooze(1, false)] {
            let lease = claim_one(journal, 1).await?;
            holds("an attempt after a marked one is marked", lease.may_have_applied())?;
            settle(journal, lease, unmarked, 1).await?;
        }
        let lease = claim_one(journal, 1).await?;
        holds("the mark is kept through unmarked outcomes", lease.may_have_applied())?;
        settle(journal, lease, Outcome::Done(receipt(number)), 1).await?;
    }
    Ok(())
}

async fn a_mark_stays_with_the_job_that_was_out(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Dead(reason()), 1).await?;
    lease(journal, job("a", 2)).await?;
    journal.retry(key(1), at(2)).await?;
    // The lease of the second runs out while the first stands in front of it again.
    let first = claim_one(journal, 40).await?;
    same("the head", first.key(), key(1))?;
    settle(journal, first, Outcome::Done(receipt(1)), 41).await?;
    let second = claim_one(journal, 42).await?;
    same("the next", second.key(), key(2))?;
    holds("the job whose lease ran out is marked", second.may_have_applied())
}

async fn a_retry_counts_an_attempt_and_a_snooze_does_not(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), snooze(1, false), 1).await?;
    for (outcome, attempts) in
        [(retry(1, false), 0), (snooze(1, false), 1), (retry(1, false), 1), (snooze(1, false), 2)]
    {
        let lease = claim_one(journal, 1).await?;
        same("attempts that failed", lease.attempts(), attempts)?;
        holds("the job is not marked", !lease.may_have_applied())?;
        settle(journal, lease, outcome, 1).await?;
    }
    let found = journal.find(&key(1).reference()).await?;
    same("attempts that are listed", found.iter().map(|job| job.attempts).collect(), vec![2])
}

async fn a_pause_lasts_until_its_end(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), retry(100, false), 1).await?;
    finish(journal, job("b", 2), snooze(50, false), 1).await?;
    for (seconds, keys) in [(49, vec![]), (50, vec![key(2)]), (79, vec![]), (100, vec![key(1), key(2)])] {
        same(&format!("what is due after {seconds} s"), due(journal, seconds).await?, sorted(keys))?;
    }
    Ok(())
}

async fn a_clock_that_is_set_back_by_more_than_an_hour_holds_nothing_up(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), retry(300, false), 0).await?;
    finish(journal, job("b", 2), snooze(300, false), 0).await?;
    same("what is due before the pauses end", due(journal, 1).await?, vec![])?;
    same("what is due with a clock set back by a day", claim(journal, -86_400).await?.len(), 2)
}

async fn a_clock_that_is_set_back_ends_a_lease_that_was_given_before(journal: &dyn Journal) -> Check {
    let stale = lease(journal, job("a", 1)).await?;
    let again = claim_one(journal, -86_400).await?;
    holds("the lease before counts as run out, and the job as marked", again.may_have_applied())?;
    settle(journal, stale, Outcome::Dead(reason()), -86_399).await?;
    same("the status after a stale outcome", status(journal, 1).await?, Some(JobStatus::Pending))
}

async fn many_outcomes_are_settled_in_one_call(journal: &dyn Journal) -> Check {
    let mut outcomes = Vec::new();
    for number in 1..=50 {
        let lease = lease(journal, job(&format!("lane {number}"), number)).await?;
        let outcome = match number % 3 {
            0 => Outcome::Done(receipt(number)),
            1 => Outcome::Dead(reason()),
            _ => retry(i64::from(number), false),
        };
        outcomes.push((lease, outcome));
    }
    // One of them has lost its force; the others hear nothing of it.
    let stale = lease(journal, job("stale", 99)).await?;
    settle(journal, stale.clone(), Outcome::Done(receipt(99)), 0).await?;
    outcomes.insert(25, (stale, Outcome::Dead(reason())));
    journal.settle(outcomes, at(1)).await?;
    for number in 1..=50 {
        let expected = match number % 3 {
            0 => done(number),
            1 => JobStatus::Dead(reason()),
            _ => JobStatus::Pending,
        };
        same("a status", status(journal, number).await?, Some(expected))?;
    }
    same("the status of the one that was settled before", status(journal, 99).await?, Some(done(99)))?;
    same("jobs that come back", claim(journal, 50).await?.len(), 17)
}
