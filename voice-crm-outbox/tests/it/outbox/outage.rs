//! A sink that is down for everybody, and one that fails at random.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use voice_crm_outbox::{Attempt, JobKey, Outbox, SinkErrorKind, SinkPolicy, Urgency, journal::Journal};

use super::{
    far_end::{Act, FarEnd},
    stage::{BAD, CRM, are_done_within, done, enqueue_all, is_bad, job, job_for, key, quick, start, submit},
};
use crate::journals::on_every_journal;

const LANES: usize = 100;
const JOBS: usize = 300;

/// The jobs of each lane took effect once each, in their order, and none is missing.
fn assert_once_and_in_order(far_end: &FarEnd) {
    let mut lanes: HashMap<String, Vec<JobKey>> = HashMap::new();
    for (lane, job) in far_end.effects() {
        lanes.entry(lane).or_default().push(job);
    }
    for lane in 0..LANES {
        let jobs: Vec<_> = (lane..JOBS).step_by(LANES).map(key).collect();
        assert_eq!(lanes.remove(&format!("{CRM}/lane {lane}")).unwrap_or_default(), jobs, "lane {lane}");
    }
}

/// Takes all jobs in, those of a lane one after another.
async fn enqueue_in_order(outbox: &Outbox) {
    for first in (0..JOBS).step_by(LANES) {
        enqueue_all(
            outbox,
            (first..first + LANES).map(|number| job_for(CRM, number % LANES, number, "good")),
        )
        .await;
    }
}

on_every_journal! {
    async fn an_outage_costs_few_requests_and_all_is_done_after_it(journal: Arc<dyn Journal>) {
        let is_down = Arc::new(AtomicBool::new(true));
        let down = is_down.clone();
        let far_end = FarEnd::each(move |_| {
            if down.load(Ordering::Relaxed) { Act::Fail(SinkErrorKind::Unavailable) } else { Act::Take }
        });
        let outbox = start(journal, &far_end, quick());
        enqueue_in_order(&outbox).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let requests = far_end.requests();
        assert!((3..=20).contains(&requests.len()), "{} requests in an outage", requests.len());
        assert!(requests.last().is_some_and(|last| last.jobs.len() <= 50), "small ones at the end");

        is_down.store(false, Ordering::Relaxed);
        assert!(are_done_within(&outbox, JOBS as u64, Duration::from_secs(20)).await);
        assert_once_and_in_order(&far_end);
    }

    async fn a_sink_that_hangs_has_few_requests_on_its_hands(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| Act::Hang);
        // Longer than people keep coming, so that no request comes to its end.
        let policy = SinkPolicy { live_timeout: Duration::from_secs(10), ..quick() };
        let outbox = Arc::new(start(journal, &far_end, policy));
        let mut people = tokio::task::JoinSet::new();
        for number in 0..200 {
            let outbox = outbox.clone();
            people.spawn(async move { submit(&outbox, job(number, "good")).await });
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let live = far_end.requests().iter().filter(|request| request.urgency == Urgency::Live).count();
        assert!((2..=16).contains(&live), "{live} requests");
    }

    async fn an_outage_ends_for_the_background_when_a_person_gets_through(journal: Arc<dyn Journal>) {
        let is_down = Arc::new(AtomicBool::new(true));
        let down = is_down.clone();
        let far_end = FarEnd::each(move |_| {
            if down.load(Ordering::Relaxed) { Act::Fail(SinkErrorKind::Unavailable) } else { Act::Take }
        });
        // Batches of one job, so that a few of them are an outage.
        let outbox = start(journal, &far_end, SinkPolicy { batch: 1, ..quick() });
        enqueue_all(&outbox, (0..40).map(|number| job(number, "good"))).await;
        // By now the pauses are longer than the test waits below.
        tokio::time::sleep(Duration::from_secs(6)).await;
        is_down.store(false, Ordering::Relaxed);
        assert_eq!(submit(&outbox, job(99, "good")).await, done(99));
        assert!(are_done_within(&outbox, 41, Duration::from_secs(2)).await);
    }

    async fn a_job_that_spoils_every_look_after_an_outage_does_not_make_it_last(journal: Arc<dyn Journal>) {
        let is_down = Arc::new(AtomicBool::new(true));
        let down = is_down.clone();
        let spoiled = move |attempts: &[Attempt]| {
            let fails = down.load(Ordering::Relaxed) || attempts.iter().any(is_bad);
            fails.then_some(Act::Fail(SinkErrorKind::Unavailable))
        };
        let far_end = FarEnd::new(|_| Act::Take, spoiled, Duration::from_millis(2));
        let outbox = start(journal, &far_end, SinkPolicy { batch: 8, ..quick() });
        // The oldest of all, so that it is in whatever is tried first.
        enqueue_all(&outbox, (0..100).map(|number| job(number, if number == 0 { BAD } else { "good" }))).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        is_down.store(false, Ordering::Relaxed);
        assert!(are_done_within(&outbox, 99, Duration::from_secs(40)).await);
    }

    async fn nothing_is_lost_or_doubled_whatever_fails_at_random(journal: Arc<dyn Journal>) {
        let far_end = FarEnd::each(|_| match chance(10) {
            0 => Act::Fail(SinkErrorKind::Transient),
            1 => Act::Fail(SinkErrorKind::Unavailable),
            2 => Act::Fail(SinkErrorKind::InProgress),
            3 => Act::Drop,
            // It takes effect, and then nobody hears of it.
            4 | 5 => Act::Lose,
            _ => Act::Take,
        });
        let mut policy = quick();
        policy.backoff_cap = Duration::from_millis(400);
        let outbox = start(journal, &far_end, policy);
        enqueue_in_order(&outbox).await;
        assert!(are_done_within(&outbox, JOBS as u64, Duration::from_secs(40)).await);
        assert_once_and_in_order(&far_end);
        assert_eq!(outbox.journal().stats().await.unwrap().dead, 0);
    }
}

/// A number below `limit`, another each time.
fn chance(limit: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) % limit
}
