//! What every sink must do.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::SinkUnderTest;
use crate::{
    Receipt, SinkErrorKind, Urgency,
    conformance::{
        Rule,
        rule::{Check, holds, rules, same},
    },
};

pub(super) const RULES: &[Rule<SinkUnderTest>] = rules![
    a_job_takes_effect_once_whether_somebody_waits_or_not,
    a_job_that_is_applied_twice_has_one_effect_and_one_receipt,
    a_marked_attempt_at_a_job_that_was_never_done_does_it,
    a_batch_of_new_and_of_marked_jobs_does_each_once,
    the_answers_of_a_large_batch_go_to_the_right_jobs,
    every_attempt_is_answered_by_the_deadline_though_the_far_end_is_silent,
];

/// As many jobs as make a large batch.
const MANY: u32 = 100;

async fn each_has_one_effect(test: &SinkUnderTest, numbers: impl Iterator<Item = u32> + Send) -> Check {
    for number in numbers {
        same(&format!("effects of job {number}"), test.effects(number).await, 1)?;
    }
    Ok(())
}

fn bodies(receipts: &BTreeMap<u32, Receipt>) -> BTreeMap<u32, Arc<str>> {
    receipts.iter().map(|(number, receipt)| (*number, receipt.body.clone())).collect()
}

async fn a_job_takes_effect_once_whether_somebody_waits_or_not(test: &SinkUnderTest) -> Check {
    for (number, urgency) in [(1, Urgency::Live), (2, Urgency::Background)] {
        same("effects before", test.effects(number).await, 0)?;
        test.receipts(&[(number, false)], urgency).await?;
    }
    each_has_one_effect(test, 1..=2).await
}

async fn a_job_that_is_applied_twice_has_one_effect_and_one_receipt(test: &SinkUnderTest) -> Check {
    let first = test.receipts(&[(1, false)], Urgency::Live).await?;
    for _ in 0..2 {
        let again = test.receipts(&[(1, true)], Urgency::Background).await?;
        same("the receipt of a repeat", bodies(&again), bodies(&first))?;
    }
    each_has_one_effect(test, 1..=1).await
}

async fn a_marked_attempt_at_a_job_that_was_never_done_does_it(test: &SinkUnderTest) -> Check {
    test.receipts(&[(1, true)], Urgency::Background).await?;
    each_has_one_effect(test, 1..=1).await
}

async fn a_batch_of_new_and_of_marked_jobs_does_each_once(test: &SinkUnderTest) -> Check {
    let before = test.receipts(&[(1, false), (3, false), (5, false)], Urgency::Background).await?;
    // Of the marked ones some were done, and some were not.
    let jobs: Vec<_> = (0..8).map(|number| (number, number % 2 == 1 || number == 6)).collect();
    let receipts = test.receipts(&jobs, Urgency::Background).await?;
    for (number, receipt) in bodies(&before) {
        let again = receipts.get(&number).map(|receipt| receipt.body.clone());
        same(&format!("the receipt of job {number}"), again, Some(receipt))?;
    }
    each_has_one_effect(test, 0..8).await
}

async fn the_answers_of_a_large_batch_go_to_the_right_jobs(test: &SinkUnderTest) -> Check {
    let jobs: Vec<_> = (0..MANY).map(|number| (number, false)).collect();
    let first = bodies(&test.receipts(&jobs, Urgency::Background).await?);
    each_has_one_effect(test, 0..MANY).await?;
    let reversed: Vec<_> = (0..MANY).rev().map(|number| (number, true)).collect();
    let again = bodies(&test.receipts(&reversed, Urgency::Background).await?);
    same("the receipts of the batch in reverse", again, first.clone())?;
    for number in [0, MANY / 2, MANY - 1] {
        let alone = bodies(&test.receipts(&[(number, true)], Urgency::Background).await?);
        let receipt = alone.get(&number);
        same("the receipt of a job by itself", receipt, first.get(&number))?;
    }
    each_has_one_effect(test, 0..MANY).await
}

async fn every_attempt_is_answered_by_the_deadline_though_the_far_end_is_silent(
    test: &SinkUnderTest,
) -> Check {
    let Some(silence) = &test.silence else { return Ok(()) };
    silence(true);
    let jobs: Vec<_> = (0..8).map(|number| (number, false)).collect();
    let silent = test.apply(&jobs, Urgency::Live, Duration::from_millis(300)).await?;
    silence(false);
    same("jobs that are answered", silent.len(), jobs.len())?;
    for (number, result) in silent {
        let Err(error) = result else { continue };
        let says_so = matches!(error.kind(), SinkErrorKind::Late | SinkErrorKind::Unavailable);
        holds("silence is Late or Unavailable", says_so)?;
        // What may have been done is looked for, as the outbox would have it.
        test.receipts(&[(number, error.may_have_applied())], Urgency::Background).await?;
    }
    each_has_one_effect(test, 0..8).await
}
