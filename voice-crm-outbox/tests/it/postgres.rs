//! What only a shared server can be asked: several replicas, restarts, killed backends and killed replicas.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::JoinSet;
use voice_crm_outbox::{
    JobStatus, Reason, Receipt, SinkName,
    journal::{
        Claim, Claimed, Enqueued, Journal, JournalError, Lease, Outcome, PayloadKeys, PostgresJournal,
        PostgresOptions,
    },
};

use crate::{
    cluster::{Cluster, shared},
    jobs::{LEASE, at, claim, done, job, key, leased, receipt, said, settle, sink, status},
};

mod broken_off;
mod migration;
mod outage;
mod values;

async fn claimed(journal: &PostgresJournal, name: &str, now: Timestamp, limit: usize) -> Claimed {
    journal.claim(&Claim::new(SinkName::new(name).unwrap(), now, LEASE, (limit, limit))).await.unwrap()
}

/// Several calls at a time, each job settled as soon as it is leased; gives how many were promised.
async fn load(journal: Arc<PostgresJournal>, calls: u32, jobs: u32) -> Vec<u32> {
    let mut tasks = JoinSet::new();
    for call in 0..calls {
        let journal = journal.clone();
        tasks.spawn(async move {
            let mut promised = Vec::new();
            for number in call * 1_000..call * 1_000 + jobs {
                let job = job(&format!("call {call}"), number);
                match journal.enqueue(job, Some(LEASE), Timestamp::now()).await {
                    Ok(Enqueued::Leased(lease)) => {
                        promised.push(number);
                        let done = vec![(lease, Outcome::Done(receipt(number)))];
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
        one.enqueue(job(&format!("lane {number}"), number), None, at(0)).await.unwrap();
    }
    let (one, other) = tokio::join!(claimed(&one, "crm", at(1), 50), claimed(&other, "crm", at(1), 50));
    let leases = [one.leases, other.leases].concat();
    let mut lanes: Vec<_> = leases.iter().map(|lease| lease.lane().as_str().to_owned()).collect();
    let taken = lanes.len();
    lanes.sort();
    lanes.dedup();
    assert_eq!(lanes.len(), taken, "a lane was leased twice");
    assert!(taken >= 50, "only {taken} of 60 were leased");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_comes_to_two_replicas_at_once_is_one_job() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options();
    let (one, other) = (options.clone().connect().await.unwrap(), options.connect().await.unwrap());
    for number in 0..40 {
        let lane = format!("lane {number}");
        let (here, there) = tokio::join!(
            one.enqueue(job(&lane, number), Some(LEASE), at(0)),
            other.enqueue(job(&lane, number), Some(LEASE), at(0)),
        );
        let both = [here.unwrap(), there.unwrap()];
        let leased = both.iter().filter(|enqueued| matches!(enqueued, Enqueued::Leased(_))).count();
        let known = both
            .iter()
            .filter(|enqueued| matches!(enqueued, Enqueued::AlreadyKnown(JobStatus::Pending)))
            .count();
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
    assert!(again.may_have_applied());
    settle(&slow, lost, Outcome::Done(receipt(9)), at(32)).await;

    assert_eq!(status(&quick, 1).await, Some(JobStatus::Pending));
    settle(&quick, again, Outcome::Done(receipt(1)), at(33)).await;
    assert_eq!(status(&slow, 1).await, Some(done(1)));
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
    let mut longest = Duration::ZERO;
    for crashes in [false, true] {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let begun = Instant::now();
        tokio::task::block_in_place(|| {
            if crashes {
                cluster.crash();
            } else {
                cluster.stop();
            }
            cluster.run();
        });
        longest = longest.max(begun.elapsed());
    }
    let promised = running.await.unwrap();

    // A restart that takes longer than an outage is waited out is told to the callers.
    assert!(
        promised.len() > 900 || longest > Duration::from_millis(1_500),
        "only {} of 960 were taken in, though the server was away for {longest:?} at most",
        promised.len()
    );
    // An outage that was long is over for the journal as soon as it has seen the server again.
    let is_back = async {
        while journal.check().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), is_back)
        .await
        .expect("the journal does not find the server");
    for number in promised {
        assert!(status(&journal, number).await.is_some(), "{number} was promised and is lost");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_during_an_outage_does_not_become_durable_after_it() {
    let Some(mut cluster) = Cluster::start() else { return };
    let journal = cluster.options().connect().await.unwrap();
    tokio::task::block_in_place(|| cluster.stop());

    let jobs = (0..5).map(|number| journal.enqueue(job("a", number), Some(LEASE), at(0)));
    let patience = Duration::from_millis(500);
    let given_up = tokio::time::timeout(patience, futures_util::future::join_all(jobs)).await;
    assert!(given_up.is_err(), "the outage is waited out");
    tokio::task::block_in_place(|| cluster.run());

    journal.enqueue(job("b", 9), None, at(1)).await.unwrap();
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
            WHERE application_name = 'voice-crm' AND (query LIKE '%enqueue%' OR query = 'COMMIT')";
        operator.query_one(killed, &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(40)).await;
    }

    let promised = running.await.unwrap();
    assert_eq!(promised.len(), 640, "a killed backend was told to a caller");
    for number in promised {
        assert!(status(&journal, number).await.is_some(), "{number} was promised and is lost");
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
    let leases = journal
        .claim(&Claim::new(sink(), Timestamp::now(), Duration::from_secs(2), (10, 10)))
        .await
        .unwrap()
        .leases;
    println!("\nleased {}", leases.len());
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lanes_of_a_killed_replica_come_back_with_the_doubt_that_they_took_effect() {
    let Some(cluster) = shared() else { return };
    let schema = "killed_replica";
    let journal = PostgresJournal::options(&cluster.url()).schema(schema).connect().await.unwrap();
    for number in 0..10 {
        journal.enqueue(job(&format!("lane {number}"), number), None, Timestamp::now()).await.unwrap();
    }
    let mut replica = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postgres::a_replica_that_will_be_killed", "--ignored", "--nocapture"])
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

    assert!(claim(&journal, Timestamp::now()).await.is_empty(), "they are still leased");
    let mut back = Vec::new();
    let come_back = async {
        while back.len() < 10 {
            back.extend(claim(&journal, Timestamp::now()).await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    // Fifteen times as long as the leases last.
    tokio::time::timeout(LEASE, come_back).await.expect("they stay with the dead replica");
    assert!(back.iter().all(Lease::may_have_applied));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_the_server_refuses_fails_alone() {
    let Some(cluster) = shared() else { return };
    let journal = cluster.options().connect().await.unwrap();
    // Text in PostgreSQL holds every character but this one.
    let mut jobs = vec![journal.enqueue(job("\0", 99), None, at(0))];
    jobs.extend((0..10).map(|number| journal.enqueue(job("a", number), None, at(0))));

    let enqueued = futures_util::future::join_all(jobs).await;

    assert!(matches!(enqueued[0], Err(JournalError::Store { .. })));
    assert!(enqueued[1..].iter().all(Result::is_ok));
    assert_eq!(journal.stats().await.unwrap().pending, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_encrypted_shows_no_word_in_the_tables_and_waits_for_its_key() {
    let Some(cluster) = shared() else { return };
    let options = cluster.options().schema("encrypted");
    let keys = PayloadKeys::new(1, &SecretString::from("a7".repeat(32))).unwrap();
    let journal = options.clone().encrypted(keys.clone()).connect().await.unwrap();
    let first = leased(&journal, "a", 0).await;
    let left = Receipt::new("canary-transcript-c0de").with_memo("canary-transcript-c0de");
    settle(&journal, first, Outcome::Done(left.clone()), at(0)).await;
    for number in [1, 2] {
        let said = said("a", number, r#"{"said":"canary-transcript-c0de"}"#);
        journal.enqueue(said, None, at(0)).await.unwrap();
    }
    let dead = claim(&journal, at(0)).await.pop().unwrap();
    settle(&journal, dead, Outcome::Dead(Reason::new("RULE", "canary-transcript-c0de")), at(0)).await;
    drop(journal);

    let operator = connection(&cluster.url()).await;
    let shown = "SELECT count(*) FROM encrypted.job j WHERE strpos(encode(
        coalesce(j.body, '') || coalesce(j.outcome, '') || coalesce(j.memo, ''), 'escape'), 'canary') > 0";
    assert_eq!(operator.query_one(shown, &[]).await.unwrap().get::<_, i64>(0), 0);

    let without = options.clone().connect().await.unwrap();
    assert!(claim(&without, at(1)).await.is_empty(), "it waits for its key");
    let dead = without.dead(9).await.unwrap();
    assert_eq!((dead.len(), dead[0].key, &dead[0].body), (1, key(1), &None), "it is listed without its body");

    let with = options.encrypted(keys).connect().await.unwrap();
    let lease = claim(&with, at(120)).await.pop().unwrap();
    assert_eq!((lease.key(), lease.attempts()), (key(2), 0), "what was not tried counts as no attempt");
    assert_eq!(lease.earlier(), [left.body]);
    assert_eq!(lease.memo(), left.memo.as_deref());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_job_is_dead_and_listed_and_its_lane_goes_on() {
    let Some(cluster) = shared() else { return };
    let journal = cluster.options().schema("damaged").connect().await.unwrap();
    for number in [1, 2] {
        journal.enqueue(job("a", number), None, at(0)).await.unwrap();
    }
    let operator = connection(&cluster.url()).await;
    let damage = "UPDATE damaged.job SET body = '\\xff' WHERE sequence = 1";
    operator.batch_execute(damage).await.unwrap();

    assert_eq!(claim(&journal, at(1)).await.pop().unwrap().key(), key(2));
    let dead = journal.dead(9).await.unwrap();
    assert_eq!((dead.len(), dead[0].key, &dead[0].body), (1, key(1), &None));
    assert_eq!(dead[0].reason.code, "unreadable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_goes_through_eight_damaged_jobs_of_a_lane_and_the_next_claim_goes_on() {
    let Some(cluster) = shared() else { return };
    let journal = cluster.options().schema("all_damaged").connect().await.unwrap();
    for number in 1..=11 {
        journal.enqueue(job("a", number), None, at(0)).await.unwrap();
    }
    let operator = connection(&cluster.url()).await;
    let damage = "UPDATE all_damaged.job SET body = '\\xff' WHERE sequence < 11";
    operator.batch_execute(damage).await.unwrap();

    assert!(claim(&journal, at(1)).await.is_empty());
    assert_eq!(journal.stats().await.unwrap().dead, 8);
    assert_eq!(claim(&journal, at(1)).await.pop().unwrap().key(), key(11));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_replica_left_behind_comes_before_a_backlog() {
    let Some(cluster) = shared() else { return };
    let journal = cluster.options().connect().await.unwrap();
    for number in 0..20 {
        journal.enqueue(job(&format!("lane {number}"), number), None, at(0)).await.unwrap();
    }
    let _lost = leased(&journal, "left", 99).await;

    let claimed = claimed(&journal, "crm", at(60), 3).await;

    assert_eq!(claimed.leases.len(), 3);
    assert_eq!(claimed.leases[0].key(), key(99));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_be_used_is_refused_with_what_is_wrong() {
    let Some(cluster) = shared() else { return };
    let refused = async |options: PostgresOptions| match options.connect().await {
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
