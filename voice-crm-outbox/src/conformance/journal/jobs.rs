//! The jobs that the rules are checked with, and short words for what is done to them.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    Job, JobKey, JobStatus, Lane, Reason, Receipt, SinkName,
    conformance::rule::{Check, Seen},
    journal::{Claim, Claimed, Enqueued, Journal, Lease, Outcome},
};

pub(super) const SINK: &str = "crm";
pub(super) const OTHER_SINK: &str = "texts";
pub(super) const LEASE: Duration = Duration::from_secs(30);
/// More than any rule has lanes.
const ALL: usize = 100;

/// So many seconds after the start of a rule's time.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap_or(Timestamp::MAX)
}

pub(super) fn key(number: u32) -> JobKey {
    JobKey::derive(["conformance"], number)
}

pub(super) fn body(number: u32) -> String {
    format!("{{\"job\":{number}}}")
}

/// A job in a lane before the sink.
pub(super) fn job(lane: &str, number: u32) -> Job {
    job_for(SINK, lane, number)
}

/// A job in a lane before any sink.
pub(super) fn job_for(sink: &str, lane: &str, number: u32) -> Job {
    Job::new(key(number), Lane::from_text(format!("{sink}/{lane}")), "save", body(number))
}

pub(super) fn receipt(number: u32) -> Receipt {
    Receipt::new(receipt_body(number))
}

pub(super) fn receipt_body(number: u32) -> Arc<str> {
    format!("receipt {number}").into()
}

pub(super) fn reason() -> Reason {
    Reason::new("RULE", "a rule refuses it")
}

pub(super) fn retry(seconds: i64, may_have_applied: bool) -> Outcome {
    Outcome::Retry { at: at(seconds), may_have_applied }
}

pub(super) fn snooze(seconds: i64, may_have_applied: bool) -> Outcome {
    Outcome::Snooze { at: at(seconds), may_have_applied }
}

/// Takes a job in that nobody waits for.
pub(super) async fn queue(journal: &dyn Journal, job: Job, seconds: i64) -> Check {
    match journal.enqueue(job, None, at(seconds)).await? {
        Enqueued::Queued => Ok(()),
        other => {
            Err(Seen::new(format!("a new job that nobody waits for was to be queued, but was {other:?}")))
        }
    }
}

/// Takes in the first job of an idle lane, live at the start of time.
pub(super) async fn lease(journal: &dyn Journal, job: Job) -> Result<Lease, Seen> {
    match journal.enqueue(job, Some(LEASE), at(0)).await? {
        Enqueued::Leased(lease) => Ok(lease),
        other => {
            Err(Seen::new(format!("the first job of an idle lane was to be leased live, but was {other:?}")))
        }
    }
}

pub(super) async fn settle(journal: &dyn Journal, lease: Lease, outcome: Outcome, seconds: i64) -> Check {
    Ok(journal.settle(vec![(lease, outcome)], at(seconds)).await?)
}

/// Does a job from the first to the last.
pub(super) async fn finish(journal: &dyn Journal, job: Job, outcome: Outcome, seconds: i64) -> Check {
    let lease = lease(journal, job).await?;
    settle(journal, lease, outcome, seconds).await
}

/// Claims of a sink at most so many lanes that are well, and so many whose head keeps failing.
pub(super) async fn claim_some(
    journal: &dyn Journal,
    sink: &str,
    seconds: i64,
    limits: (usize, usize),
) -> Result<Claimed, Seen> {
    Ok(journal.claim(&Claim::new(SinkName::new(sink)?, at(seconds), LEASE, limits)).await?)
}

/// Claims all that is due of the sink.
pub(super) async fn claim(journal: &dyn Journal, seconds: i64) -> Result<Vec<Lease>, Seen> {
    let Claimed { mut leases, failing, .. } = claim_some(journal, SINK, seconds, (ALL, ALL)).await?;
    leases.extend(failing);
    Ok(leases)
}

/// Claims the only job that is due.
pub(super) async fn claim_one(journal: &dyn Journal, seconds: i64) -> Result<Lease, Seen> {
    let mut leases = claim(journal, seconds).await?;
    match (leases.pop(), leases.len()) {
        (Some(lease), 0) => Ok(lease),
        (None, _) => {
            Err(Seen::new(format!("nothing was due {seconds} s after the start, but one job was to be")))
        }
        (_, more) => {
            Err(Seen::new(format!("{} jobs were due {seconds} s after the start, not one", more + 1)))
        }
    }
}

/// The keys that are due, in their own order.
pub(super) async fn due(journal: &dyn Journal, seconds: i64) -> Result<Vec<JobKey>, Seen> {
    Ok(sorted(claim(journal, seconds).await?.iter().map(Lease::key)))
}

pub(super) fn sorted(keys: impl IntoIterator<Item = JobKey>) -> Vec<JobKey> {
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort();
    keys
}

pub(super) async fn status(journal: &dyn Journal, number: u32) -> Result<Option<JobStatus>, Seen> {
    Ok(journal.status(key(number)).await?.map(|(_, status)| status))
}

pub(super) fn done(number: u32) -> JobStatus {
    JobStatus::Done(receipt_body(number))
}
