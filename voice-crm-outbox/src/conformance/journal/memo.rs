//! Receipts of earlier jobs, and the memo of a lane.

use super::jobs::{at, claim_one, finish, job, key, queue, reason, receipt, receipt_body, retry, settle};
use crate::{
    Receipt, Subject,
    conformance::{
        Rule,
        rule::{Check, holds, rules, same},
    },
    journal::{Journal, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    a_memo_takes_the_place_of_the_one_before,
    a_job_without_a_memo_leaves_the_one_before,
    a_memo_of_another_lane_is_not_seen,
    a_memo_that_was_left_last_is_seen_by_an_earlier_job_too,
    a_memo_goes_when_any_job_of_its_lane_is_erased,
    a_memo_goes_with_its_job_when_that_is_forgotten,
    a_receipt_is_seen_until_its_job_is_forgotten_or_erased,
    a_dead_job_leaves_no_receipt,
];

fn with_memo(number: u32, memo: &str) -> Outcome {
    Outcome::Done(receipt(number).with_memo(memo))
}

/// Takes a job in, and does it with this receipt.
async fn pass(journal: &dyn Journal, lane: &str, number: u32, receipt: Outcome) -> Check {
    queue(journal, job(lane, number), 0).await?;
    let lease = claim_one(journal, 0).await?;
    settle(journal, lease, receipt, i64::from(number)).await
}

/// The next job of a lane sees this memo.
async fn sees(journal: &dyn Journal, lane: &str, number: u32, memo: Option<&str>) -> Check {
    queue(journal, job(lane, number), 100).await?;
    let lease = claim_one(journal, 100).await?;
    same("the memo", lease.memo(), memo)?;
    settle(journal, lease, retry(3_000, false), 100).await
}

async fn a_memo_takes_the_place_of_the_one_before(journal: &dyn Journal) -> Check {
    pass(journal, "a", 1, with_memo(1, "one")).await?;
    pass(journal, "a", 2, with_memo(2, "two")).await?;
    sees(journal, "a", 3, Some("two")).await
}

async fn a_job_without_a_memo_leaves_the_one_before(journal: &dyn Journal) -> Check {
    pass(journal, "a", 1, with_memo(1, "one")).await?;
    pass(journal, "a", 2, Outcome::Done(receipt(2))).await?;
    sees(journal, "a", 3, Some("one")).await
}

async fn a_memo_of_another_lane_is_not_seen(journal: &dyn Journal) -> Check {
    pass(journal, "a", 1, with_memo(1, "one")).await?;
    sees(journal, "b", 2, None).await
}

async fn a_memo_that_was_left_last_is_seen_by_an_earlier_job_too(journal: &dyn Journal) -> Check {
    pass(journal, "a", 1, with_memo(1, "one")).await?;
    pass(journal, "a", 2, Outcome::Dead(reason())).await?;
    pass(journal, "a", 3, with_memo(3, "three")).await?;
    journal.retry(key(2), at(10)).await?;
    let second = claim_one(journal, 10).await?;
    same("the memo, which a later job left", second.memo(), Some("three"))?;
    same("the receipts before it", second.earlier(), &[receipt_body(1)])?;
    settle(journal, second, with_memo(2, "two"), 11).await?;
    sees(journal, "a", 4, Some("two")).await
}

async fn a_memo_goes_when_any_job_of_its_lane_is_erased(journal: &dyn Journal) -> Check {
    let person = Subject::new("a person");
    let theirs = |lane: &str, number| job(lane, number).subject(Some(person.clone()));
    pass(journal, "a", 1, with_memo(1, "one")).await?;
    finish(journal, theirs("a", 2), with_memo(2, "two"), 1).await?;
    // A memo may hold what was said in the jobs before it.
    finish(journal, theirs("b", 3), Outcome::Done(receipt(3)), 1).await?;
    pass(journal, "b", 4, with_memo(4, "four")).await?;
    pass(journal, "c", 5, with_memo(5, "five")).await?;
    journal.erase(&person).await?;
    sees(journal, "a", 6, None).await?;
    sees(journal, "b", 7, None).await?;
    sees(journal, "c", 8, Some("five")).await
}

async fn a_memo_goes_with_its_job_when_that_is_forgotten(journal: &dyn Journal) -> Check {
    pass(journal, "a", 1, with_memo(1, "one")).await?;
    pass(journal, "a", 2, with_memo(2, "two")).await?;
    same("jobs forgotten at first", journal.forget(at(2), 9).await?, 1)?;
    queue(journal, job("a", 3), 3).await?;
    let third = claim_one(journal, 3).await?;
    same("the memo of the second", third.memo(), Some("two"))?;
    settle(journal, third, Outcome::Done(Receipt::default()), 50).await?;
    same("jobs forgotten then", journal.forget(at(3), 9).await?, 1)?;
    sees(journal, "a", 4, None).await
}

async fn a_receipt_is_seen_until_its_job_is_forgotten_or_erased(journal: &dyn Journal) -> Check {
    let person = Subject::new("a person");
    pass(journal, "a", 1, Outcome::Done(receipt(1))).await?;
    finish(journal, job("a", 2).subject(Some(person.clone())), Outcome::Done(receipt(2)), 2).await?;
    pass(journal, "a", 3, Outcome::Done(receipt(3))).await?;
    queue(journal, job("a", 4), 4).await?;
    for (seconds, earlier) in [(10, vec![1, 2, 3]), (11, vec![1, 3]), (12, vec![3])] {
        match seconds {
            11 => holds("something is erased", journal.erase(&person).await?.erased == 1)?,
            12 => holds("something is forgotten", journal.forget(at(2), 9).await? == 1)?,
            _ => {}
        }
        let lease = claim_one(journal, seconds).await?;
        let expected: Vec<_> = earlier.into_iter().map(receipt_body).collect();
        same("the receipts before it", lease.earlier(), &expected)?;
        settle(journal, lease, retry(seconds, false), seconds).await?;
    }
    Ok(())
}

async fn a_dead_job_leaves_no_receipt(journal: &dyn Journal) -> Check {
    pass(journal, "a", 1, Outcome::Dead(reason())).await?;
    queue(journal, job("a", 2), 2).await?;
    let second = claim_one(journal, 2).await?;
    holds("a dead job leaves nothing to the next", second.earlier().is_empty() && second.memo().is_none())
}
