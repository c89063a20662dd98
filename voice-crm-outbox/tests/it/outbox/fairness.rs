//! Half of all lanes fail for ever; what that costs the others.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use voice_crm_outbox::{
    Attempt, JobKey, SinkErrorKind,
    journal::{Journal, MemoryJournal},
};

use super::{
    far_end::{Act, FarEnd},
    stage::{BAD, CRM, are_done_within, enqueue_all, holds_within, is_bad, job_for, quick, start},
};
use crate::journals::{is_long_form, on_every_journal};

#[allow(dead_code, reason = "the figures are printed whole")]
/// What a run took until the last job that is well was done.
#[derive(Debug)]
struct Cost {
    /// Requests to the sink, of whatever jobs.
    requests: usize,
    /// Of them those with jobs that are well.
    with_well: usize,
    attempts_at_failing: usize,
    took: Duration,
}

async fn run(journal: Arc<dyn Journal>, well: usize, failing: usize) -> Cost {
    let failed = |attempt: &Attempt| {
        if is_bad(attempt) { Act::Fail(SinkErrorKind::Transient) } else { Act::Take }
    };
    let far_end = FarEnd::each(failed);
    let mut policy = quick();
    (policy.batch, policy.batches) = (100, 2);
    let outbox = start(journal, &far_end, policy);
    // They fail often before the others come, so that they are known.
    enqueue_all(&outbox, (0..failing).map(|number| job_for(CRM, number, number, BAD))).await;
    let are_known = async || far_end.attempts() >= failing * 4;
    assert!(holds_within(Duration::from_secs(if is_long_form() { 120 } else { 20 }), are_known).await);

    // All of them are due before the first is sent.
    far_end.close(true);
    enqueue_all(&outbox, (failing..failing + well).map(|number| job_for(CRM, number, number, "good"))).await;
    let (before, begun) = (far_end.requests().len(), Instant::now());
    far_end.close(false);
    assert!(are_done_within(&outbox, well as u64, Duration::from_secs(300)).await);

    let (took, known) = (begun.elapsed(), far_end.counts());
    assert_eq!(known.len(), well);
    let requests = far_end.requests().split_off(before);
    let is_well = |job: &JobKey| known.contains_key(job);
    let is_shared = |jobs: &[JobKey]| jobs.iter().any(is_well) && !jobs.iter().all(is_well);
    assert!(
        !requests.iter().any(|request| is_shared(&request.jobs)),
        "a job that is well shares a request with one known to fail"
    );
    Cost {
        requests: requests.len(),
        with_well: requests.iter().filter(|request| request.jobs.iter().any(is_well)).count(),
        attempts_at_failing: requests
            .iter()
            .flat_map(|request| &request.jobs)
            .filter(|job| !is_well(job))
            .count(),
        took,
    }
}

#[expect(clippy::print_stdout, reason = "the times are for whoever looks; no test holds them")]
fn show(well: usize, alone: &Cost, beside: &Cost) {
    println!("{well} jobs that are well, alone: {alone:?}; beside as many that fail for ever: {beside:?}");
}

on_every_journal! { long:
    async fn lanes_that_fail_for_ever_cost_the_others_a_fifth_of_the_requests_at_most(journal: Arc<dyn Journal>) {
        let well = if is_long_form() { 10_000 } else { 2_000 };
        let alone = run(Arc::new(MemoryJournal::new()), well, 0).await;
        let beside = run(journal, well, well).await;
        show(well, &alone, &beside);
        assert_eq!(alone.attempts_at_failing, 0);
        let of_failing = beside.requests - beside.with_well;
        assert!(of_failing * 4 <= beside.with_well + 4, "{beside:?}");
    }
}
