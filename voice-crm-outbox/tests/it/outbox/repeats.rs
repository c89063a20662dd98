//! Repeats of a live job that come between its answer and the note of it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use voice_crm_outbox::{
    Digest, EnqueueError, Job, JobKey, JobStatus, Reference, SinkErrorKind, Subject,
    journal::{
        Claim, Claimed, DeadJob, Enqueued, Erased, JobInfo, Journal, JournalError, JournalStats, Lease,
        Outcome,
    },
};

use super::{
    far_end::{Act, FarEnd},
    stage::{BAD, done, is_bad, is_done_within, job, key, quick, start, status, submit, within},
};
use crate::journals::{on_every_journal, store_of_inner};

/// A journal that takes its time to note what became of jobs, or to say that a job is known.
struct SlowToSettle(Arc<dyn Journal>, Duration, Slow);

#[derive(Clone, Copy, Eq, PartialEq)]
enum Slow {
    ToSettle,
    ToTell,
}

store_of_inner!(SlowToSettle, 0);

#[async_trait]
impl Journal for SlowToSettle {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        let key = job.key();
        let enqueued = self.0.enqueue(job, live, now).await?;
        if self.2 == Slow::ToTell && matches!(enqueued, Enqueued::AlreadyKnown(JobStatus::Pending)) {
            // What it says was true when it looked.
            while matches!(self.0.status(key).await?, Some((_, JobStatus::Pending))) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::time::sleep(self.1).await;
        }
        Ok(enqueued)
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        self.0.claim(claim).await
    }

    async fn settle(&self, outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        let pause = if self.2 == Slow::ToSettle { self.1 } else { MOMENT };
        tokio::time::sleep(pause).await;
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

const SLOW: Duration = Duration::from_millis(700);
const MOMENT: Duration = Duration::from_millis(50);

on_every_journal! {
    async fn a_repeat_before_the_note_hears_what_the_first_heard(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|attempt| {
            if is_bad(attempt) { Act::Fail(SinkErrorKind::Refused) } else { Act::Take }
        });
        let outbox = start(Arc::new(SlowToSettle(journal, SLOW, Slow::ToSettle)), &far_end, quick());

        assert_eq!(submit(&outbox, job(1, "good")).await, done(1));
        assert_eq!(status(&outbox, 1).await, Some(JobStatus::Pending), "it is not noted yet");
        assert_eq!(submit(&outbox, job(1, "good")).await, done(1));

        let refused = submit(&outbox, job(2, BAD)).await;
        assert!(matches!(&refused, JobStatus::Dead(_)), "{refused:?}");
        assert_eq!(submit(&outbox, job(2, BAD)).await, refused);

        assert!(is_done_within(&outbox, 1, Duration::from_secs(5)).await);
        assert_eq!(submit(&outbox, job(1, "good")).await, done(1));
        assert_eq!((far_end.tries(key(1)).len(), far_end.tries(key(2)).len()), (1, 1));
    }

    async fn a_repeat_that_is_noted_meanwhile_hears_the_same(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| Act::Take);
        let outbox = start(Arc::new(SlowToSettle(journal, MOMENT * 2, Slow::ToTell)), &far_end, quick());

        assert_eq!(submit(&outbox, job(1, "good")).await, done(1));
        assert_eq!(submit(&outbox, job(1, "good")).await, done(1), "the journal had seen it pending");
        assert_eq!(far_end.tries(key(1)).len(), 1);
    }

    async fn a_repeat_at_another_replica_before_the_note_hears_the_same(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| Act::Take);
        let slow = Arc::new(SlowToSettle(journal, MOMENT, Slow::ToSettle));
        let (one, other) = (start(slow.clone(), &far_end, quick()), start(slow, &far_end, quick()));

        assert_eq!(submit(&one, job(1, "good")).await, done(1));
        assert_eq!(submit(&other, job(1, "good")).await, done(1));
        assert_eq!(far_end.tries(key(1)).len(), 1);
    }

    async fn a_repeat_during_the_attempt_waits_for_the_same_answer(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::new(|_| Act::Take, |_| None, Duration::from_millis(500));
        let outbox = start(journal, &far_end, quick());
        let (first, second) = tokio::join!(submit(&outbox, job(1, "good")), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            submit(&outbox, job(1, "good")).await
        });
        assert_eq!((first, second), (done(1), done(1)));
        assert_eq!(far_end.tries(key(1)).len(), 1);
    }

    async fn a_repeat_is_told_from_a_new_job_before_and_after_it_is_done(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| Act::Take);
        let outbox = start(Arc::new(SlowToSettle(journal, SLOW, Slow::ToSettle)), &far_end, quick());
        let is_known = async || {
            let two = within(Duration::from_secs(2));
            outbox.submit(job(1, "good"), two, two).await.unwrap().is_known
        };
        assert!(!is_known().await);
        assert!(is_known().await, "it is not noted yet");
        assert!(is_done_within(&outbox, 1, Duration::from_secs(5)).await);
        assert!(is_known().await);
    }

    async fn another_request_under_the_same_key_is_a_conflict(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| Act::Take);
        let outbox = start(journal, &far_end, quick());
        submit(&outbox, job(1, "good")).await;
        let (other, two) = (job(1, "other").digest(Digest::from_bytes([1; 16])), within(Duration::from_secs(2)));
        let submitted = outbox.submit(other.clone(), two, two).await;
        assert!(matches!(submitted, Err(EnqueueError::Conflict)));
        assert!(matches!(outbox.enqueue(other, two).await, Err(EnqueueError::Conflict)));
        assert_eq!(far_end.tries(key(1)).len(), 1);
    }
}
