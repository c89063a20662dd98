//! The note of a job.

use std::time::Duration;

use super::jobs::{LEASE, at, claim, done, due, job, key, lease, receipt, settle};
use crate::{
    Job, Note,
    conformance::{
        Rule,
        rule::{Check, Seen, holds, rules, same},
    },
    journal::{Enqueued, Journal, Outcome},
    store::{Expected, LONGEST_KEY},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    the_note_of_a_job_is_a_value_of_the_store,
    a_note_that_is_there_keeps_a_job_out,
    a_job_that_is_known_is_known_whatever_its_note,
    a_job_that_is_kept_out_notes_nothing_and_leaves_its_lane_idle,
    a_note_that_has_expired_keeps_nobody_out,
    of_many_with_one_note_one_is_enqueued,
    a_note_that_is_too_large_is_refused_with_its_job,
];

const MINUTE: Duration = Duration::from_secs(60);

fn noting(job: Job, note: &str) -> Job {
    job.note(Note::new(note, "noted", MINUTE))
}

async fn value(journal: &dyn Journal, key: &str, seconds: i64) -> Result<Option<String>, Seen> {
    Ok(journal.get(key, at(seconds)).await?.map(|value| (*value.value).to_owned()))
}

async fn keeps_out(journal: &dyn Journal, job: Job, seconds: i64) -> Check {
    let enqueued = journal.enqueue(job, Some(LEASE), at(seconds)).await?;
    holds("a job whose note is there is Noted", matches!(enqueued, Enqueued::Noted))
}

async fn the_note_of_a_job_is_a_value_of_the_store(journal: &dyn Journal) -> Check {
    lease(journal, noting(job("a", 1), "n")).await?;
    same("the note", value(journal, "n", 59).await?, Some("noted".to_owned()))?;
    same("the note after its span", value(journal, "n", 60).await?, None)
}

async fn a_note_that_is_there_keeps_a_job_out(journal: &dyn Journal) -> Check {
    let first = lease(journal, noting(job("a", 1), "n")).await?;
    keeps_out(journal, noting(job("a", 2), "n"), 1).await?;
    keeps_out(journal, noting(job("b", 3), "n"), 1).await?;
    same("where the second stands", journal.status(key(2)).await?, None)?;
    same("jobs that wait", journal.stats().await?.pending, 1)?;
    settle(journal, first, Outcome::Done(receipt(1)), 2).await?;
    same("what is due", claim(journal, 1_000).await?.len(), 0)?;
    journal.put("m", "written by hand", Expected::Absent, MINUTE, at(2)).await?;
    keeps_out(journal, noting(job("c", 4), "m"), 3).await?;
    same("the value", value(journal, "m", 3).await?, Some("written by hand".to_owned()))
}

async fn a_job_that_is_known_is_known_whatever_its_note(journal: &dyn Journal) -> Check {
    let first = lease(journal, noting(job("a", 1), "n")).await?;
    settle(journal, first, Outcome::Done(receipt(1)), 1).await?;
    for note in ["n", "another"] {
        match journal.enqueue(noting(job("a", 1), note), Some(LEASE), at(2)).await? {
            Enqueued::AlreadyKnown(status) => same("its status", status, done(1))?,
            other => return Err(Seen::new(format!("a repeat was to be AlreadyKnown, but was {other:?}"))),
        }
    }
    same("the note of a repeat", value(journal, "another", 2).await?, None)
}

async fn a_job_that_is_kept_out_notes_nothing_and_leaves_its_lane_idle(journal: &dyn Journal) -> Check {
    lease(journal, noting(job("a", 1), "n")).await?;
    keeps_out(journal, noting(job("b", 2), "n"), 1).await?;
    // The lane is idle as before, so its first job is leased to whoever brings it.
    lease(journal, job("b", 3)).await?;
    same("what is due", due(journal, 1).await?, vec![])
}

async fn a_note_that_has_expired_keeps_nobody_out(journal: &dyn Journal) -> Check {
    lease(journal, noting(job("a", 1), "n")).await?;
    let enqueued = journal.enqueue(noting(job("b", 2), "n"), Some(LEASE), at(60)).await?;
    holds("a job behind an expired note is enqueued", matches!(enqueued, Enqueued::Leased(_)))?;
    same("its note", value(journal, "n", 119).await?, Some("noted".to_owned()))
}

async fn of_many_with_one_note_one_is_enqueued(journal: &dyn Journal) -> Check {
    let jobs = (0..20).map(|number| noting(job(&format!("lane {}", number % 4), number), "n"));
    let enqueued = jobs.map(|job| journal.enqueue(job, None, at(0)));
    let mut taken = 0;
    for enqueued in futures_util::future::join_all(enqueued).await {
        match enqueued? {
            Enqueued::Queued => taken += 1,
            Enqueued::Noted => {}
            other => {
                return Err(Seen::new(format!("one of many was to be Queued or Noted, but was {other:?}")));
            }
        }
    }
    same("jobs that were enqueued", taken, 1)?;
    same("jobs that wait", journal.stats().await?.pending, 1)
}

async fn a_note_that_is_too_large_is_refused_with_its_job(journal: &dyn Journal) -> Check {
    let enqueued = journal.enqueue(noting(job("a", 1), &"n".repeat(LONGEST_KEY + 1)), None, at(0)).await;
    holds("a note under a key that is too long is refused", enqueued.is_err())?;
    same("where its job stands", journal.status(key(1)).await?, None)
}
