//! What callers meet while the server is away: an answer soon, and their work again when it is back.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{sleep, timeout};
use voice_crm_outbox::{
    journal::{Claim, Journal, JournalError, Outcome, PostgresJournal},
    store::{Expected, Store},
};

use super::connection;
use crate::{
    cluster::{Cluster, shared},
    jobs::{LEASE, job, key, leased, sink},
};

/// Far longer than a caller waits for the first word of an outage, and far shorter than a statement may take.
const FIRST: Duration = Duration::from_secs(7);
/// Far longer than thirty calls take that fail at once, and far shorter than if each waited for the server.
const ALL: Duration = Duration::from_secs(15);
/// Far longer than readiness takes, of which the journal itself makes sure that it is less than a second.
const READINESS: Duration = Duration::from_secs(3);

/// Asks for everything, thirty times in all; gives how many of them did not fail as they do without a server.
async fn others_than_failed(journal: &PostgresJournal) -> usize {
    let failed =
        |failed: Option<JournalError>| usize::from(!matches!(failed, Some(JournalError::Store { .. })));
    let now = Timestamp::now();
    let mut others = 0;
    for number in 100..105 {
        others += failed(journal.enqueue(job("a", number), Some(LEASE), now).await.err());
        others += failed(journal.claim(&Claim::new(sink(), now, LEASE, (9, 9))).await.err());
        others += failed(journal.status(key(1)).await.err());
        others += failed(journal.stats().await.err());
        others += failed(journal.get("key", now).await.err());
        others += failed(journal.check().await.err());
    }
    others
}

async fn is_usable_again(journal: &PostgresJournal) {
    timeout(Duration::from_secs(30), async {
        while journal.check().await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the server is back, and the journal did not find out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_told_to_the_first_caller_soon_to_the_others_at_once_and_is_over_when_the_server_is_back()
 {
    let Some(mut cluster) = Cluster::start() else { return };
    let journal = cluster.options().connect().await.unwrap();
    let lease = leased(&journal, "a", 1).await;
    tokio::task::block_in_place(|| cluster.stop());

    let first = timeout(FIRST, journal.enqueue(job("a", 2), None, Timestamp::now())).await;
    assert!(matches!(first, Ok(Err(JournalError::Store { .. }))), "{first:?}");
    assert_eq!(timeout(ALL, others_than_failed(&journal)).await, Ok(0));
    let snooze = Outcome::Snooze { at: Timestamp::now(), may_have_applied: false };
    let settled =
        timeout(FIRST, journal.settle(vec![(lease.clone(), snooze.clone())], Timestamp::now())).await;
    assert!(matches!(settled, Ok(Err(JournalError::Store { .. }))), "{settled:?}");

    tokio::task::block_in_place(|| cluster.run());
    is_usable_again(&journal).await;
    journal.settle(vec![(lease, snooze)], Timestamp::now()).await.unwrap();
    journal.enqueue(job("b", 3), None, Timestamp::now()).await.unwrap();
    assert_eq!(journal.stats().await.unwrap().pending, 2, "what failed is not there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_fails_within_three_seconds_from_the_first_moment_of_an_outage() {
    let Some(mut cluster) = Cluster::start() else { return };
    let journal = cluster.options().connect().await.unwrap();
    journal.check().await.unwrap();
    tokio::task::block_in_place(|| cluster.stop());

    for _ in 0..8 {
        let checked = timeout(READINESS, journal.check()).await;
        assert!(matches!(checked, Ok(Err(JournalError::Store { .. }))), "{checked:?}");
    }

    tokio::task::block_in_place(|| cluster.run());
    is_usable_again(&journal).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_is_an_outage_too_and_stores_nothing_afterwards() {
    let Some(cluster) = Cluster::start() else { return };
    let journal = cluster.options().connect().await.unwrap();
    // The connection that the next job takes too, so that it is sent in full.
    journal.enqueue(job("a", 1), None, Timestamp::now()).await.unwrap();

    cluster.freeze();
    let first = timeout(FIRST, journal.enqueue(job("a", 2), Some(LEASE), Timestamp::now())).await;
    cluster.thaw();
    assert!(matches!(first, Ok(Err(JournalError::Store { .. }))), "{first:?}");
    is_usable_again(&journal).await;
    // The server finds what it was sent while it hung, and has time to carry it out.
    for _ in 0..10 {
        sleep(Duration::from_millis(50)).await;
        assert_eq!(journal.stats().await.unwrap().pending, 1, "the caller was told that it failed");
    }

    cluster.freeze();
    let checked = timeout(READINESS, journal.check()).await;
    let first = timeout(FIRST, journal.status(key(1))).await;
    let others = timeout(ALL, others_than_failed(&journal)).await;
    cluster.thaw();
    assert!(matches!(checked, Ok(Err(JournalError::Store { .. }))), "{checked:?}");
    assert!(matches!(first, Ok(Err(JournalError::Store { .. }))), "{first:?}");
    assert_eq!(others, Ok(0));
    is_usable_again(&journal).await;
    assert!(journal.status(key(1)).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_is_slow_is_no_outage() {
    let Some(cluster) = shared() else { return };
    let journal = cluster.options().schema("slow").connect().await.unwrap();
    journal.enqueue(job("a", 1), None, Timestamp::now()).await.unwrap();
    let operator = connection(&cluster.url()).await;
    operator.batch_execute("BEGIN; LOCK TABLE slow.job").await.unwrap();

    let (status, put) = tokio::join!(journal.status(key(1)), async {
        sleep(Duration::from_secs(3)).await;
        let put = journal.put("key", "value", Expected::Anything, LEASE, Timestamp::now()).await;
        operator.batch_execute("COMMIT").await.unwrap();
        put
    });

    assert!(status.unwrap().is_some());
    assert!(put.unwrap().is_some(), "others were told that the server is away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_fails_when_the_tables_were_removed() {
    let Some(cluster) = shared() else { return };
    let journal = cluster.options().schema("removed").connect().await.unwrap();
    journal.check().await.unwrap();
    let operator = connection(&cluster.url()).await;
    operator.batch_execute("DROP SCHEMA removed CASCADE").await.unwrap();

    assert!(matches!(journal.check().await, Err(JournalError::Store { .. })));
}
