//! Tokens by client credentials: one login for all, and none too many.

use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time;
use twilio_client::auth::ClientSecret;
use twilio_client::error::{ErrorCode, ErrorKind};
use twilio_client::{Client, Credentials};

use crate::scripted::{CALL, Script, Step, call};

const LONG: &str = r#"{"access_token":"canary-token-77aa","expires_in":3600}"#;
const TOKEN: Step = Step::Answer(200, LONG);
const OTHER: Step = Step::Answer(200, r#"{"access_token":"canary-token-77aa-2","expires_in":3600}"#);
const READ: Step = Step::Answer(200, CALL);

fn client(script: &Script) -> Client {
    let secret = ClientSecret::new("canary-client-secret-5d1f").unwrap();
    let credentials = Credentials::client_credentials("OQ1", secret);
    Client::builder("AC00000000000000000000000000000001".parse().unwrap(), credentials)
        .transport(script.clone())
        .jitter(|| 1.0)
        .concurrent_requests(NonZeroUsize::MAX)
        .build()
        .unwrap()
}

fn logins(script: &Script) -> usize {
    script.sent().iter().filter(|request| request.uri().path() == "/v2/token").count()
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_without_a_token_log_in_once() {
    let script = Script::new(&[vec![TOKEN], vec![READ; 1000]].concat());
    let client = client(&script);

    let results = join_all((0..1000).map(|_| async { client.calls().fetch(&call()).await })).await;

    assert!(results.iter().all(Result::is_ok));
    assert_eq!((script.attempts(), logins(&script)), (1001, 1));
    let sent = script.sent();
    assert_eq!(sent[0].uri().to_string(), "https://oauth.twilio.com/v2/token");
    assert!(!sent[0].headers().contains_key("authorization"));
    let form = "grant_type=client_credentials&client_id=OQ1&client_secret=canary-client-secret-5d1f";
    assert!(sent[0].body() == form);
    assert!(sent[1].headers()["authorization"] == "Bearer canary-token-77aa");
}

#[tokio::test(start_paused = true)]
async fn a_login_that_fails_fails_for_all_and_is_not_repeated_until_its_back_off_is_over() {
    let script = Script::new(&[Step::Answer(401, r#"{"code":20003,"message":"no"}"#), TOKEN, READ]);
    let client = client(&script);

    let results = join_all((0..100).map(|_| async { client.calls().fetch(&call()).await })).await;
    for error in results.into_iter().map(Result::unwrap_err) {
        assert_eq!((error.kind(), error.code()), (ErrorKind::Authentication, Some(ErrorCode(20003))));
    }
    let error = client.calls().fetch(&call()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_millis(250)));
    time::advance(Duration::from_millis(250)).await;
    client.calls().fetch(&call()).await.unwrap();

    assert_eq!((script.attempts(), logins(&script)), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_leader_neither_strands_nor_repeats_the_login() {
    let script = Script::new(&[vec![Step::Late(Duration::from_secs(1), 200, LONG)], vec![READ; 10]].concat());
    let client = client(&script);
    let leader = tokio::spawn({
        let client = client.clone();
        async move { client.calls().fetch(&call()).await }
    });
    settle().await;
    let followers = tokio::spawn({
        let client = client.clone();
        async move { join_all((0..10).map(|_| async { client.calls().fetch(&call()).await })).await }
    });
    settle().await;
    leader.abort();

    assert!(followers.await.unwrap().iter().all(Result::is_ok));
    assert_eq!((script.attempts(), logins(&script)), (11, 1));
}

#[tokio::test(start_paused = true)]
async fn a_login_nobody_waits_for_any_more_still_lands() {
    let script = Script::new(&[Step::Late(Duration::from_secs(1), 200, LONG), READ]);
    let client = client(&script);
    let hurried = client.with_deadline(time::Instant::now().into_std() + Duration::from_millis(500));

    let error = hurried.calls().fetch(&call()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    time::sleep(Duration::from_secs(1)).await;
    client.calls().fetch(&call()).await.unwrap();

    assert_eq!((script.attempts(), logins(&script)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_ripe_token_is_replaced_once_while_nobody_waits() {
    let script = Script::new(&[vec![TOKEN, READ], vec![READ; 100], vec![OTHER, READ]].concat());
    let client = client(&script);

    client.calls().fetch(&call()).await.unwrap();
    // With the jitter at its bound a token is ripe after 85 of 100 parts of its life.
    time::advance(Duration::from_secs(3061)).await;
    let asked = time::Instant::now();
    let results = join_all((0..100).map(|_| async { client.calls().fetch(&call()).await })).await;
    assert!(results.iter().all(Result::is_ok) && asked.elapsed().is_zero());
    settle().await;
    client.calls().fetch(&call()).await.unwrap();

    assert_eq!((script.attempts(), logins(&script)), (104, 2));
    let sent = script.sent();
    assert!(sent[101].headers()["authorization"] == "Bearer canary-token-77aa");
    assert!(sent[103].headers()["authorization"] == "Bearer canary-token-77aa-2");
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_fails_nobody_while_the_old_token_is_valid_and_backs_off() {
    let script = Script::new(&[TOKEN, READ, READ, Step::Answer(400, ""), READ, READ, OTHER, READ]);
    let client = client(&script);
    let read = async || {
        client.calls().fetch(&call()).await.unwrap();
        settle().await;
    };

    read().await;
    time::advance(Duration::from_secs(3100)).await;
    read().await;
    read().await;
    assert_eq!(logins(&script), 2);
    time::advance(Duration::from_millis(250)).await;
    read().await;
    read().await;

    assert_eq!((script.attempts(), logins(&script)), (8, 3));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_over_is_not_used_and_waited_for_together() {
    let script = Script::new(&[vec![TOKEN, READ, OTHER], vec![READ; 50]].concat());
    let client = client(&script);

    client.calls().fetch(&call()).await.unwrap();
    time::advance(Duration::from_secs(3590)).await;
    let results = join_all((0..50).map(|_| async { client.calls().fetch(&call()).await })).await;

    assert!(results.iter().all(Result::is_ok));
    assert_eq!((script.attempts(), logins(&script)), (53, 2));
    assert!(
        script.sent()[3..].iter().all(|sent| sent.headers()["authorization"] == "Bearer canary-token-77aa-2")
    );
}

#[tokio::test(start_paused = true)]
async fn a_thousand_refusals_of_the_same_token_make_one_login() {
    let refused = Step::Late(Duration::from_secs(1), 401, "");
    let script = Script::new(&[vec![TOKEN], vec![refused; 100], vec![OTHER], vec![READ; 100]].concat());
    let client = client(&script);

    let results = join_all((0..100).map(|_| async { client.calls().fetch(&call()).await })).await;

    assert!(results.iter().all(Result::is_ok));
    assert_eq!((script.attempts(), logins(&script)), (202, 2));
}

#[tokio::test(start_paused = true)]
async fn a_transport_that_panics_strands_nobody() {
    let script = Script::new(&[Step::Panic, TOKEN, READ]);
    let client = client(&script);

    let error = client.calls().fetch(&call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    time::advance(Duration::from_secs(1)).await;
    client.calls().fetch(&call()).await.unwrap();

    assert_eq!(logins(&script), 2);
}

/// Lets tasks run until all of them wait for time.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_revoked_is_replaced_once_and_the_call_is_made() {
    let script = Script::new(&[TOKEN, Step::Answer(401, ""), OTHER, READ]);

    client(&script).calls().fetch(&call()).await.unwrap();

    assert_eq!(script.attempts(), 4);
    let refused = Script::new(&[TOKEN, Step::Answer(401, ""), OTHER, Step::Answer(401, "")]);
    let error = client(&refused).calls().fetch(&call()).await.unwrap_err();
    assert_eq!((error.kind(), refused.attempts()), (ErrorKind::Authentication, 4));
}
