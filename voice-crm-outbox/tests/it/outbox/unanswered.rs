//! Attempts of which the sink says nothing, and answers that come early.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use voice_crm_outbox::{Attempt, JobStatus, journal::Journal};

use super::{
    far_end::{Act, FarEnd},
    stage::{BAD, is_bad, is_done_within, job, key, quick, start, status, submit},
};
use crate::journals::on_every_journal;

/// The first attempt comes to a bad end, and the sink is well afterwards.
async fn once(journal: Arc<dyn Journal>, act: Act) {
    let is_first = AtomicBool::new(true);
    let first = move |_: &Attempt| {
        if is_first.swap(false, Ordering::Relaxed) { act } else { Act::Take }
    };
    let far_end = FarEnd::each(first);
    let outbox = start(journal, &far_end, quick());
    assert_eq!(submit(&outbox, job(1, "good")).await, JobStatus::Pending);
    assert!(is_done_within(&outbox, 1, Duration::from_secs(15)).await);
    assert_eq!(far_end.tries(key(1)).len(), 2);
    assert!(far_end.was_marked(key(1)), "the second attempt is told that the first may have been applied");
    assert_eq!(far_end.counts()[&key(1)], 1);
}

on_every_journal! {
    async fn an_attempt_that_is_dropped_may_have_been_applied(journal: Arc<dyn Journal>) {
        once(journal, Act::Drop).await;
    }

    async fn an_attempt_in_which_the_sink_panics_may_have_been_applied(journal: Arc<dyn Journal>) {
        once(journal, Act::Panic).await;
    }

    async fn an_attempt_of_which_nothing_is_heard_may_have_been_applied(journal: Arc<dyn Journal>) {
        once(journal, Act::Hang).await;
    }

    async fn an_answer_that_was_lost_is_found_by_the_next_attempt(journal: Arc<dyn Journal>) {
        once(journal, Act::Lose).await;
    }

    async fn an_answer_that_comes_early_is_noted_while_others_of_its_batch_hang(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|attempt| if is_bad(attempt) { Act::Hang } else { Act::Take });
        let mut policy = quick();
        policy.batch_timeout = Duration::from_secs(20);
        // Both are there before the worker looks, so that one request takes both.
        for job in [job(1, "good"), job(2, BAD)] {
            journal.enqueue(job, None, Timestamp::now()).await.unwrap();
        }
        let outbox = start(journal, &far_end, policy);
        assert!(is_done_within(&outbox, 1, Duration::from_secs(5)).await);
        assert_eq!(far_end.requests()[0].jobs.len(), 2, "one request takes both");
        assert_eq!(status(&outbox, 2).await, Some(JobStatus::Pending));
    }
}
