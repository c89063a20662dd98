//! Two sinks, one of which is down.

use std::{sync::Arc, time::Duration};

use voice_crm_outbox::{JobStatus, Outbox, SinkErrorKind::Unavailable, Urgency, journal::Journal};

use super::{
    far_end::{Act, FarEnd},
    stage::{CRM, done, enqueue, enqueue_all, is_done_within, job_for, key, name, quick, status, submit},
};
use crate::journals::on_every_journal;

const TEXTS: &str = "texts";
const PENDING: usize = 1_000;

/// A thousand jobs wait for one sink; the other is well and has lanes of the same names.
async fn with_one_sink_down(journal: Arc<dyn Journal>, down: Act) {
    let (texts, crm) = (FarEnd::each(move |_| down), FarEnd::each(|_| Act::Take));
    let outbox = Outbox::builder(journal)
        .sink(name(TEXTS), texts.clone(), quick())
        .sink(name(CRM), crm.clone(), quick())
        .start()
        .unwrap();
    enqueue_all(&outbox, (0..PENDING).map(|number| job_for(TEXTS, number, number, "a text"))).await;
    tokio::time::sleep(Duration::from_millis(500)).await;

    for lane in 0..5 {
        let number = PENDING + lane;
        assert_eq!(submit(&outbox, job_for(CRM, lane, number, "a record")).await, done(number));
        assert_eq!(crm.tries(key(number)), [Urgency::Live]);
    }
    for lane in 0..5 {
        let number = PENDING + 10 + lane;
        enqueue(&outbox, job_for(CRM, lane, number, "a record")).await;
        assert!(is_done_within(&outbox, number, Duration::from_secs(1)).await, "the job {number} waits");
    }
    assert!(texts.attempts() > 0);
    assert_eq!(status(&outbox, 0).await, Some(JobStatus::Pending));
    let waiting = outbox.journal().stats().await.unwrap().waiting;
    assert_eq!(waiting.into_iter().collect::<Vec<_>>(), [((TEXTS.into(), "save".into()), PENDING as u64)]);
}

on_every_journal! {
    async fn a_sink_that_is_down_holds_no_other_up(journal: Arc<dyn Journal>) {
        with_one_sink_down(journal, Act::Fail(Unavailable)).await;
    }

    async fn a_sink_that_hangs_holds_no_other_up(journal: Arc<dyn Journal>) {
        with_one_sink_down(journal, Act::Hang).await;
    }
}
