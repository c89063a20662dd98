//! A sink that keeps every rule, and sinks that break one each.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use voice_crm_outbox::{
    Attempt, Job, JobKey, Lane, Receipt, Sink, SinkError, SinkErrorKind, Urgency,
    conformance::{self, SinkUnderTest, Violation},
    deadline::Deadline,
};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fault {
    None,
    /// Does again what may have been done.
    Doubles,
    /// Takes a marked job for done without a look.
    Trusts,
    /// Waits for the far end as long as that takes.
    Patient,
    /// Gives each job the receipt of its place.
    Confused,
    /// Gives up what did not answer.
    Resigned,
    /// Makes little of silence: what may have been done is not marked.
    Careless,
}

#[derive(Default)]
struct FarEnd {
    effects: Mutex<HashMap<JobKey, usize>>,
    is_silent: AtomicBool,
}

struct Before(Arc<FarEnd>, Fault);

impl Before {
    async fn request(&self, attempt: &Attempt) -> Receipt {
        let look = attempt.may_have_applied() && self.1 != Fault::Doubles;
        {
            let mut effects = self.0.effects.lock().unwrap();
            let effects = effects.entry(attempt.key()).or_default();
            if !look || (*effects == 0 && self.1 != Fault::Trusts) {
                *effects += 1;
            }
        }
        while self.0.is_silent.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Receipt::new(attempt.key().to_string())
    }
}

#[async_trait]
impl Sink for Before {
    async fn apply(&self, attempts: Vec<Attempt>, _urgency: Urgency, deadline: Deadline) {
        let late = tokio::time::Instant::from_std(deadline.instant());
        for (place, attempt) in attempts.into_iter().enumerate() {
            let request = self.request(&attempt);
            let answer = match self.1 {
                Fault::Patient => Ok(request.await),
                fault => match tokio::time::timeout_at(late, request).await {
                    Ok(_) if fault == Fault::Confused => Ok(Receipt::new(place.to_string())),
                    Ok(receipt) => Ok(receipt),
                    Err(_) if fault == Fault::Resigned => {
                        Err(SinkError::new(SinkErrorKind::Refused, "no answer"))
                    }
                    Err(_) => Err(SinkError::new(SinkErrorKind::Late, "no answer")
                        .that_may_have_applied(fault != Fault::Careless)),
                },
            };
            attempt.answer(answer);
        }
    }
}

async fn check(fault: Fault) -> Result<(), Violation> {
    conformance::sink(|| async move {
        let far_end = Arc::new(FarEnd::default());
        let (effects, silence) = (far_end.clone(), far_end.clone());
        let job = |number| {
            let key = JobKey::derive(["sink"], number);
            Job::new(key, Lane::from_text(format!("crm/{number}")), "save", "{}")
        };
        let effects = move |key| {
            let effects = effects.effects.lock().unwrap().get(&key).copied().unwrap_or_default();
            async move { effects }
        };
        SinkUnderTest::new(Before(far_end, fault), job, effects)
            .silenced_by(move |is_silent| silence.is_silent.store(is_silent, Ordering::Relaxed))
    })
    .await
}

#[tokio::test]
async fn a_sink_that_keeps_every_rule_passes() -> Result<(), Violation> {
    check(Fault::None).await
}

#[tokio::test]
async fn the_suite_names_the_rule_that_a_sink_breaks() {
    let silence = "every_attempt_is_answered_by_the_deadline_though_the_far_end_is_silent";
    for (fault, rule) in [
        (Fault::Doubles, "a_job_that_is_applied_twice_has_one_effect_and_one_receipt"),
        (Fault::Trusts, "a_marked_attempt_at_a_job_that_was_never_done_does_it"),
        (Fault::Confused, "a_batch_of_new_and_of_marked_jobs_does_each_once"),
        (Fault::Patient, silence),
        (Fault::Resigned, silence),
        (Fault::Careless, silence),
    ] {
        let violation = check(fault).await.expect_err("not found");
        assert_eq!(violation.rule(), rule, "{fault:?}: {violation}");
    }
}
