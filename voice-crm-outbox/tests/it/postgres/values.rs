//! The store of small values, as two replicas use it.

use std::{sync::Arc, time::Duration};

use voice_crm_outbox::{
    clock::SystemClock,
    journal::{JournalError, PostgresJournal},
    store::{Expected, NamedLease, Store},
};

use super::connection;
use crate::{
    cluster::{Cluster, shared},
    jobs::at,
};

const LASTS: Duration = Duration::from_secs(60);

async fn two(cluster: &Cluster) -> (PostgresJournal, PostgresJournal) {
    let options = cluster.options();
    (options.clone().connect().await.unwrap(), options.connect().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_replicas_that_expect_the_same_one_writes() {
    let Some(cluster) = shared() else { return };
    let (one, other) = two(cluster).await;
    for number in 0..40 {
        let key = format!("key {number}");
        let put = async |store: &PostgresJournal, value: &str, expected| {
            store.put(&key, value, expected, LASTS, at(0)).await.unwrap()
        };
        let (here, there) =
            tokio::join!(put(&one, "1", Expected::Absent), put(&other, "2", Expected::Absent));
        assert!(here.is_some() != there.is_some(), "{here:?} {there:?}");
        let first = here.or(there).unwrap();
        let stored = other.get(&key, at(1)).await.unwrap().unwrap();
        assert_eq!((&*stored.value, stored.version), (if here.is_some() { "1" } else { "2" }, first));

        let expected = Expected::Version(first);
        let (here, there) = tokio::join!(put(&one, "3", expected), put(&other, "4", expected));
        assert!(here.is_some() != there.is_some(), "{here:?} {there:?}");
        let (here, there) =
            tokio::join!(one.remove(&key, expected, at(1)), other.remove(&key, Expected::Anything, at(1)));
        assert_eq!((here.unwrap(), there.unwrap()), (false, true), "the version is an old one");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_replicas_count_adds_up_until_the_end_that_the_first_set() {
    let Some(cluster) = shared() else { return };
    let (one, other) = two(cluster).await;
    one.add("count", 0, LASTS, at(0)).await.unwrap();
    let adds = (0..50).map(|number| {
        let store = if number % 2 == 0 { &one } else { &other };
        store.add("count", 2, LASTS * 100, at(1))
    });
    let mut sums: Vec<i64> =
        futures_util::future::join_all(adds).await.into_iter().map(Result::unwrap).collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=50).map(|number| number * 2).collect::<Vec<_>>(), "a sum was given twice");
    assert_eq!(one.add("count", i64::MAX, LASTS, at(59)).await.unwrap(), i64::MAX);
    assert_eq!(other.add("count", 1, LASTS, at(60)).await.unwrap(), 1, "it begins again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_is_no_counter_is_not_added_to_and_not_shown() {
    let Some(cluster) = shared() else { return };
    let (one, _) = two(cluster).await;
    for value in ["canary-token-77aa", "", "99999999999999999999", "9999999999999999999", "1.5"] {
        one.put("key", value, Expected::Anything, LASTS, at(0)).await.unwrap();
        let refused = one.add("key", 1, LASTS, at(1)).await;
        assert!(
            matches!(&refused, Err(JournalError::Store { problem }) if !problem.contains("canary")),
            "{refused:?}"
        );
        assert_eq!(&*one.get("key", at(1)).await.unwrap().unwrap().value, value);
    }
    assert_eq!(one.add("key", 1, LASTS, at(60)).await.unwrap(), 1, "what has expired is absent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_expired_is_absent_and_leaves_the_table() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options().schema("expiring");
    let store = options.connect().await.unwrap();
    for number in 0..50 {
        store.put(&format!("old {number:02}"), "", Expected::Anything, LASTS, at(0)).await.unwrap();
    }
    assert_eq!(store.get("old 07", at(60)).await.unwrap(), None);
    assert!(!store.remove("old 07", Expected::Anything, at(60)).await.unwrap());
    assert!(store.list("old", 100, at(60)).await.unwrap().is_empty());
    assert!(store.put("old 07", "", Expected::Version(8), LASTS, at(60)).await.unwrap().is_none());
    assert!(store.put("old 07", "new", Expected::Absent, LASTS, at(60)).await.unwrap().is_some());

    for _ in 0..3 {
        store.put("another", "", Expected::Anything, LASTS, at(61)).await.unwrap();
    }

    let operator = connection(&cluster.url()).await;
    let rows = operator.query_one("SELECT count(*) FROM expiring.value", &[]).await.unwrap();
    assert_eq!(rows.get::<_, i64>(0), 2, "what has expired stays in the table");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_listed_by_their_prefix_in_the_order_of_their_bytes() {
    let Some(cluster) = shared() else { return };
    let (one, other) = two(cluster).await;
    for key in ["a%b", "a%\u{10FFFF}", "a%", "a%B", "aXb", "a$", "a&", "b", "\u{e9}"] {
        one.put(key, key, Expected::Anything, LASTS, at(0)).await.unwrap();
    }
    let listed = async |prefix: &str, limit| {
        let listed = other.list(prefix, limit, at(1)).await.unwrap();
        assert!(listed.iter().all(|(key, stored)| *stored.value == **key));
        listed.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(listed("a%", 9).await, ["a%", "a%B", "a%b", "a%\u{10FFFF}"]);
    assert_eq!(listed("a%", 2).await, ["a%", "a%B"]);
    assert_eq!(listed("", 100).await.len(), 9);
    assert!(listed("c", 9).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_by_name_is_held_by_one_replica() {
    let Some(cluster) = shared() else { return };
    let (one, other) = two(cluster).await;
    let lease = |store| NamedLease::new(Arc::new(store), Arc::new(SystemClock), "socket", LASTS);
    let (one, other) = (lease(one), lease(other));

    let mut held = one.acquire().await.unwrap().unwrap();
    assert!(other.acquire().await.unwrap().is_none());
    assert!(held.renew().await.unwrap());
    held.release().await.unwrap();
    assert!(other.acquire().await.unwrap().is_some());
}
