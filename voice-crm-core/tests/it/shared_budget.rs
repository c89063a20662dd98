//! Replicas that log in as the same user, and share what that user may send.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use salesforce_emulator::Org;
use voice_crm_core::{
    crm::{Attempt, Change, Crm as _, JobKey, NewCase, Urgency, Write, apply_all},
    deadline::Deadline,
};
use voice_crm_salesforce::{Budget, SalesforceCrm};

use crate::{
    cluster::{Cluster, shared},
    stage::{client, org},
};

const CALLS: usize = 30;
const WINDOW: Duration = Duration::from_secs(2);
/// What is to come comes by then, on however slow a machine.
const TEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A replica on a schema of its own or of others.
async fn replica(org: &Org, options: &voice_crm_core::journal::PostgresOptions) -> SalesforceCrm {
    let journal = options.clone().connect().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url())).budget(Budget::new(CALLS, WINDOW));
    crm.shared_budget(Arc::new(journal)).await
}

/// An org that refuses whatever is beyond the budget, and counts it.
async fn strict_org() -> Org {
    let org = org().start().await.unwrap();
    org.set_limit(CALLS as u64, WINDOW);
    org
}

/// One write, which is one API call; whether it was let through.
async fn send(crm: &SalesforceCrm) -> bool {
    let change = Change::CreateCase(NewCase { subject: "trouble".to_owned(), ..NewCase::default() });
    let write = Write { key: JobKey::from_bytes(fastrand::u128(..).to_be_bytes()), change };
    let attempt = Attempt::first(write);
    let result = apply_all(crm, vec![attempt], Urgency::Live, Deadline::after(Duration::from_secs(5))).await;
    result[0].is_ok()
}

/// Sends whatever is let through, for a span of time.
async fn press(crm: SalesforceCrm, lasting: Duration, pause: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < lasting {
        send(&crm).await;
        tokio::time::sleep(pause).await;
    }
}

/// Presses until so many were let through within a window.
async fn press_until(crm: &SalesforceCrm, within_a_window: usize) {
    let (begun, mut sent) = (Instant::now(), Vec::new());
    while sent.len() < within_a_window {
        assert!(begun.elapsed() < TEST_TIMEOUT, "only {} of {within_a_window} in a window", sent.len());
        if send(crm).await {
            sent.push(Instant::now());
        }
        sent.retain(|at| at.elapsed() < WINDOW);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_that_come_and_go_send_together_no_more_than_one_user_may() {
    let Some(cluster) = shared() else { return };
    let (org, options) = (strict_org().await, cluster.options());
    let pause = Duration::from_millis;
    let one = replica(&org, &options).await;
    let other = replica(&org, &options).await;
    let dying = replica(&org, &options).await;

    let pressing = [
        tokio::spawn(press(one.clone(), WINDOW * 4, pause(1))),
        tokio::spawn(press(other.clone(), WINDOW * 4, pause(40))),
    ];
    // It dies in the middle of its calls, and another comes in its place.
    let _ = tokio::time::timeout(WINDOW, press(dying.clone(), WINDOW * 4, pause(1))).await;
    drop(dying);
    press(replica(&org, &options).await, WINDOW * 2, pause(1)).await;
    for pressing in pressing {
        pressing.await.unwrap();
    }

    let stats = org.stats();
    assert_eq!(stats.limit_rejections, 0, "of {} calls", stats.api_calls);
    assert!(stats.api_calls > CALLS as u64 * 2, "only {} calls in four windows", stats.api_calls);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_idle_replica_does_not_need_is_lent_and_what_a_dead_one_held_comes_back() {
    let Some(cluster) = shared() else { return };
    let (org, options) = (strict_org().await, cluster.options());
    let busy = replica(&org, &options).await;
    let idle = replica(&org, &options).await;

    press_until(&busy, CALLS * 2 / 3).await;
    assert!(
        idle.capacity(Urgency::Live).requests >= CALLS / 5,
        "the idle one has what its first callers need"
    );
    drop(idle);
    press_until(&busy, CALLS * 9 / 10).await;

    assert_eq!(org.stats().limit_rejections, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_without_the_database_go_on_with_no_more_than_there_is() {
    let Some(mut cluster) = Cluster::start() else { return };
    let (org, options) = (strict_org().await, cluster.options());
    let replicas = [replica(&org, &options).await, replica(&org, &options).await];
    let held = || replicas.iter().map(|crm| crm.capacity(Urgency::Live).requests).collect::<Vec<_>>();
    let begun = Instant::now();
    while held().iter().sum::<usize>() < CALLS / 2 {
        assert!(begun.elapsed() < TEST_TIMEOUT, "{:?}", held());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    tokio::task::block_in_place(|| cluster.stop());
    tokio::time::sleep(WINDOW).await;

    let held = held();
    assert!(held.iter().all(|held| (1..=CALLS / 2).contains(held)), "{held:?}");
    for crm in &replicas {
        assert!(send(crm).await);
    }
    assert_eq!(org.stats().limit_rejections, 0);
}
