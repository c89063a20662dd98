//! The one loop that every call goes through, on paused time.

use std::time::Duration;

use salesforce_client::transport::Reached;
use salesforce_client::{Client, Composite, ErrorCode, ErrorKind, Limit, RecordId, Result, Retry};
use serde_json::json;
use tokio::time::Instant;

use crate::scripted::{CREATED, Scripted, Step, builder, client};

const BUSY: &str = r#"[{"errorCode":"SERVER_UNAVAILABLE","message":"busy"}]"#;
const LOCKED: &str = r#"[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"locked"}]"#;
const CROWDED: &str = r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded."}]"#;
const SPENT: &str = r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#;
const TAKEN: &str = r#"[{"errorCode":"DUPLICATE_VALUE","message":"duplicate value found"}]"#;

async fn create(client: &Client) -> Result<RecordId> {
    client.records("Case").create(&json!({"Subject": "x"})).await
}

async fn upsert(client: &Client) -> Result<salesforce_client::Upserted> {
    client.records("Case").upsert("Voice_Key__c", "k", &json!({"Subject": "x"})).await
}

#[tokio::test(start_paused = true)]
async fn a_create_is_never_sent_again_after_an_ambiguous_failure() {
    for step in
        [Step::Cut(Reached::Maybe), Step::Answer(503, BUSY), Step::Answer(500, ""), Step::Answer(502, "")]
    {
        let transport = Scripted::new([step]);
        let error = create(&client(&transport)).await.unwrap_err();

        assert_eq!((error.retry(), error.attempts(), transport.count()), (Retry::IfIdempotent, 1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_is_sent_again_where_nothing_was_applied() {
    let transport = Scripted::new([
        Step::Cut(Reached::NotSent),
        Step::Answer(400, LOCKED),
        Step::Answer(403, CROWDED),
        Step::Answer(201, CREATED),
    ]);

    assert!(create(&client(&transport)).await.is_ok());
    assert_eq!(transport.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_upsert_is_sent_again_after_an_ambiguous_failure() {
    let transport =
        Scripted::new([Step::Cut(Reached::Maybe), Step::Answer(503, BUSY), Step::Answer(200, CREATED)]);

    assert!(upsert(&client(&transport)).await.is_ok());
    assert_eq!(transport.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_upsert_that_lost_a_race_is_sent_once_more() {
    let transport = Scripted::new([Step::Answer(400, TAKEN), Step::Answer(200, CREATED)]);
    assert!(upsert(&client(&transport)).await.is_ok());

    let transport = Scripted::new([Step::Answer(400, TAKEN), Step::Answer(400, TAKEN)]);
    let error = upsert(&client(&transport)).await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::DUPLICATE_VALUE));
}

#[tokio::test(start_paused = true)]
async fn a_composite_with_a_plain_create_is_not_sent_again_but_one_of_upserts_is() {
    let transport = Scripted::new([Step::Cut(Reached::Maybe)]);
    let mut creates = Composite::new();
    creates.create("case", "Case", &json!({})).unwrap();
    assert!(client(&transport).composite(creates).await.is_err());
    assert_eq!(transport.count(), 1);

    let transport =
        Scripted::new([Step::Cut(Reached::Maybe), Step::Answer(200, r#"{"compositeResponse":[]}"#)]);
    let mut upserts = Composite::new();
    upserts.upsert("case", "Case", "Voice_Key__c", "k", &json!({})).unwrap();
    assert!(client(&transport).composite(upserts).await.is_ok());
    assert_eq!(transport.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_attempt_may_have_done_is_not_forgotten() {
    let transport = Scripted::new([Step::Cut(Reached::Maybe), Step::Answer(403, SPENT)]);
    let error = upsert(&client(&transport)).await.unwrap_err();

    assert_eq!(error.limit(), Some(Limit::Daily));
    assert_eq!(error.retry(), Retry::IfIdempotent, "the first attempt may have been applied");
}

#[tokio::test(start_paused = true)]
async fn the_daily_limit_stops_at_once() {
    let transport = Scripted::new([Step::Answer(403, SPENT)]);
    let error = upsert(&client(&transport)).await.unwrap_err();

    assert_eq!((error.kind(), error.limit(), error.attempts()), (ErrorKind::Limit, Some(Limit::Daily), 1));
    assert_eq!(error.retry(), Retry::Safe);
}

#[tokio::test(start_paused = true)]
async fn a_delete_whose_answer_was_lost_has_succeeded() {
    let gone = r#"[{"errorCode":"ENTITY_IS_DELETED","message":"entity is deleted"}]"#;
    let id = RecordId::parse("500000000000001").unwrap();

    let transport = Scripted::new([Step::Cut(Reached::Maybe), Step::Answer(404, gone)]);
    assert!(client(&transport).records("Case").delete(&id).await.is_ok());

    let transport = Scripted::new([Step::Answer(404, gone)]);
    assert!(client(&transport).records("Case").delete(&id).await.unwrap_err().is_not_found());
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed() {
    let transport = Scripted::new([Step::RetryAfter(429, "3", ""), Step::Answer(201, CREATED)]);
    let started = Instant::now();

    assert!(create(&client(&transport)).await.is_ok());
    assert_eq!(started.elapsed(), Duration::from_secs(3) + OWN_DELAY);
}

/// Half of the first bound, as the clients of these tests draw it.
const OWN_DELAY: Duration = Duration::from_millis(50);

#[tokio::test(start_paused = true)]
async fn a_short_retry_after_is_no_shorter_than_the_clients_own_delay() {
    for (asked, seconds) in [("0", 0), ("1", 1)] {
        let transport = Scripted::new([Step::RetryAfter(503, asked, BUSY), Step::Answer(200, CREATED)]);
        let started = Instant::now();
        assert!(upsert(&client(&transport)).await.is_ok());
        assert_eq!(started.elapsed(), Duration::from_secs(seconds) + OWN_DELAY);
    }
}

/// What stands before an org and answers in its place.
const EDGE: [(u16, &str); 5] =
    [(420, "<html>maintenance</html>"), (406, ""), (403, "<html>"), (404, "<html>"), (400, "")];

#[tokio::test(start_paused = true)]
async fn an_answer_of_the_edge_delays_what_may_be_repeated_and_ends_a_create_as_open() {
    for (status, body) in EDGE {
        let transport = Scripted::new([Step::Answer(status, body), Step::Answer(200, CREATED)]);
        assert!(upsert(&client(&transport)).await.is_ok(), "{status}");
        let transport = Scripted::new([Step::Answer(status, body), Step::Answer(200, "{}")]);
        let id = RecordId::parse("500000000000001").unwrap();
        assert!(client(&transport).records("Case").get::<serde_json::Value>(&id).await.is_ok(), "{status}");

        let transport = Scripted::new([Step::Answer(status, body)]);
        let error = create(&client(&transport)).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, Retry::IfIdempotent), "{status}");
        assert!(!error.is_not_found() && error.entries().is_empty(), "{status}");
        let sentence = error.to_string();
        assert!(
            sentence.contains(&format!("status {status}")) && !sentence.contains("entries"),
            "{sentence}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_with_status_404_does_not_make_a_delete_succeed() {
    let steps = (0..6).map(|_| Step::Answer(404, "<html>"));
    let transport = Scripted::new(steps);
    let id = RecordId::parse("500000000000001").unwrap();
    assert!(client(&transport).records("Case").delete(&id).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_answered_by_a_page_or_by_nothing_is_sent_again() {
    for hollow in ["", " ", "<html>please wait</html>"] {
        let transport = Scripted::new([Step::Answer(200, hollow), Step::Answer(200, "{}")]);
        let id = RecordId::parse("500000000000001").unwrap();
        let read = client(&transport).records("Case").get::<serde_json::Value>(&id).await;
        assert!(read.is_ok() && transport.count() == 2, "{hollow}");
    }
    let transport = Scripted::new([Step::Answer(200, "<html>"), Step::Answer(200, CREATED)]);
    assert!(upsert(&client(&transport)).await.is_ok(), "so is what does no harm twice");
    let transport = Scripted::new((0..6).map(|_| Step::Answer(200, "<html>")));
    let error = client(&transport).describe("Case").await.map(drop).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 6));
    assert!(error.to_string().contains("is not JSON but a page"), "{error}");
}

const THROWN: &str = r#"[{"errorCode":"APEX_ERROR","message":"System.NullPointerException: de-reference"}]"#;

#[tokio::test(start_paused = true)]
async fn an_apex_class_that_throws_is_asked_once_and_is_not_held_against_the_org() {
    let answers = [THROWN, r#"{"reason":"no stock"}"#, r#""no""#];
    let thrown = (0..120).map(|index| Step::Answer(500, answers[index % 3]));
    let transport = Scripted::new(thrown.chain([Step::Answer(200, "{}")]));
    let client = client(&transport);
    for _ in 0..120 {
        let call = client.apex::<serde_json::Value>(http::Method::GET, &["orders"]);
        let error = call.await.unwrap_err();
        let told = (error.kind(), error.retry(), error.attempts());
        assert_eq!(told, (ErrorKind::Rejected, Retry::Never, 1), "{error}");
    }
    let id = RecordId::parse("500000000000001").unwrap();
    assert!(client.records("Case").get::<serde_json::Value>(&id).await.is_ok(), "the org is up");
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let transport = Scripted::new([Step::RetryAfter(503, "60", "")]);
    let started = Instant::now();

    let error = upsert(&client(&transport)).await.unwrap_err();

    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_at_its_deadline() {
    let transport = Scripted::new([Step::Hang]);
    let started = Instant::now();
    let deadline = (started + Duration::from_secs(2)).into_std();

    let error = client(&transport)
        .records("Case")
        .upsert("Voice_Key__c", "k", &json!({}))
        .deadline(deadline)
        .await
        .unwrap_err();

    assert_eq!(started.elapsed(), Duration::from_secs(2));
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Deadline, Retry::IfIdempotent));
    assert_eq!(error.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_past_sends_nothing() {
    let transport = Scripted::new([]);
    let error = client(&transport)
        .records("Case")
        .create(&json!({}))
        .deadline(Instant::now().into_std())
        .await
        .unwrap_err();

    assert_eq!((error.kind(), error.retry(), transport.count()), (ErrorKind::Deadline, Retry::Safe, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_a_call_takes_ten_seconds_at_most() {
    let transport = Scripted::new([Step::Hang]);
    let started = Instant::now();
    assert!(upsert(&client(&transport)).await.is_err());
    assert_eq!(started.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn the_cap_on_concurrent_requests_holds() {
    let transport = Scripted::new([Step::Hang, Step::Hang]);
    let client = builder(&transport).max_concurrent(2).build().unwrap();
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { create(&client).await })
        })
        .collect();
    let mut safe = 0;
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        safe += usize::from(error.retry() == Retry::Safe);
    }
    assert_eq!((transport.count(), safe), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn usage_is_read_from_the_last_answer() {
    let transport = Scripted::new([Step::Answer(201, CREATED)]);
    let client = client(&transport);
    assert!(client.usage().is_none());
    create(&client).await.unwrap();
    let usage = client.usage().unwrap();
    assert_eq!((usage.used, usage.max), (18, 15_000));
}

#[tokio::test(start_paused = true)]
async fn a_mistake_in_a_call_is_told_without_sending_anything() {
    let transport = Scripted::new([]);
    let client = client(&transport);
    let id = RecordId::parse("500000000000001").unwrap();

    let errors = [
        client.records("Ca/se").create(&json!({})).await.map(drop).unwrap_err(),
        client.records("Case").upsert("K__c", "", &json!({})).await.map(drop).unwrap_err(),
        client.records("Case").get::<serde_json::Value>(&id).fields(["Id;"]).await.map(drop).unwrap_err(),
        client.composite(Composite::new()).await.map(drop).unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::InvalidRequest));
    assert_eq!(transport.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_understood_says_how_often_and_how_long_was_asked() {
    let failed = [Step::Answer(503, BUSY), Step::Cut(Reached::NotSent)];
    let transport = Scripted::new(failed.into_iter().chain([Step::Answer(200, r#"{"odd":1}"#)]));
    let error = upsert(&client(&transport)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 3));
    assert!(error.elapsed() > Duration::ZERO && error.may_be_applied());

    let part = r#"{"compositeResponse":[{"body":{"odd":1},"httpStatusCode":200,"referenceId":"case"}]}"#;
    let transport = Scripted::new([Step::Answer(503, BUSY), Step::Answer(200, part)]);
    let mut upserts = Composite::new();
    let case = upserts.upsert("case", "Case", "Voice_Key__c", "k", &json!({})).unwrap();
    let answers = client(&transport).composite(upserts).await.unwrap();
    let error = answers.get(&case).map(drop).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 2));

    let transport = Scripted::new([Step::Answer(503, BUSY), Step::Answer(200, "[]")]);
    let id = RecordId::parse("500000000000001").unwrap();
    let several = client(&transport).collections().update("Case", &[(id, json!({}))]).await.unwrap();
    assert_eq!(several[0].as_ref().unwrap_err().attempts(), 2);
}
