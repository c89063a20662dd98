//! Tables that the releases before sinks filled.

use jiff::Timestamp;
use tokio_postgres::Client;
use voice_crm_outbox::{
    JobStatus, Subject,
    journal::{Enqueued, Journal, Lease, PostgresJournal},
};

use super::{claimed, connection};
use crate::{
    cluster::shared,
    jobs::{LEASE, at, job, key, status},
};

const STEPS: [&str; 2] = [
    include_str!("../../../src/journal/postgres/schema_1.sql"),
    include_str!("../../../src/journal/postgres/schema_2.sql"),
];
const PERSON: &str = "+14155550142";

/// The tables as the release before left them, and a connection to work on them.
struct Before(Client);

impl Before {
    async fn new(client: Client) -> Self {
        client
            .batch_execute("CREATE SCHEMA before; CREATE TABLE before.step (number bigint PRIMARY KEY)")
            .await
            .unwrap();
        for (number, step) in (1..).zip(STEPS) {
            client.batch_execute(&step.replace("{schema}", "before")).await.unwrap();
            client.batch_execute(&format!("INSERT INTO before.step VALUES ({number})")).await.unwrap();
        }
        Self(client)
    }

    /// Takes a write in; with a lease until a moment where one is given.
    async fn accept(&self, number: u32, lane: &str, kind: &str, until: Option<Timestamp>) {
        let (key, digest, body) = (*key(number).as_bytes(), [0_u8; 16], format!("{{\"number\":{number}}}"));
        // As the journal marks a person when it has no keys.
        let accept =
            "SELECT before.accept($1, $2, $3, $4, $5, substr(sha256($6::text::bytea), 1, 16), $7, $8)";
        let caller = format!("voice-crm caller {PERSON}");
        let (now, until) = (at(0).as_millisecond(), until.map(Timestamp::as_millisecond));
        self.0
            .query_one(
                accept,
                &[&&key[..], &&digest[..], &lane, &kind, &body.as_bytes(), &caller, &now, &until],
            )
            .await
            .unwrap();
    }

    /// Leases a lane as it falls due, and settles what was leased.
    async fn settle(&self, lane: &str, state: i16, outcome: Option<&str>, free_at: Timestamp) {
        let now = at(0).as_millisecond();
        let claim = "SELECT lane_name, taken, fence FROM before.claim($1, $2, $3, 1000)";
        let leases = self.0.query(claim, &[&now, &(now + 1_000_000), &(now + 30_000)]).await.unwrap();
        let lease = leases.iter().find(|lease| lease.get::<_, &str>(0) == lane).unwrap();
        let settle = "SELECT before.settle($1, $2, $3, $4, $5, $6, false, $7)";
        let (taken, fence): (i64, i64) = (lease.get(1), lease.get(2));
        let outcome = outcome.map(str::as_bytes);
        let settled = self
            .0
            .query_one(settle, &[&taken, &lane, &fence, &state, &outcome, &free_at.as_millisecond(), &now])
            .await
            .unwrap();
        assert!(settled.get::<_, bool>(0));
    }
}

fn names(leases: &[Lease]) -> Vec<(String, String, String)> {
    let name =
        |lease: &Lease| (lease.lane().as_str().to_owned(), lease.kind().to_owned(), lease.body().to_owned());
    let mut names: Vec<_> = leases.iter().map(name).collect();
    names.sort();
    names
}

fn name(lane: &str, kind: &str, number: u32) -> (String, String, String) {
    (lane.to_owned(), kind.to_owned(), format!("{{\"number\":{number}}}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_jobs_of_the_release_before_sinks_go_on_before_theirs() {
    let Some(cluster) = shared() else { return };
    let before = Before::new(connection(&cluster.url()).await).await;
    // One that is done, one that is dead, and one that was discarded, all of the lane that goes on after.
    before.accept(1, "call", "create_case", None).await;
    before.settle("call", 1, Some("{\"record\":1}"), at(0)).await;
    before.accept(2, "call", "create_case", None).await;
    before.settle("call", 2, Some("{\"code\":\"RULE\",\"sentence\":\"a rule refuses it\"}"), at(0)).await;
    before.accept(3, "gone", "create_case", None).await;
    before.settle("gone", 2, Some("{\"code\":\"RULE\",\"sentence\":\"\"}"), at(0)).await;
    before
        .0
        .batch_execute("UPDATE before.entry SET state = 3, body = NULL WHERE lane = 'gone'")
        .await
        .unwrap();
    // A lane whose first job failed often.
    before.accept(20, "poor", "save_record", None).await;
    for _ in 0..3 {
        before.settle("poor", 0, None, at(0)).await;
    }
    // A lane with a pause.
    before.accept(30, "paused", "save_record", None).await;
    before.settle("paused", 0, None, at(500)).await;
    // A lane of several kinds, whose first job is out on a lease.
    before.accept(10, "call", "create_case", Some(at(100))).await;
    for (number, kind) in [(11, "send_text"), (12, "log_call"), (13, "send_text"), (14, "keep_recording")] {
        before.accept(number, "call", kind, None).await;
    }
    // One that was erased.
    before.accept(40, "erased", "create_case", None).await;
    before.settle("erased", 1, Some("{}"), at(0)).await;
    before
        .0
        .batch_execute("UPDATE before.entry SET lane = '', caller = NULL WHERE lane = 'erased'")
        .await
        .unwrap();

    let options = PostgresJournal::options(&cluster.url()).schema("before").connections(2);
    let journal = options.clone().connect().await.unwrap();
    drop(options.connect().await.unwrap());

    let stats = journal.stats().await.unwrap();
    let waiting = [
        ("crm", "create_case", 1),
        ("crm", "log_call", 1),
        ("crm", "save_record", 2),
        ("recordings", "keep_recording", 1),
        ("texts", "send_text", 2),
    ];
    let waiting = waiting.map(|(sink, kind, count)| ((sink.to_owned(), kind.to_owned()), count));
    assert_eq!(stats.waiting, waiting.into_iter().collect());
    assert_eq!((stats.pending, stats.done, stats.dead), (7, 2, 1));

    let early = claimed(&journal, "crm", at(50), 10).await;
    assert!(early.leases.is_empty(), "an attempt may be under way until its lease ends");
    assert_eq!(names(&early.failing), [name("crm/poor", "save_record", 20)]);
    assert_eq!(early.failing[0].attempts(), 3);

    let crm = claimed(&journal, "crm", at(100), 10).await.leases;
    assert_eq!(names(&crm), [name("crm/call", "create_case", 10)]);
    assert!(crm[0].may_have_applied(), "it was out on a lease");
    assert_eq!(crm[0].earlier().iter().map(|body| &**body).collect::<Vec<_>>(), ["{\"record\":1}"]);
    let texts = claimed(&journal, "texts", at(100), 10).await.leases;
    assert_eq!(names(&texts), [name("texts/call", "send_text", 11)], "the other text comes after it");
    assert!(!texts[0].may_have_applied());
    let recordings = claimed(&journal, "recordings", at(100), 10).await.leases;
    assert_eq!(names(&recordings), [name("recordings/call", "keep_recording", 14)]);
    let paused = claimed(&journal, "crm", at(500), 10).await.leases;
    assert!(names(&paused).contains(&name("crm/paused", "save_record", 30)));

    assert_eq!(status(&journal, 1).await, Some(JobStatus::Done("{\"record\":1}".into())));
    let dead = journal.dead(9).await.unwrap();
    assert_eq!((dead.len(), dead[0].key, dead[0].reason.code.as_str()), (1, key(2), "RULE"));
    assert_eq!((dead[0].lane.as_str(), dead[0].body.as_deref()), ("crm/call", Some("{\"number\":2}")));
    assert!(!journal.retry(key(3), at(0)).await.unwrap(), "it was discarded");
    let again = journal.enqueue(job("another", 1), Some(LEASE), at(0)).await.unwrap();
    assert!(matches!(again, Enqueued::AlreadyKnown(JobStatus::Done(_))), "{again:?}");
    let erased = journal.erase(&Subject::new(PERSON)).await.unwrap();
    assert_eq!(
        (erased.erased, erased.pending),
        (3, 7),
        "a person is found by the mark of the release before"
    );
}
