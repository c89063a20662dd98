//! A journal that is slow to answer, or broken, behind the background of the outbox.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use voice_crm_core::{
    Bridge,
    channel::Vapi,
    crm::{
        Attempt, AttemptAnswer, CallerMatch, Change, ChangeKind, Crm, CrmError, FindCallers, JobKey,
        OwnRecord, ReadOptions, Receipt, Reference, Urgency, Write,
    },
    deadline::Deadline,
    journal::{
        Claim, Claimed, DeadJob, Enqueued, Erased, JobInfo, Journal, JournalError, JournalStats, Lease,
        MemoryJournal, Outcome,
    },
    outbox::{Digest, Job, JobStatus, Lane, SinkPolicy, Subject},
    phone::PhoneNumber,
    sinks::CRM,
};

use crate::{
    inner_store::store_of_inner,
    stage::{PATH, signer},
};

/// More claims than a worker that rests makes in these tests.
const SPINNING: usize = 1_000;

/// Claims that take so long, one after the other, and housekeeping that panics at first.
struct Trying {
    inner: MemoryJournal,
    claims: Mutex<Vec<Duration>>,
    panics: AtomicUsize,
    claimed: AtomicUsize,
}

store_of_inner!(Trying, inner);

#[async_trait]
impl Journal for Trying {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        self.inner.enqueue(job, live, now).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        if claim.sink != CRM {
            return self.inner.claim(claim).await;
        }
        let claimed = self.claimed.fetch_add(1, Ordering::Relaxed);
        assert!(claimed < SPINNING, "it looks again without a rest");
        let takes = self.claims.lock().unwrap().pop().unwrap_or_default();
        tokio::time::sleep(takes).await;
        self.inner.claim(claim).await
    }

    async fn settle(&self, all: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        self.inner.settle(all, now).await
    }

    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError> {
        self.inner.status(key).await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError> {
        self.inner.find(reference).await
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError> {
        self.inner.dead(limit).await
    }

    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError> {
        self.inner.retry(key, now).await
    }

    async fn discard(&self, key: JobKey) -> Result<bool, JournalError> {
        self.inner.discard(key).await
    }

    async fn forget(&self, before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        let left = self.panics.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        assert!(left.is_err(), "a journal that is broken");
        self.inner.forget(before, limit).await
    }

    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError> {
        self.inner.erase(subject).await
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        self.inner.stats().await
    }

    async fn check(&self) -> Result<(), JournalError> {
        self.inner.check().await
    }
}

/// A CRM that takes everything in its time, and notes how much time it was given.
#[derive(Clone, Default)]
struct Noting(Arc<Mutex<Vec<Duration>>>);

#[async_trait]
impl FindCallers for Noting {
    async fn find_caller(&self, _: &PhoneNumber, _: ReadOptions) -> Result<CallerMatch, CrmError> {
        Ok(CallerMatch::Nobody)
    }
}

#[async_trait]
impl Crm for Noting {
    fn takes(&self, _: ChangeKind) -> bool {
        true
    }

    async fn apply(&self, writes: Vec<(Attempt, AttemptAnswer)>, _: Urgency, deadline: Deadline) {
        self.0.lock().unwrap().push(deadline.remaining());
        tokio::time::sleep(Duration::from_secs(2)).await;
        for (_, answer) in writes {
            answer.give(Ok(Receipt::default()));
        }
    }
}

/// Has the worker bring one write to its end; gives the bridge, and how much time each try was given.
async fn brought(claims: &[u64], panics: usize) -> (Bridge, Vec<Duration>) {
    let claims = claims.iter().rev().map(|seconds| Duration::from_secs(*seconds)).collect();
    let journal = Trying {
        inner: MemoryJournal::new(),
        claims: Mutex::new(claims),
        panics: AtomicUsize::new(panics),
        claimed: AtomicUsize::new(0),
    };
    let change = Change::from(OwnRecord::create("Thing__c"));
    let write = Write { key: JobKey::from_bytes([1; 16]), change };
    let body = serde_json::to_string(&write).unwrap();
    let job = Job::new(write.key, Lane::new(&CRM, "a"), "save_record", body);
    journal.enqueue(job, None, Timestamp::now()).await.unwrap();
    let crm = Noting::default();
    let bridge = Bridge::builder().channel(PATH, Vapi::new(signer())).crm(crm.clone());
    let bridge = bridge.shared_journal(Arc::new(journal));
    let bridge = bridge.delivery(SinkPolicy { linger: Duration::ZERO, ..SinkPolicy::default() });
    let bridge = bridge.start().unwrap();
    for _ in 0..1_000 {
        if bridge.journal().stats().await.unwrap().done == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(bridge.journal().stats().await.unwrap().done, 1, "it was not brought to its end");
    let given = crm.0.lock().unwrap().clone();
    (bridge, given)
}

#[tokio::test(start_paused = true)]
async fn no_attempt_outlives_its_lease_when_the_journal_was_slow_to_give_it() {
    let (_bridge, given) = brought(&[20, 10], 0).await;
    // The first lease was as good as over when it came; the second had 5 s left of the 15 that a try may take.
    assert_eq!(given, [Duration::from_secs(5)]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_while_old_jobs_are_forgotten_does_not_end_the_outbox() {
    let (bridge, given) = brought(&[3], 2).await;
    assert_eq!(given.len(), 1);
    assert!(bridge.is_ready().await);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_does_not_linger_rests_all_the_same_while_a_batch_is_under_way() {
    let (_bridge, given) = brought(&[], 0).await;
    assert_eq!(given, [Duration::from_secs(15)]);
}

#[tokio::test(start_paused = true)]
async fn a_bridge_that_is_shut_down_twice_stays_so() {
    let (bridge, _) = brought(&[], 0).await;
    assert!(bridge.shutdown(Duration::from_secs(1)).await);
    assert!(bridge.shutdown(Duration::from_secs(1)).await);
}
