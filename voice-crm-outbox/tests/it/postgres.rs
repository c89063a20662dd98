//! What only a shared server can be asked: several replicas, restarts, killed backends and killed replicas.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::JoinSet;
use voice_crm_core::journal::{
    Accepted, Entry, Journal, JournalError, PayloadKeys, PostgresJournal, Settlement, Standing,
};

use super::{
    LEASE, at, claim,
    cluster::{Cluster, shared},
    entry, key, leased, receipt, settle, standing,
};

/// Several calls at a time, each write settled as soon as it is leased; gives how many were promised.
async fn load(journal: Arc<PostgresJournal>, calls: u32, writes: u32) -> Vec<u32> {
    let mut tasks = JoinSet::new();
    for call in 0..calls {
        let journal = journal.clone();
        tasks.spawn(async move {
            let mut promised = Vec::new();
            for number in call * 1_000..call * 1_000 + writes {
                let entry = entry(&format!("call {call}"), number);
                match journal.accept(entry, Some(LEASE), Timestamp::now()).await {
                    Ok(Accepted::Leased(lease)) => {
                        promised.push(number);
                        let done = vec![(lease, Settlement::Done(receipt(number)))];
                        let _ = journal.settle(done, Timestamp::now()).await;
                    }
                    Ok(_) => promised.push(number),
                    Err(_) => {}
                }
            }
            promised
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_lease_no_lane_twice() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options();
    let (one, other) = (options.clone().connect().await.unwrap(), options.connect().await.unwrap());
    for number in 0..60 {
        one.accept(entry(&format!("lane {number}"), number), None, at(0)).await.unwrap();
    }
    let (one, other) = tokio::join!(one.claim(at(1), LEASE, 50), other.claim(at(1), LEASE, 50));
    let leases = [one.unwrap().leases, other.unwrap().leases].concat();
    let mut lanes: Vec<_> = leases.iter().map(|lease| lease.lane().as_str().to_owned()).collect();
    let taken = lanes.len();
    lanes.sort();
    lanes.dedup();
    assert_eq!(lanes.len(), taken, "a lane was leased twice");
    assert!(taken >= 50, "only {taken} of 60 were leased");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_comes_to_two_replicas_at_once_is_one_write() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options();
    let (one, other) = (options.clone().connect().await.unwrap(), options.connect().await.unwrap());
    for number in 0..40 {
        let lane = format!("lane {number}");
        let (here, there) = tokio::join!(
            one.accept(entry(&lane, number), Some(LEASE), at(0)),
            other.accept(entry(&lane, number), Some(LEASE), at(0)),
        );
        let both = [here.unwrap(), there.unwrap()];
        let leased = both.iter().filter(|accepted| matches!(accepted, Accepted::Leased(_))).count();
        let known =
            both.iter().filter(|accepted| matches!(accepted, Accepted::Known(Standing::Pending))).count();
        assert_eq!((leased, known), (1, 1), "{both:?}");
    }
    assert_eq!(one.stats().await.unwrap().pending, 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_another_replica_took_over_is_fenced_off() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options();
    let (slow, quick) = (options.clone().connect().await.unwrap(), options.connect().await.unwrap());
    let lost = leased(&slow, "a", 1).await;

    let again = claim(&quick, at(31)).await.pop().unwrap();
    assert!(again.attempt().may_exist);
    settle(&slow, lost, Settlement::Done(receipt(9)), at(32)).await;

    assert_eq!(standing(&quick, 1).await, Some(Standing::Pending));
    settle(&quick, again, Settlement::Done(receipt(1)), at(33)).await;
    assert_eq!(standing(&slow, 1).await, Some(Standing::Done(receipt(1))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_start_together_make_the_tables_once() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options();
    let starting = (0..6).map(|_| options.clone().connect());
    for started in futures_util::future::join_all(starting).await {
        started.unwrap().stats().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_promised_is_lost_when_the_server_restarts_in_the_middle() {
    let Some(mut cluster) = Cluster::start() else { return };
    let journal = Arc::new(cluster.options().connect().await.unwrap());

    let running = tokio::spawn(load(journal.clone(), 16, 60));
    for crashes in [false, true] {
        tokio::time::sleep(Duration::from_millis(150)).await;
        tokio::task::block_in_place(|| {
            if crashes {
                cluster.crash();
            } else {
                cluster.stop();
            }
            cluster.run();
        });
    }
    let promised = running.await.unwrap();

    assert!(
        promised.len() > 900,
        "only {} of 960 were taken in: it did not wait the outage out",
        promised.len()
    );
    for number in promised {
        assert!(standing(&*journal, number).await.is_some(), "{number} was promised and is lost");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_during_an_outage_does_not_become_durable_after_it() {
    let Some(mut cluster) = Cluster::start() else { return };
    let journal = cluster.options().connect().await.unwrap();
    tokio::task::block_in_place(|| cluster.stop());

    let accepts = (0..5).map(|number| journal.accept(entry("a", number), Some(LEASE), at(0)));
    let patience = Duration::from_millis(500);
    let given_up = tokio::time::timeout(patience, futures_util::future::join_all(accepts)).await;
    assert!(given_up.is_err(), "the outage is waited out");
    tokio::task::block_in_place(|| cluster.run());

    journal.accept(entry("b", 9), None, at(1)).await.unwrap();
    // A batch that is still tried comes back within a quarter of a second.
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(journal.stats().await.unwrap().pending, 1, "the callers were told that it failed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_backend_is_replaced_and_nothing_promised_is_lost() {
    let Some(cluster) = Cluster::start() else { return };
    let journal = Arc::new(cluster.options().connect().await.unwrap());
    let operator = connection(&cluster.url()).await;

    let running = tokio::spawn(load(journal.clone(), 16, 40));
    while !running.is_finished() {
        let killed = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = 'voice-crm' AND query LIKE '%accept%'";
        operator.query_one(killed, &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(40)).await;
    }

    let promised = running.await.unwrap();
    assert_eq!(promised.len(), 640, "a killed backend was told to a caller");
    for number in promised {
        assert!(standing(&*journal, number).await.is_some(), "{number} was promised and is lost");
    }
}

async fn connection(url: &SecretString) -> tokio_postgres::Client {
    let (client, connection) =
        tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Not a test of its own: the replica that the next one kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the replica that another test starts and kills"]
async fn a_replica_that_will_be_killed() {
    let (Ok(url), Ok(schema)) = (std::env::var("REPLICA_URL"), std::env::var("REPLICA_SCHEMA")) else {
        return;
    };
    let journal = PostgresJournal::options(&SecretString::from(url)).schema(schema).connect().await.unwrap();
    let leases = journal.claim(Timestamp::now(), Duration::from_secs(2), 10).await.unwrap().leases;
    println!("\nleased {}", leases.len());
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lanes_of_a_killed_replica_come_back_with_the_doubt_that_they_took_effect() {
    let Some(cluster) = shared() else { return };
    let schema = "killed_replica";
    let journal = PostgresJournal::options(&cluster.url()).schema(schema).connect().await.unwrap();
    for number in 0..10 {
        journal.accept(entry(&format!("lane {number}"), number), None, Timestamp::now()).await.unwrap();
    }
    let mut replica = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal::postgres::a_replica_that_will_be_killed", "--ignored", "--nocapture"])
        .env("REPLICA_URL", cluster.url().expose_secret())
        .env("REPLICA_SCHEMA", schema)
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(replica.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.any(|line| line == "leased 10"), "the replica leased nothing");
    replica.kill().unwrap();
    replica.wait().unwrap();

    assert!(
        journal.claim(Timestamp::now(), LEASE, 10).await.unwrap().leases.is_empty(),
        "they are still leased"
    );
    let mut back = Vec::new();
    while back.len() < 10 {
        let claimed = journal.claim(Timestamp::now(), LEASE, 10).await.unwrap();
        back.extend(claimed.leases);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(back.iter().all(|lease| lease.attempt().may_exist));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_the_server_refuses_fails_alone() {
    let Some(cluster) = shared() else { return };
    let journal = cluster.options().connect().await.unwrap();
    // Text in PostgreSQL holds every character but this one.
    let mut accepts = vec![journal.accept(entry("\0", 99), None, at(0))];
    accepts.extend((0..10).map(|number| journal.accept(entry("a", number), None, at(0))));

    let accepted = futures_util::future::join_all(accepts).await;

    assert!(matches!(accepted[0], Err(JournalError::Store { .. })));
    assert!(accepted[1..].iter().all(Result::is_ok));
    assert_eq!(journal.stats().await.unwrap().pending, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_encrypted_shows_no_word_in_the_tables_and_waits_for_its_key() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options();
    let keys = PayloadKeys::new(1, &SecretString::from("a7".repeat(32))).unwrap();
    let journal = options.clone().encrypted(keys.clone()).connect().await.unwrap();
    journal.accept(Entry { ..entry("a", 1) }, None, at(0)).await.unwrap();
    drop(journal);

    let without = options.clone().connect().await.unwrap();
    assert!(claim(&without, at(1)).await.is_empty(), "it waits for its key");
    assert_eq!(without.stats().await.unwrap().dead, 0);

    let with = options.encrypted(keys).connect().await.unwrap();
    assert_eq!(claim(&with, at(120)).await.pop().unwrap().attempt().write.key, key(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_be_used_is_refused_with_what_is_wrong() {
    let Some(cluster) = shared() else { return };
    let refused = async |options: voice_crm_core::journal::PostgresOptions| match options.connect().await {
        Err(JournalError::Open { problem, .. }) => problem,
        other => panic!("opened: {other:?}"),
    };
    let bad = PostgresJournal::options(&SecretString::from("canary-token-77aa://"));
    let problem = refused(bad).await;
    assert!(
        problem.contains("postgres://user:password@host/database") && !problem.contains("canary"),
        "{problem}"
    );
    let nowhere = SecretString::from(cluster.url().expose_secret().replace("/postgres", "/nowhere"));
    assert!(refused(PostgresJournal::options(&nowhere)).await.contains("does not exist"));
    assert!(refused(cluster.options().schema("a; DROP TABLE x")).await.contains("small letters"));
    let newer = cluster.options();
    newer.clone().connect().await.unwrap();
    let schema = "newer";
    PostgresJournal::options(&cluster.url()).schema(schema).connect().await.unwrap();
    let operator = connection(&cluster.url()).await;
    operator.batch_execute("INSERT INTO newer.step VALUES (99)").await.unwrap();
    assert!(refused(newer.schema(schema)).await.contains("a newer release"));
}
