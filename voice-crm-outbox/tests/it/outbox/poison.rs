//! A job whose presence spoils every request that it is in.

use std::{sync::Arc, time::Duration};

use voice_crm_outbox::{Attempt, JobStatus, SinkErrorKind::Unavailable, journal::Journal};

use super::{
    far_end::{Act, FarEnd},
    stage::{BAD, are_done_within, enqueue_all, holds_within, is_bad, job, key, quick, start, status},
};
use crate::journals::on_every_journal;

const JOBS: usize = 60;
const POISON: usize = 17;

/// Each request that the poison is in comes to the same end, whatever else is in it.
async fn with_a_poison(journal: Arc<dyn Journal>, act: Act) {
    let spoiled = move |attempts: &[Attempt]| attempts.iter().any(is_bad).then_some(act);
    let far_end = FarEnd::new(|_| Act::Take, spoiled, Duration::from_millis(2));
    let mut policy = quick();
    (policy.batch_timeout, policy.backoff_cap) = (Duration::from_millis(300), Duration::from_secs(4));
    let outbox = start(journal, &far_end, policy);
    enqueue_all(&outbox, (0..JOBS).map(|number| job(number, if number == POISON { BAD } else { "good" })))
        .await;

    let all_but_one = JOBS as u64 - 1;
    assert!(are_done_within(&outbox, all_but_one, Duration::from_secs(50)).await, "the others wait");

    assert_eq!(status(&outbox, POISON).await, Some(JobStatus::Pending));
    assert!(far_end.counts().values().all(|effects| *effects == 1));
    // From now on the spoiler is in a batch by itself, and what comes anew is not in it.
    let before = far_end.requests().len();
    enqueue_all(&outbox, (JOBS..JOBS + 20).map(|number| job(number, "good"))).await;
    assert!(are_done_within(&outbox, all_but_one + 20, Duration::from_secs(5)).await);
    let is_tried =
        async || far_end.requests()[before..].iter().any(|request| request.jobs.contains(&key(POISON)));
    assert!(holds_within(Duration::from_secs(10), is_tried).await, "the poison is tried again");
    let with_poison = far_end.requests().split_off(before);
    let with_poison = with_poison.iter().filter(|request| request.jobs.contains(&key(POISON)));
    assert!(with_poison.into_iter().all(|request| request.jobs.len() == 1));
}

on_every_journal! {
    async fn a_job_that_has_its_requests_fail_ends_up_alone(journal: Arc<dyn Journal>) {
        with_a_poison(journal, Act::Fail(Unavailable)).await;
    }

    async fn a_job_that_has_its_requests_hang_ends_up_alone(journal: Arc<dyn Journal>) {
        with_a_poison(journal, Act::Hang).await;
    }
}
