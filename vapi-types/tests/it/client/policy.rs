//! When a request is repeated, and when it must not be: on paused time, against a script.

use std::time::Duration;

use tokio::time::Instant;
use vapi_types::{
    call::Call,
    client::{Client, CreateCall, ErrorKind, Host, Result, Retry, RetryPolicy},
    customer::Customer,
};

use super::scripted::{Script, Scripted as _, Step};

const CALL: &str = r#"{"id":"call-1","status":"queued"}"#;

async fn place(client: &Client) -> Result<Call> {
    let call = CreateCall::default().assistant_id("a").phone_number_id("p");
    client.calls().create(&call, Customer::at("+14155550142")).await
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_answer_is_lost_is_not_placed_again() {
    for step in [Step::Lost, Step::Answer(500, ""), Step::Answer(408, "<html>"), Step::NoAnswer] {
        let script = Script::new(&[step]);

        let error = place(&script.client()).await.unwrap_err();

        assert_eq!((error.kind(), error.retry()), (ErrorKind::Ambiguous, Retry::IfIdempotent), "{step:?}");
        assert_eq!(script.attempts(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_not_taken_is_placed_again() {
    let script = Script::new(&[Step::Answer(429, ""), Step::NotSent, Step::Answer(201, CALL)]);

    let call = place(&script.client()).await.unwrap();

    assert_eq!(call.id.as_deref(), Some("call-1"));
    assert_eq!(script.attempts(), 3);
    assert_eq!(script.pauses(), [Duration::from_millis(500), Duration::from_secs(1)]);
}

#[tokio::test(start_paused = true)]
async fn reading_is_repeated_whatever_happened() {
    for step in [Step::Lost, Step::Answer(408, ""), Step::Answer(502, ""), Step::NoAnswer] {
        let script = Script::new(&[step, Step::Answer(200, CALL)]);

        script.client().calls().get("call-1").await.unwrap();

        assert_eq!(script.attempts(), 2, "{step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_used_up_and_the_last_failure_is_told() {
    let script = Script::new(&[Step::Lost, Step::Answer(429, ""), Step::Answer(503, "")]);
    let policy = RetryPolicy { attempts: 3, base: Duration::from_millis(500), cap: Duration::from_secs(10) };

    let client = script.builder().retry_policy(policy).build().unwrap();
    let error = client.calls().get("call-1").await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 3));
    assert_eq!(error.elapsed(), Duration::from_millis(1500));
    assert_eq!(script.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_vapi_asks_for_is_kept() {
    let script = Script::new(&[Step::With(429, ("retry-after", "7"), ""), Step::Answer(200, CALL)]);

    script.client().calls().get("call-1").await.unwrap();

    assert_eq!(script.pauses(), [Duration::from_millis(7500)]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_is_not_begun() {
    let script = Script::new(&[Step::With(429, ("retry-after", "60"), "")]);
    let started = Instant::now();

    let client = script.client().with_deadline((started + Duration::from_secs(2)).into_std());
    let error = client.calls().get("call-1").await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::Safe));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_at_the_deadline_and_nothing_is_sent_after_it() {
    let script = Script::new(&[Step::NoAnswer]);
    let started = Instant::now();

    let client = script.client().with_deadline((started + Duration::from_secs(2)).into_std());
    let error = client.calls().get("call-1").await.unwrap_err();
    let late = client.calls().get("call-1").await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::IfIdempotent));
    assert_eq!((late.kind(), late.retry(), late.attempts()), (ErrorKind::Timeout, Retry::Safe, 0));
    assert_eq!((started.elapsed(), script.attempts()), (Duration::from_secs(2), 1));
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_attempt_deleted_is_deleted() {
    let repeated = Script::new(&[Step::Lost, Step::Answer(404, "")]);
    let unknown = Script::new(&[Step::Answer(404, "")]);

    repeated.client().tools().delete("tool-1").await.unwrap();
    let error = unknown.client().tools().delete("tool-1").await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_not_followed() {
    let script = Script::new(&[Step::Answer(302, "")]);

    let error = script.client().calls().get("call-1").await.unwrap_err();

    assert_eq!((error.kind(), script.attempts()), (ErrorKind::Unexpected, 1));
}

#[tokio::test(start_paused = true)]
async fn each_region_has_its_own_host_and_gets_the_key() {
    for (host, expected) in [(Host::Us, "api.vapi.ai"), (Host::Eu, "api.eu.vapi.ai")] {
        let script = Script::new(&[Step::Answer(200, CALL)]);

        script.builder().host(host).build().unwrap().calls().get("call-1").await.unwrap();

        let request = &script.sent()[0];
        assert_eq!(request.uri().host(), Some(expected));
        assert_eq!(request.uri().path(), "/call/call-1");
        assert!(request.headers()["authorization"] == format!("Bearer {}", super::scripted::KEY));
        assert!(request.headers()["authorization"].is_sensitive());
    }
}

#[test]
fn a_client_that_cannot_work_or_would_show_its_key_is_not_built() {
    let build = |key: &str, host| Client::builder(key).host(host).build();
    let at = |url: &str| Host::At(url.parse().unwrap());

    for (key, host) in [("", Host::Us), (" ", Host::Us), ("a\nb", Host::Us), ("k", at("http://example.com"))]
    {
        assert_eq!(build(key, host).unwrap_err().kind(), ErrorKind::Configuration);
    }
    build("k", at("http://127.0.0.1:1")).unwrap();
}
