//! Lanes that fail for ever before a sink that is well.

use std::{sync::Arc, time::Duration};

use voice_crm_outbox::{
    SinkErrorKind,
    SinkErrorKind::{Transient, Unavailable},
    Urgency,
    journal::Journal,
};

use super::{
    far_end::{Act, FarEnd},
    stage::{
        BAD, done, enqueue, enqueue_all, holds_within, is_bad, is_done_within, job, key, quick, start, submit,
    },
};
use crate::journals::on_every_journal;

/// Lanes fail for ever, each for a reason of its own; then people come, and jobs for which nobody waits.
async fn with_failing_lanes(journal: Arc<dyn Journal>, lanes: usize, kind: SinkErrorKind) {
    let far_end = FarEnd::each(move |attempt| if is_bad(attempt) { Act::Fail(kind) } else { Act::Take });
    let outbox = start(journal, &far_end, quick());
    enqueue_all(&outbox, (0..lanes).map(|number| job(number, BAD))).await;
    // Where all of it looks like an outage, many lanes are tried seldom.
    let are_known = holds_within(Duration::from_secs(4), async || far_end.attempts() > lanes * 4).await;
    assert!(
        are_known || (far_end.attempts() > 0 && (kind != Transient || lanes > 200)),
        "they are not tried"
    );

    for number in lanes..lanes + 5 {
        assert_eq!(submit(&outbox, job(number, "good")).await, done(number), "the live job {number}");
        assert_eq!(far_end.tries(key(number)), [Urgency::Live]);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    if kind == Transient {
        for number in lanes + 5..lanes + 10 {
            enqueue(&outbox, job(number, "good")).await;
            let is_done = is_done_within(&outbox, number, Duration::from_secs(2)).await;
            assert!(is_done, "the job {number} for which nobody waits");
        }
    }
    assert_eq!(outbox.journal().stats().await.unwrap().pending, lanes as u64);
}

on_every_journal! {
    async fn twenty_lanes_with_a_fault_of_their_own_hold_nobody_up(journal: Arc<dyn Journal>) {
        with_failing_lanes(journal, 20, Transient).await;
    }

    async fn two_hundred_lanes_with_a_fault_of_their_own_hold_nobody_up(journal: Arc<dyn Journal>) {
        with_failing_lanes(journal, 200, Transient).await;
    }

    async fn twenty_lanes_that_look_like_an_outage_hold_no_live_job_up(journal: Arc<dyn Journal>) {
        with_failing_lanes(journal, 20, Unavailable).await;
    }

    async fn two_hundred_lanes_that_look_like_an_outage_hold_no_live_job_up(journal: Arc<dyn Journal>) {
        with_failing_lanes(journal, 200, Unavailable).await;
    }
}

mod thousands {
    use super::{Arc, Journal, Transient, Unavailable, on_every_journal, with_failing_lanes};

    on_every_journal! { long:
        async fn two_thousand_lanes_with_a_fault_of_their_own_hold_nobody_up(journal: Arc<dyn Journal>) {
            with_failing_lanes(journal, 2_000, Transient).await;
        }

        async fn two_thousand_lanes_that_look_like_an_outage_hold_no_live_job_up(journal: Arc<dyn Journal>) {
            with_failing_lanes(journal, 2_000, Unavailable).await;
        }
    }
}
