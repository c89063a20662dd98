//! Where nothing can be counted, nothing is judged or sent, and the caller hears what cannot be done.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use voice_crm_core::{
    functions::Desk,
    journal::{
        Claim, Claimed, DeadJob, Enqueued, Erased, JobInfo, Journal, JournalError, JournalStats, Lease,
        MemoryJournal, Outcome,
    },
    outbox::{
        Digest, Job, JobKey, JobStatus, Reference, Subject,
        store::{Expected, Store, StoredValue},
    },
};

use super::verify::Codes;
use crate::stage::{Stage, bare_builder, client, org};

/// A journal whose values beside the jobs are out of reach.
#[derive(Default)]
struct NoValues(MemoryJournal);

fn away<T>() -> Result<T, JournalError> {
    Err(JournalError::Closed)
}

#[async_trait]
impl Store for NoValues {
    async fn get(&self, _: &str, _: Timestamp) -> Result<Option<StoredValue>, JournalError> {
        away()
    }

    async fn put(
        &self,
        _: &str,
        _: &str,
        _: Expected,
        _: Duration,
        _: Timestamp,
    ) -> Result<Option<u64>, JournalError> {
        away()
    }

    async fn add(&self, _: &str, _: i64, _: Duration, _: Timestamp) -> Result<i64, JournalError> {
        away()
    }

    async fn remove(&self, _: &str, _: Expected, _: Timestamp) -> Result<bool, JournalError> {
        away()
    }

    async fn list(
        &self,
        _: &str,
        _: usize,
        _: Timestamp,
    ) -> Result<Vec<(String, StoredValue)>, JournalError> {
        away()
    }
}

#[async_trait]
impl Journal for NoValues {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        self.0.enqueue(job, live, now).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        self.0.claim(claim).await
    }

    async fn settle(&self, outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        self.0.settle(outcomes, now).await
    }

    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError> {
        self.0.status(key).await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError> {
        self.0.find(reference).await
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError> {
        self.0.dead(limit).await
    }

    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError> {
        self.0.retry(key, now).await
    }

    async fn discard(&self, key: JobKey) -> Result<bool, JournalError> {
        self.0.discard(key).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        self.0.forget(done_before, limit).await
    }

    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError> {
        self.0.erase(subject).await
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        self.0.stats().await
    }

    async fn check(&self) -> Result<(), JournalError> {
        self.0.check().await
    }
}

#[tokio::test]
async fn what_cannot_be_counted_is_said_to_be_that_and_not_records_out_of_reach() {
    let codes = Codes::default();
    let org = org().start().await.unwrap();
    let bridge = bare_builder(org.url(), Arc::new(NoValues::default()))
        .support_desk_with(Desk::new().code_sender(codes.clone()))
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    let details = json!({ "MailingPostalCode": "94105", "MobilePhone": "+1 415 555 0177" });
    client(stage.org.url())
        .records("Contact")
        .update(&stage.contact.parse().unwrap(), &details)
        .await
        .unwrap();
    let ada = |mut arguments: serde_json::Value| {
        arguments["name"] = "Ada Lovelace".into();
        arguments
    };
    let both = json!({ "postal_code": "94105", "account_ending": "1001" });
    for (id, arguments, expected) in [
        ("proof", both.clone(), "cannot verify you right now"),
        ("send", json!({ "send_code": true }), "cannot send you a code right now"),
        ("code", json!({ "code": "314159" }), "cannot check the code right now"),
    ] {
        let own = stage.tool("own", id, "verify_caller", arguments.clone()).await;
        assert!(own.contains(expected) && !own.contains("records"), "{id}: {own}");
        let from = Some("+12125550199");
        let claimed = stage.tool_from(from, "claimed", id, "verify_caller", ada(arguments)).await;
        assert!(claimed.contains(expected) && !claimed.contains("records"), "{id}: {claimed}");
    }
    assert!(codes.0.lock().unwrap().is_empty(), "what cannot be counted is not sent");
}
