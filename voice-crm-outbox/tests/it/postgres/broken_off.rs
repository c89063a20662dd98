//! What becomes of work whose connection breaks off when it is done and before its answer is there.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{UnixListener, UnixStream},
};
use tokio_postgres::config::Host;
use voice_crm_outbox::{
    JobStatus, Subject,
    journal::{Enqueued, Erased, Journal, Outcome, PostgresJournal},
    store::{Expected, Store},
};

use crate::{
    cluster::{Cluster, shared},
    jobs::{LEASE, at, done, job, key, leased, receipt, settle, status},
};

/// A way to the server on which the next answer can be lost.
struct Way {
    folder: tempfile::TempDir,
    loses: Arc<AtomicBool>,
}

impl Way {
    fn to(cluster: &Cluster) -> Self {
        let config: tokio_postgres::Config = cluster.url().expose_secret().parse().unwrap();
        let [Host::Unix(server)] = config.get_hosts() else { panic!("the server has no socket") };
        let server = server.join(".s.PGSQL.5432");
        let way = Self { folder: tempfile::tempdir().unwrap(), loses: Arc::default() };
        let listener = UnixListener::bind(way.folder.path().join(".s.PGSQL.5432")).unwrap();
        let loses = way.loses.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server.clone(), loses.clone()));
            }
        });
        way
    }

    fn url(&self) -> SecretString {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        SecretString::from(format!("postgres://voice@{folder}/postgres"))
    }

    fn lose_the_next_answer(&self) {
        self.loses.store(true, Ordering::Relaxed);
    }

    fn has_lost_it(&self) -> bool {
        !self.loses.load(Ordering::Relaxed)
    }
}

/// Carries both directions until either ends, or an answer is to be lost.
async fn carry(client: UnixStream, server: PathBuf, loses: Arc<AtomicBool>) {
    let server = UnixStream::connect(server).await.unwrap();
    let (mut asked, mut heard) = client.into_split();
    let (mut answers, mut asks) = server.into_split();
    let answered = async {
        let mut bytes = [0; 8192];
        while let Ok(length @ 1..) = answers.read(&mut bytes).await {
            if loses.swap(false, Ordering::Relaxed) || heard.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = copy(&mut asked, &mut asks) => {}
        () = answered => {}
    }
}

/// A journal with one connection, so that its statements are prepared by whoever came before.
async fn journal(way: &Way, schema: &str) -> PostgresJournal {
    PostgresJournal::options(&way.url()).schema(schema).connections(1).connect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_was_written_is_not_written_again_when_the_answer_is_lost() {
    let Some(cluster) = shared() else { return };
    let way = Way::to(cluster);
    let store = journal(&way, "broken_off_values").await;
    assert_eq!(store.add("count", 1, LEASE, at(0)).await.unwrap(), 1);

    way.lose_the_next_answer();
    let added = store.add("count", 1, LEASE, at(0)).await;
    assert!(added.is_err() && way.has_lost_it(), "{added:?}");
    assert_eq!(&*store.get("count", at(0)).await.unwrap().unwrap().value, "2", "it was counted twice");

    store.put("other", "", Expected::Absent, LEASE, at(0)).await.unwrap();
    way.lose_the_next_answer();
    let put = store.put("key", "ours", Expected::Absent, LEASE, at(0)).await;
    assert!(put.is_err() && way.has_lost_it(), "somebody else was said to have written it: {put:?}");
    assert_eq!(&*store.get("key", at(0)).await.unwrap().unwrap().value, "ours");

    store.remove("other", Expected::Anything, at(0)).await.unwrap();
    way.lose_the_next_answer();
    let removed = store.remove("key", Expected::Anything, at(0)).await;
    assert!(removed.is_err() && way.has_lost_it(), "it was said that nothing was there: {removed:?}");
    assert_eq!(store.get("key", at(0)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_is_not_told_that_there_was_no_such_job_when_the_answer_is_lost() {
    let Some(cluster) = shared() else { return };
    let way = Way::to(cluster);
    let journal = journal(&way, "broken_off_jobs").await;
    for (lane, number) in [("a", 1), ("b", 2)] {
        let lease = leased(&journal, lane, number).await;
        let dead = Outcome::Dead(voice_crm_outbox::Reason::new("RULE", "a rule refuses it"));
        settle(&journal, lease, dead, at(1)).await;
    }

    assert!(!journal.retry(key(9), at(2)).await.unwrap());
    way.lose_the_next_answer();
    let retried = journal.retry(key(1), at(2)).await;
    assert!(retried.is_err() && way.has_lost_it(), "{retried:?}");
    assert_eq!(journal.stats().await.unwrap().pending, 1);

    assert!(!journal.discard(key(9)).await.unwrap());
    way.lose_the_next_answer();
    let discarded = journal.discard(key(2)).await;
    assert!(discarded.is_err() && way.has_lost_it(), "{discarded:?}");
    assert_eq!(journal.stats().await.unwrap().dead, 0);

    let person = Subject::new("a person");
    let Enqueued::Leased(lease) =
        journal.enqueue(job("c", 3).subject(Some(person.clone())), Some(LEASE), at(3)).await.unwrap()
    else {
        panic!("no lease")
    };
    settle(&journal, lease, Outcome::Done(receipt(3)), at(4)).await;
    assert_eq!(journal.erase(&Subject::new("nobody")).await.unwrap(), Erased::default());
    way.lose_the_next_answer();
    let erased = journal.erase(&person).await;
    assert!(erased.is_err() && way.has_lost_it(), "{erased:?}");
    assert_eq!(status(&journal, 3).await, Some(JobStatus::Done("".into())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_may_be_done_twice_is_done_again_when_the_answer_is_lost() {
    let Some(cluster) = shared() else { return };
    let way = Way::to(cluster);
    let journal = journal(&way, "broken_off_reads").await;
    let first = leased(&journal, "a", 1).await;
    settle(&journal, leased(&journal, "b", 2).await, Outcome::Done(receipt(2)), at(1)).await;

    way.lose_the_next_answer();
    settle(&journal, first, Outcome::Done(receipt(1)), at(1)).await;
    assert!(way.has_lost_it());
    assert_eq!(status(&journal, 1).await, Some(done(1)));
    way.lose_the_next_answer();
    assert_eq!(status(&journal, 2).await, Some(done(2)));
    assert!(way.has_lost_it());
}
