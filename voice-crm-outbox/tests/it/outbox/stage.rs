//! Jobs, policies and waits that the tests of the outbox share.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use voice_crm_outbox::{
    Attempt, Job, JobKey, JobStatus, Lane, Outbox, SinkName, SinkPolicy, deadline::Deadline, journal::Journal,
};

use super::far_end::{FarEnd, receipt};

pub(super) const CRM: &str = "crm";
/// The body of a job that the far end shall not take.
pub(super) const BAD: &str = "bad";

/// A policy under which everything happens within seconds.
pub(super) fn quick() -> SinkPolicy {
    SinkPolicy {
        batch_timeout: Duration::from_secs(2),
        lease_margin: Duration::from_secs(2),
        linger: Duration::from_millis(10),
        backoff_base: Duration::from_millis(100),
        backoff_cap: Duration::from_secs(2),
        ..SinkPolicy::default()
    }
}

pub(super) fn name(name: &str) -> SinkName {
    SinkName::new(name).unwrap()
}

/// An outbox with one sink.
pub(super) fn start(journal: Arc<dyn Journal>, far_end: &Arc<FarEnd>, policy: SinkPolicy) -> Outbox {
    Outbox::builder(journal).sink(name(CRM), far_end.clone(), policy).start().unwrap()
}

pub(super) fn key(number: usize) -> JobKey {
    JobKey::derive(["outbox"], u32::try_from(number).unwrap())
}

/// A job before any sink, in the lane and with the key of any number.
pub(super) fn job_for(sink: &str, lane: usize, number: usize, body: &'static str) -> Job {
    Job::new(key(number), Lane::new(&name(sink), &format!("lane {lane}")), "save", body)
}

/// A job in a lane of its own.
pub(super) fn job(number: usize, body: &'static str) -> Job {
    job_for(CRM, number, number, body)
}

pub(super) fn is_bad(attempt: &Attempt) -> bool {
    attempt.body() == BAD
}

pub(super) fn within(span: Duration) -> Deadline {
    Deadline::after(span)
}

/// Submits a job, and waits two seconds for it.
pub(super) async fn submit(outbox: &Outbox, job: Job) -> JobStatus {
    let two = within(Duration::from_secs(2));
    outbox.submit(job, two, two).await.unwrap().status
}

pub(super) async fn enqueue(outbox: &Outbox, job: Job) {
    outbox.enqueue(job, within(Duration::from_secs(10))).await.unwrap();
}

/// Enqueues many jobs, many at a time.
pub(super) async fn enqueue_all(outbox: &Outbox, jobs: impl Iterator<Item = Job>) {
    let jobs: Vec<Job> = jobs.collect();
    for share in jobs.chunks(200) {
        futures_util::future::join_all(share.iter().map(|job| enqueue(outbox, job.clone()))).await;
    }
}

pub(super) fn done(number: usize) -> JobStatus {
    JobStatus::Done(receipt(key(number)).body)
}

pub(super) async fn status(outbox: &Outbox, number: usize) -> Option<JobStatus> {
    outbox.journal().status(key(number)).await.unwrap().map(|(_, status)| status)
}

/// Waits until something holds; false when it does not within the span.
#[must_use]
pub(super) async fn holds_within(span: Duration, mut holds: impl AsyncFnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < span {
        if holds().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    holds().await
}

#[must_use]
pub(super) async fn is_done_within(outbox: &Outbox, number: usize, span: Duration) -> bool {
    holds_within(span, async || status(outbox, number).await == Some(done(number))).await
}

#[must_use]
pub(super) async fn are_done_within(outbox: &Outbox, jobs: u64, span: Duration) -> bool {
    holds_within(span, async || outbox.journal().stats().await.unwrap().done >= jobs).await
}
