//! Jobs to try journals with.

use std::time::Duration;

use jiff::Timestamp;
use voice_crm_outbox::{
    Job, JobKey, JobStatus, Lane, Receipt, SinkName,
    journal::{Claim, Enqueued, Journal, Lease, Outcome},
};

pub(crate) const LEASE: Duration = Duration::from_secs(30);

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn key(number: u32) -> JobKey {
    JobKey::derive(["test"], number)
}

pub(crate) fn sink() -> SinkName {
    SinkName::new("crm").unwrap()
}

pub(crate) fn job(lane: &str, number: u32) -> Job {
    said(lane, number, r#"{"change":"a"}"#)
}

pub(crate) fn said(lane: &str, number: u32, body: &str) -> Job {
    Job::new(key(number), Lane::new(&sink(), lane), "create", body)
}

pub(crate) fn receipt(number: u32) -> Receipt {
    Receipt::new(format!(r#"{{"record":"a00{number:012}"}}"#))
}

pub(crate) fn done(number: u32) -> JobStatus {
    JobStatus::Done(receipt(number).body)
}

pub(crate) async fn leased(journal: &dyn Journal, lane: &str, number: u32) -> Lease {
    match journal.enqueue(job(lane, number), Some(LEASE), at(0)).await.unwrap() {
        Enqueued::Leased(lease) => lease,
        other => panic!("not leased: {other:?}"),
    }
}

pub(crate) async fn settle(journal: &dyn Journal, lease: Lease, outcome: Outcome, now: Timestamp) {
    journal.settle(vec![(lease, outcome)], now).await.unwrap();
}

pub(crate) async fn claim(journal: &dyn Journal, now: Timestamp) -> Vec<Lease> {
    let claimed = journal.claim(&Claim::new(sink(), now, LEASE, (100, 100))).await.unwrap();
    claimed.leases.into_iter().chain(claimed.failing).collect()
}

pub(crate) async fn status(journal: &dyn Journal, number: u32) -> Option<JobStatus> {
    journal.status(key(number)).await.unwrap().map(|(_, status)| status)
}
