//! When a request is repeated, and when it must not be.

use std::{cell::Cell, num::NonZeroUsize, time::Duration};

use futures_util::future::join_all;
use tokio::time::Instant;
use voice_crm_rest::{
    ErrorKind, Request, Retry, RetryPolicy,
    script::{Script, Step},
};

use crate::rota::{OK, READ, Result, builder, client};

fn read() -> Request {
    Request::get("/people/{id}").fill("id", "a")
}

fn make() -> Request {
    Request::post("/people").json("a")
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_is_not_done_again() {
    for step in [
        Step::Lost,
        Step::NoAnswer,
        Step::Answer(500, ""),
        Step::Answer(503, "<html>"),
        Step::Answer(408, ""),
        Step::Cut(201, "{\"id\":"),
    ] {
        let script = Script::new(&[Step::Answer(429, ""), Step::NotSent, step]);

        let error = client(&script).execute(make()).await.unwrap_err();

        assert_eq!((error.kind(), error.retry()), (ErrorKind::Ambiguous, Retry::IfIdempotent), "{step:?}");
        assert!(error.may_be_done());
        assert_eq!((error.attempts(), script.attempts()), (3, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_no_harm_twice_is_repeated_whatever_happened() {
    for request in [read(), make().repeatable(), Request::put("/a"), Request::patch("/a")] {
        let script = Script::new(&[Step::Lost, Step::Answer(502, ""), Step::NoAnswer, OK]);

        client(&script).execute(request).await.unwrap();

        assert_eq!(script.attempts(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_at_once_by_its_kind() {
    for (status, kind) in [
        (302, ErrorKind::Unexpected),
        (400, ErrorKind::Refused),
        (401, ErrorKind::Authentication),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Conflict),
        (410, ErrorKind::Gone),
        (422, ErrorKind::Refused),
    ] {
        let script = Script::new(&[Step::Answer(status, r#"{"code":3}"#)]);

        let error = client(&script).execute(read()).await.unwrap_err();

        assert_eq!((error.kind(), error.retry(), error.code()), (kind, Retry::Never, Some(3)), "{status}");
        assert_eq!(script.attempts(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_service_has_the_last_word_on_its_own_documents() {
    let script = Script::new(&[Step::Answer(429, r#"{"code":7}"#), Step::Answer(429, r#"{"code":7}"#), OK]);

    let error = client(&script).execute(make()).await.unwrap_err();
    client(&script).execute(read()).await.unwrap();

    assert_eq!((error.kind(), error.attempts(), script.attempts()), (ErrorKind::Gone, 1, 3));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_read_once_for_its_verdict_and_its_error() {
    let script = Script::new(&[Step::Answer(503, r#"{"code":1}"#), Step::Answer(400, r#"{"code":2}"#)]);

    let error = client(&script).execute(read()).await.unwrap_err();

    assert_eq!((error.code(), script.attempts(), READ.with(Cell::get)), (Some(2), 2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_whose_explanation_breaks_off_is_judged_by_its_status() {
    let script = Script::new(&[Step::Cut(429, "{\"co"), OK]);

    client(&script).execute(make()).await.unwrap();

    assert_eq!(script.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn pauses_double_and_what_is_asked_for_comes_before_the_jitter() {
    let asked = |seconds| Step::With(503, ("retry-after", seconds), "");
    let script = Script::new(&[Step::Lost, asked("0"), asked("7"), OK]);

    client(&script).execute(read()).await.unwrap();

    assert_eq!(script.pauses(), [200, 400, 7800].map(Duration::from_millis));
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_is_not_begun_however_long_it_is() {
    for pause in ["60", "18446744073709551615"] {
        let script = Script::new(&[Step::With(429, ("retry-after", pause), "")]);
        let started = Instant::now();

        let client = client(&script).with_deadline((started + Duration::from_secs(2)).into_std());
        let error = client.execute(read()).await.unwrap_err();

        assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::Safe));
        assert_eq!(error.retry_after(), pause.parse().ok().map(Duration::from_secs));
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_at_the_deadline_and_nothing_is_sent_after_it() {
    let script = Script::new(&[Step::NoAnswer]);
    let started = Instant::now();
    let client = client(&script).with_deadline((started + Duration::from_secs(2)).into_std());

    let error = client.execute(read()).await.unwrap_err();
    let late = client.execute(make()).await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::IfIdempotent));
    assert_eq!((late.kind(), late.retry(), late.attempts()), (ErrorKind::Timeout, Retry::Safe, 0));
    assert_eq!((started.elapsed(), script.attempts()), (Duration::from_secs(2), 1));
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_a_request_ends_with_the_total_timeout() {
    let script = Script::new(&[Step::NoAnswer; 3]);
    let started = Instant::now();
    let client = builder(&script).total_timeout(Duration::from_secs(25)).build().unwrap();

    let error = client.execute(read()).await.unwrap_err();

    assert_eq!((error.kind(), started.elapsed()), (ErrorKind::Timeout, Duration::from_secs(25)));
    let endless = Script::new(&[OK]);
    builder(&endless).total_timeout(Duration::MAX).build().unwrap().execute(read()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn attempts_are_counted_with_the_first_and_the_last_failure_is_told() {
    let script = Script::new(&[Step::Lost, Step::Answer(429, ""), Step::Answer(503, "")]);
    let policy = RetryPolicy { attempts: 3, ..RetryPolicy::default() };

    let error = builder(&script).retry_policy(policy).build().unwrap().execute(read()).await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 3));
    assert_eq!((error.elapsed(), script.attempts()), (Duration::from_millis(600), 3));
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_attempt_deleted_is_deleted_and_what_was_never_there_is_not() {
    let delete = || Request::delete("/people/{id}").fill("id", "a");
    let lost = Script::new(&[Step::Lost, Step::Answer(404, "")]);
    let untouched = Script::new(&[Step::Answer(429, ""), Step::Answer(404, "")]);

    client(&lost).delete(delete()).await.unwrap();
    let error = client(&untouched).delete(delete()).await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotFound, 2));
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_under_way_at_once_than_the_cap_allows() {
    let script = Script::new(&[Step::Late(Duration::from_secs(1), 200, "{}"); 9]);
    let client = builder(&script).concurrent_requests(NonZeroUsize::new(3).unwrap()).build().unwrap();
    let started = Instant::now();

    let results = join_all((0..9).map(|_| client.execute(read()))).await;

    assert!(results.iter().all(Result::is_ok));
    assert_eq!((started.elapsed(), script.attempts()), (Duration::from_secs(3), 9));
}

#[tokio::test(start_paused = true)]
async fn a_pause_before_a_repeat_holds_up_nobody_else() {
    let script = Script::new(&[Step::Answer(503, ""), OK, OK]);
    let client = builder(&script).concurrent_requests(NonZeroUsize::MIN).build().unwrap();
    let started = Instant::now();

    let repeated = async { (client.execute(read()).await, started.elapsed()) };
    let other = async { (client.execute(read()).await, started.elapsed()) };
    let (repeated, other) = tokio::join!(repeated, other);

    assert!(repeated.0.is_ok() && other.0.is_ok());
    assert_eq!((repeated.1, other.1), (Duration::from_millis(200), Duration::ZERO));
}
