//! What a stop waits for.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use voice_crm_outbox::{JobStatus, journal::Journal};

use super::{
    far_end::{Act, FarEnd},
    stage::{done, enqueue, holds_within, is_done_within, job, key, quick, start, status, submit},
};
use crate::journals::on_every_journal;

const LATENCY: Duration = Duration::from_millis(600);

on_every_journal! {
    async fn a_stop_waits_for_what_is_under_way_and_begins_nothing_new(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::new(|_| Act::Take, |_| None, LATENCY);
        let outbox = start(journal, &far_end, quick());
        enqueue(&outbox, job(1, "good")).await;
        assert!(holds_within(Duration::from_secs(5), async || !far_end.requests().is_empty()).await);

        let (stopped, live) = tokio::join!(outbox.stop(Duration::from_secs(10)), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            submit(&outbox, job(2, "good")).await
        });

        assert!(stopped && !outbox.is_running());
        assert_eq!(live, JobStatus::Pending, "it is durable, and the next process does it");
        assert_eq!(status(&outbox, 1).await, Some(done(1)), "what was under way is noted");
        assert_eq!(far_end.attempts(), 1);
        assert!(outbox.stop(Duration::ZERO).await, "a second stop finds all at rest");
    }

    async fn a_stop_waits_for_a_live_job_too(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::new(|_| Act::Take, |_| None, LATENCY);
        let outbox = start(journal, &far_end, quick());
        let (live, stopped) = tokio::join!(submit(&outbox, job(1, "good")), async {
            let is_sent = async || !far_end.requests().is_empty();
            assert!(holds_within(Duration::from_secs(5), is_sent).await);
            outbox.stop(Duration::from_secs(10)).await
        });
        assert!(stopped);
        assert_eq!((live, status(&outbox, 1).await), (done(1), Some(done(1))));
    }

    async fn a_stop_that_finishes_nothing_drops_its_batches(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| Act::Hang);
        let mut policy = quick();
        (policy.finish_on_stop, policy.batch_timeout) = (false, Duration::from_secs(20));
        // As many as there may be: the loop hears the stop all the same.
        policy.batches = 1;
        let outbox = start(journal, &far_end, policy);
        enqueue(&outbox, job(1, "good")).await;
        assert!(holds_within(Duration::from_secs(5), async || !far_end.requests().is_empty()).await);

        let begun = Instant::now();
        assert!(outbox.stop(Duration::from_secs(15)).await);
        assert!(begun.elapsed() < Duration::from_secs(10), "it did not wait for the batch");
        assert_eq!(status(&outbox, 1).await, Some(JobStatus::Pending));
    }

    async fn two_stops_at_once_come_to_the_same_end(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::new(|_| Act::Take, |_| None, LATENCY);
        let outbox = start(journal, &far_end, quick());
        enqueue(&outbox, job(1, "good")).await;
        assert!(holds_within(Duration::from_secs(5), async || !far_end.requests().is_empty()).await);

        let (impatient, patient) =
            tokio::join!(outbox.stop(Duration::from_millis(50)), outbox.stop(Duration::from_secs(10)));
        assert!(!impatient && patient);
        assert!(outbox.stop(Duration::ZERO).await, "all is at rest");
        assert_eq!(submit(&outbox, job(2, "good")).await, JobStatus::Pending);
        assert_eq!(far_end.attempts(), 1);
    }

    async fn a_stop_says_when_its_time_ran_out(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| Act::Hang);
        let mut policy = quick();
        policy.batch_timeout = Duration::from_secs(20);
        let outbox = start(journal, &far_end, policy);
        enqueue(&outbox, job(1, "good")).await;
        assert!(holds_within(Duration::from_secs(5), async || !far_end.requests().is_empty()).await);
        assert!(!outbox.stop(Duration::from_millis(200)).await);
    }

    async fn the_next_outbox_on_the_journal_does_what_the_last_one_left(journal: Arc<dyn Journal>) {
        let silent = FarEnd::each(|_| Act::Hang);
        let mut policy = quick();
        policy.finish_on_stop = false;
        (policy.batch_timeout, policy.lease_margin) = (Duration::from_secs(1), Duration::from_millis(500));
        let first = start(journal.clone(), &silent, policy.clone());
        enqueue(&first, job(1, "good")).await;
        assert!(holds_within(Duration::from_secs(5), async || !silent.requests().is_empty()).await);
        first.stop(Duration::from_secs(5)).await;
        drop(first);

        let far_end = FarEnd::each(|_| Act::Take);
        let second = start(journal, &far_end, policy);
        assert!(is_done_within(&second, 1, Duration::from_secs(10)).await);
        assert!(far_end.was_marked(key(1)), "its lease ran out, so it may have been applied");
    }
}
