//! When a request is repeated, and when it must not be: on paused time, against a script.

use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;
use twilio_client::RetryPolicy;
use twilio_client::client::Client;
use twilio_client::error::{ErrorCode, ErrorKind, Result, Retry, Verdict};
use twilio_client::resource::calls::{Call, HungUp, Instruction};

use crate::scripted::{CALL, SLOW, Script, Scripted as _, Step, call};

async fn place(client: &Client) -> Result<Call> {
    client.calls().create("+14155550142", "+14155550143", Instruction::twiml("<Response/>")).await
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_answer_is_lost_is_not_placed_again() {
    for step in [Step::Lost, Step::Answer(500, ""), Step::Answer(503, "<html>"), Step::NoAnswer] {
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

    assert_eq!(call.sid.as_str(), "CA00000000000000000000000000000001");
    assert_eq!(script.attempts(), 3);
    assert_eq!(script.pauses(), [Duration::from_millis(200), Duration::from_millis(400)]);
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_verify_is_no_rate_limit_to_be_waited_for() {
    for code in [ErrorCode::VERIFY_MAX_CHECKS, ErrorCode::VERIFY_MAX_SENDS, ErrorCode::VERIFY_NUMBER_BUSY] {
        let body = format!(r#"{{"code":{code},"status":429}}"#).leak();
        let script = Script::new(&[Step::Answer(429, body)]);

        let error = place(&script.client()).await.unwrap_err();

        assert_eq!((error.kind(), error.retry()), (ErrorKind::Refused, Retry::Never), "{body}");
        assert!(code.is_verify_limit() && error.to_string().contains(code.meaning().unwrap()));
        assert_eq!(script.attempts(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn every_known_code_decides_whether_a_request_is_made_again() {
    for (code, verdict, meaning) in ErrorCode::KNOWN {
        let refusal = Step::Answer(429, format!(r#"{{"code":{code}}}"#).leak());
        let again = matches!(verdict, Verdict::Wait(_)) || *code == ErrorCode::AUTHENTICATION_FAILED;
        let script = Script::new(&vec![refusal; if again { 4 } else { 1 }]);

        let error = place(&script.client()).await.unwrap_err();

        assert_eq!(error.code(), Some(*code));
        assert!(error.to_string().contains(meaning), "{error}");
        assert_eq!(script.attempts(), if again { 4 } else { 1 }, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_over_is_over_whether_twilio_knows_it_still_or_not() {
    let known = Step::Answer(400, r#"{"code":21220,"message":"Call is not in-progress","status":400}"#);
    let unknown = Step::Answer(404, r#"{"code":20404,"message":"not found","status":404}"#);
    for over in [known, unknown, Step::Answer(404, "")] {
        let script = Script::new(&[over; 6]);
        let client = script.client();
        let url: url::Url = "https://voice.example.com/agent".parse().unwrap();

        assert!(matches!(client.calls().hang_up(&call()).await, Ok(HungUp::WasOver)));
        assert!(matches!(client.calls().cancel(&call()).await, Ok(HungUp::WasOver)));
        let redirected = client.calls().redirect(&call(), url.clone()).await.unwrap_err();
        let live = client.live_call(&call());
        let recorded = live.start_recording().await.unwrap_err();
        let streamed = live.start_stream(&url).await.unwrap_err();
        let sent = live.send_message(&serde_json::json!({}), None).await.unwrap_err();

        for error in [redirected, recorded, streamed, sent] {
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Gone, Retry::Never), "{error}");
        }
        assert_eq!(script.attempts(), 6);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_only_looked_for_is_not_found() {
    let script = Script::new(&[Step::Answer(404, r#"{"code":20404,"status":404}"#); 2]);

    let read = script.client().calls().fetch(&call()).await.unwrap_err();
    let deleted = script.client().calls().delete(&call()).await.unwrap_err();

    assert_eq!((read.kind(), deleted.kind()), (ErrorKind::NotFound, ErrorKind::NotFound));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_after_a_refused_attempt_is_still_ambiguous() {
    let script = Script::new(&[Step::Answer(429, ""), Step::Lost]);

    let error = place(&script.client()).await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Ambiguous, 2));
    assert_eq!(script.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn reading_is_repeated_whatever_happened() {
    let script = Script::new(&[Step::Lost, Step::Answer(502, ""), Step::NoAnswer, Step::Answer(200, CALL)]);

    script.client().calls().fetch(&call()).await.unwrap();

    assert_eq!(script.attempts(), 4);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_used_up_and_the_last_failure_is_told() {
    let script = Script::new(&[Step::Lost, Step::Answer(429, ""), Step::Answer(503, "")]);
    let policy = RetryPolicy { attempts: 3, ..RetryPolicy::default() };

    let client = script.builder().retry_policy(policy).build().unwrap();
    let error = client.calls().fetch(&call()).await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 3));
    assert_eq!(error.elapsed(), Duration::from_millis(600));
    assert_eq!(script.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_twilio_asks_for_is_kept() {
    let script = Script::new(&[Step::With(429, ("retry-after", "7"), ""), Step::Answer(200, CALL)]);

    script.client().calls().fetch(&call()).await.unwrap();

    assert_eq!(script.pauses(), [Duration::from_millis(7200)]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_is_not_begun() {
    let script = Script::new(&[Step::With(429, ("retry-after", "60"), "")]);
    let started = Instant::now();

    let client = script.client().with_deadline((started + Duration::from_secs(2)).into_std());
    let error = client.calls().fetch(&call()).await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::Safe));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_at_the_deadline() {
    let script = Script::new(&[Step::NoAnswer]);
    let started = Instant::now();

    let client = script.client().with_deadline((started + Duration::from_secs(2)).into_std());
    let error = client.calls().fetch(&call()).await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::IfIdempotent));
    assert_eq!(started.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_deadline() {
    let script = Script::new(&[]);

    let client = script.client().with_deadline(Instant::now().into_std());
    let error = place(&client).await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Safe));
    assert_eq!((error.attempts(), script.attempts()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_a_call_ends_with_the_total_timeout() {
    let script = Script::new(&[Step::NoAnswer; 4]);
    let started = Instant::now();

    let error = script.client().calls().fetch(&call()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(started.elapsed() <= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn hanging_up_is_repeated_until_it_is_known() {
    let over = r#"{"code":21220,"message":"Call is not in-progress","status":400}"#;
    let script = Script::new(&[Step::Lost, Step::Answer(400, over)]);

    let hung_up = script.client().calls().hang_up(&call()).await.unwrap();

    assert!(matches!(hung_up, HungUp::WasOver));
    assert_eq!(script.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn taking_a_call_elsewhere_is_not_repeated_when_it_may_have_happened() {
    let script = Script::new(&[Step::Lost]);

    let client = script.client();
    let url: url::Url = "https://voice.example.com/agent".parse().unwrap();
    let error = client.calls().redirect(&call(), url).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Ambiguous);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_a_lost_attempt_deleted_is_deleted() {
    let gone = r#"{"code":20404,"message":"not found","status":404}"#;
    let repeated = Script::new(&[Step::Lost, Step::Answer(404, gone)]);
    let unknown = Script::new(&[Step::Answer(404, gone)]);

    repeated.client().calls().delete(&call()).await.unwrap();
    let error = unknown.client().calls().delete(&call()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_under_way_at_once_than_the_cap_allows() {
    let script = Script::new(&[SLOW; 9]);
    let client = script.builder().concurrent_requests(NonZeroUsize::new(3).unwrap()).build().unwrap();
    let started = Instant::now();

    let results = join_all((0..9).map(|_| async { client.calls().fetch(&call()).await })).await;

    assert!(results.iter().all(Result::is_ok));
    assert_eq!(started.elapsed(), Duration::from_secs(3));
    let seconds: Vec<_> = script.pauses().iter().map(Duration::as_secs).collect();
    assert_eq!((script.attempts(), seconds), (9, vec![0, 0, 1, 0, 0, 1, 0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_finds_no_free_slot_in_time_is_not_sent() {
    let script = Script::new(&[SLOW]);
    let client = script.builder().concurrent_requests(NonZeroUsize::MIN).build().unwrap();
    let hurried = client.with_deadline(Instant::now().into_std() + Duration::from_millis(500));

    let call = call();
    let (first, second) = tokio::join!(client.calls().fetch(&call), hurried.calls().fetch(&call));

    let error = second.unwrap_err();
    assert_eq!((error.kind(), error.retry(), error.attempts()), (ErrorKind::Timeout, Retry::Safe, 0));
    assert!(first.is_ok());
    assert_eq!(script.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_pause_before_a_repeat_holds_up_nobody_else() {
    let script = Script::new(&[Step::Answer(503, ""), Step::Answer(200, CALL), Step::Answer(200, CALL)]);
    let client = script.builder().concurrent_requests(NonZeroUsize::MIN).build().unwrap();
    let call = call();
    let started = Instant::now();

    let repeated = async { (client.calls().fetch(&call).await, started.elapsed()) };
    let other = async { (client.calls().fetch(&call).await, started.elapsed()) };
    let (repeated, other) = tokio::join!(repeated, other);

    assert!(repeated.0.is_ok() && other.0.is_ok());
    assert_eq!((repeated.1, other.1), (Duration::from_millis(200), Duration::ZERO));
    assert_eq!(script.attempts(), 3);
}
