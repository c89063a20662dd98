//! Forgetting what is long done, and erasing what is kept of a person.

use std::sync::Arc;

use super::jobs::{
    LEASE, at, claim, claim_one, done, finish, job, key, lease, queue, reason, receipt, settle, status,
};
use crate::{
    Job, JobStatus, Subject,
    conformance::{
        Rule,
        rule::{Check, holds, rules, same},
    },
    journal::{Enqueued, Erased, Journal, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    only_what_is_long_done_or_discarded_is_forgotten,
    no_more_is_forgotten_at_once_than_was_asked,
    what_is_forgotten_is_taken_in_anew,
    what_is_kept_of_a_person_is_erased_and_the_keys_stay,
    what_a_person_has_pending_goes_on_and_is_erased_later,
];

async fn only_what_is_long_done_or_discarded_is_forgotten(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Done(receipt(1)), 1).await?;
    finish(journal, job("b", 2), Outcome::Done(receipt(2)), 50).await?;
    finish(journal, job("c", 3), Outcome::Dead(reason()), 1).await?;
    finish(journal, job("d", 4), Outcome::Dead(reason()), 1).await?;
    lease(journal, job("e", 5)).await?;
    journal.discard(key(4)).await?;
    same("jobs forgotten", journal.forget(at(50), 100).await?, 2)?;
    let stats = journal.stats().await?;
    same("jobs that wait, are done, are dead", (stats.pending, stats.done, stats.dead), (1, 1, 1))?;
    same("the status of one that was done", status(journal, 1).await?, None)?;
    same("the status of one that was discarded", status(journal, 4).await?, None)?;
    same("the status of one that was done later", status(journal, 2).await?, Some(done(2)))?;
    same("the status of a dead one", status(journal, 3).await?, Some(JobStatus::Dead(reason())))
}

async fn no_more_is_forgotten_at_once_than_was_asked(journal: &dyn Journal) -> Check {
    for number in 1..=5 {
        finish(journal, job(&format!("lane {number}"), number), Outcome::Done(receipt(number)), 1).await?;
    }
    for forgotten in [2, 2, 1, 0] {
        same("jobs forgotten of two at most", journal.forget(at(10), 2).await?, forgotten)?;
    }
    Ok(())
}

async fn what_is_forgotten_is_taken_in_anew(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Done(receipt(1)), 1).await?;
    journal.forget(at(10), 9).await?;
    let again = lease(journal, job("a", 1)).await?;
    holds("nothing is known of it", again.earlier().is_empty() && !again.may_have_applied())
}

fn of_person(number: u32) -> Job {
    job(&format!("lane {number}"), number).subject(Some(person()))
}

fn person() -> Subject {
    Subject::new("one person")
}

fn erased(erased: u64, pending: u64) -> Erased {
    Erased { erased, pending }
}

async fn what_is_kept_of_a_person_is_erased_and_the_keys_stay(journal: &dyn Journal) -> Check {
    finish(journal, of_person(1), Outcome::Done(receipt(1)), 1).await?;
    finish(journal, of_person(2), Outcome::Dead(reason()), 1).await?;
    finish(journal, of_person(3), Outcome::Dead(reason()), 1).await?;
    journal.discard(key(3)).await?;
    let other = job("lane 4", 4).subject(Some(Subject::new("another person")));
    finish(journal, other, Outcome::Dead(reason()), 1).await?;
    finish(journal, job("lane 5", 5), Outcome::Done(receipt(5)), 1).await?;

    same("what was erased", journal.erase(&person()).await?, erased(3, 0))?;

    same(
        "the status of one that was done",
        status(journal, 1).await?,
        Some(JobStatus::Done(Arc::default())),
    )?;
    for number in [2, 3] {
        let is_erased = matches!(status(journal, number).await?, Some(JobStatus::Dead(reason)) if reason.code == "erased");
        holds("the reason of an erased dead job has the code `erased`", is_erased)?;
        holds("an erased job is not retried", !journal.retry(key(number), at(2)).await?)?;
    }
    for number in 1..=3 {
        let repeat = journal.enqueue(of_person(number), Some(LEASE), at(3)).await?;
        holds("a late repeat brings nothing back", matches!(repeat, Enqueued::AlreadyKnown(_)))?;
        let found = journal.find(&key(number).reference()).await?;
        same("lanes of an erased job", found.iter().map(|found| found.lane.name()).collect(), vec![""])?;
    }
    let dead: Vec<_> = journal.dead(9).await?.iter().map(|dead| dead.key).collect();
    same("dead jobs that are listed, which is another person's", dead, vec![key(4)])?;
    same("the status of one without a subject", status(journal, 5).await?, Some(done(5)))?;
    same("what is erased a second time", journal.erase(&person()).await?, erased(0, 0))?;
    let stats = journal.stats().await?;
    same("jobs that wait, are done, are dead", (stats.pending, stats.done, stats.dead), (0, 2, 1))
}

async fn what_a_person_has_pending_goes_on_and_is_erased_later(journal: &dyn Journal) -> Check {
    queue(journal, of_person(1), 0).await?;
    same("what was erased", journal.erase(&person()).await?, erased(0, 1))?;
    let lease = claim_one(journal, 1).await?;
    same("what is erased while the job is out", journal.erase(&person()).await?, erased(0, 1))?;
    settle(journal, lease, Outcome::Done(receipt(1)), 2).await?;
    same("its status", status(journal, 1).await?, Some(done(1)))?;
    same("what is erased then", journal.erase(&person()).await?, erased(1, 0))?;
    same("its status after that", status(journal, 1).await?, Some(JobStatus::Done(Arc::default())))?;
    same("what is due", claim(journal, 1_000).await?.len(), 0)
}
