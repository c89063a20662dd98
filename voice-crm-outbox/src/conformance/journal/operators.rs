//! What operators see: references, figures, and whether the journal works.

use std::collections::BTreeMap;

use super::jobs::{
    OTHER_SINK, at, claim_one, done, finish, job, job_for, key, lease, queue, reason, receipt, retry, settle,
};
use crate::{
    Digest, Job, JobStatus, Lane,
    conformance::{
        Rule,
        rule::{Check, holds, rules, same},
    },
    journal::{Journal, JournalStats, Outcome},
};

pub(super) const RULES: &[Rule<dyn Journal>] = rules![
    a_job_is_found_by_its_reference,
    an_unknown_key_has_no_status,
    what_waits_is_counted_by_sink_and_kind,
    what_has_ended_is_counted_as_it_ended,
    a_check_that_passes_leaves_nothing_behind,
];

async fn a_job_is_found_by_its_reference(journal: &dyn Journal) -> Check {
    finish(journal, job("a", 1), Outcome::Done(receipt(1)), 1).await?;
    finish(journal, job("b", 2), retry(100, false), 1).await?;
    let reference = key(1).reference();
    let (front, back) = reference.as_str().split_at(3);
    let found = journal.find(&format!("{front} - {back}").parse()?).await?;
    same("jobs with the reference of the first", found.len(), 1)?;
    for info in found {
        same("its key", info.key, key(1))?;
        same("its status", info.status, done(1))?;
        same("its kind", &*info.kind, "save")?;
        same("its lane", info.lane.as_str(), "crm/a")?;
        same("its attempts, with the last", info.attempts, 1)?;
        same("when it was taken in", info.enqueued_at, at(0))?;
    }
    let statuses: Vec<_> = journal
        .find(&key(2).reference())
        .await?
        .into_iter()
        .map(|info| (info.status, info.attempts))
        .collect();
    same("the second", statuses, vec![(JobStatus::Pending, 1)])?;
    same("jobs with an unknown reference", journal.find(&key(3).reference()).await?.len(), 0)
}

async fn an_unknown_key_has_no_status(journal: &dyn Journal) -> Check {
    lease(journal, job("a", 1).digest(Digest::from_bytes([7; 16]))).await?;
    same("an unknown key", journal.status(key(2)).await?, None)?;
    let known = journal.status(key(1)).await?;
    same("a known key", known, Some((Digest::from_bytes([7; 16]), JobStatus::Pending)))
}

async fn what_waits_is_counted_by_sink_and_kind(journal: &dyn Journal) -> Check {
    same("an empty journal", journal.stats().await?, JournalStats::default())?;
    queue(journal, job("a", 1), 0).await?;
    queue(journal, job("a", 2), 0).await?;
    queue(journal, job_for(OTHER_SINK, "a", 3), 0).await?;
    queue(journal, Job::new(key(4), Lane::from_text("crm/b"), "send", "{}"), 0).await?;
    let waiting = |counts: &[(&str, &str, u64)]| -> BTreeMap<(String, String), u64> {
        let counts = counts.iter();
        counts.map(|(sink, kind, count)| (((*sink).to_owned(), (*kind).to_owned()), *count)).collect()
    };
    let stats = journal.stats().await?;
    same("jobs that wait", stats.pending, 4)?;
    let expected = waiting(&[("crm", "save", 2), ("crm", "send", 1), ("texts", "save", 1)]);
    same("jobs that wait, by sink and kind", stats.waiting, expected)
}

async fn what_has_ended_is_counted_as_it_ended(journal: &dyn Journal) -> Check {
    queue(journal, job("a", 1), 0).await?;
    queue(journal, job("a", 2), 0).await?;
    queue(journal, job("a", 3), 0).await?;
    for outcome in [Outcome::Done(receipt(1)), Outcome::Dead(reason()), retry(100, false)] {
        let lease = claim_one(journal, 1).await?;
        settle(journal, lease, outcome, 1).await?;
    }
    let stats = journal.stats().await?;
    same("jobs that wait, are done, are dead", (stats.pending, stats.done, stats.dead), (1, 1, 1))?;
    same("counts of what waits", stats.waiting.into_values().collect(), vec![1])
}

async fn a_check_that_passes_leaves_nothing_behind(journal: &dyn Journal) -> Check {
    queue(journal, job("a", 1), 0).await?;
    for _ in 0..3 {
        journal.check().await?;
    }
    let stats = journal.stats().await?;
    same("jobs that wait, are done, are dead", (stats.pending, stats.done, stats.dead), (1, 0, 0))?;
    holds("the job is due as before", claim_one(journal, 1).await?.key() == key(1))
}
