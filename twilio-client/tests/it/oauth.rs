//! Tokens by client credentials: one login for all, and none too many.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time;
use twilio_client::auth::ClientSecret;
use twilio_client::error::ErrorKind;
use twilio_client::{Client, Credentials};

use crate::scripted::{CALL, Script, Step, call};

const TOKEN: Step = Step::Answer(200, r#"{"access_token":"canary-token-77aa","expires_in":3600}"#);
const OTHER: Step = Step::Answer(200, r#"{"access_token":"canary-token-77aa-2","expires_in":3600}"#);
const READ: Step = Step::Answer(200, CALL);

fn client(script: &Script) -> Client {
    let secret = ClientSecret::new("canary-client-secret-5d1f").unwrap();
    let credentials = Credentials::client_credentials("OQ1", secret);
    Client::builder("AC00000000000000000000000000000001".parse().unwrap(), credentials)
        .transport(script.clone())
        .jitter(|| 1.0)
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
async fn a_login_that_fails_fails_for_all_who_waited_and_is_not_repeated_by_each() {
    let script = Script::new(&[Step::Answer(401, r#"{"code":20003,"message":"no"}"#)]);
    let client = client(&script);

    let results = join_all((0..100).map(|_| async { client.calls().fetch(&call()).await })).await;

    assert!(results.into_iter().all(|result| result.unwrap_err().kind() == ErrorKind::Authentication));
    assert_eq!(script.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_before_it_expires() {
    let script = Script::new(&[TOKEN, READ, READ, OTHER, READ]);
    let client = client(&script);

    client.calls().fetch(&call()).await.unwrap();
    time::advance(Duration::from_secs(3530)).await;
    client.calls().fetch(&call()).await.unwrap();
    time::advance(Duration::from_secs(20)).await;
    client.calls().fetch(&call()).await.unwrap();

    assert_eq!((script.attempts(), logins(&script)), (5, 2));
    assert!(script.sent()[4].headers()["authorization"] == "Bearer canary-token-77aa-2");
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_fails_nobody_while_the_old_token_is_valid() {
    let script = Script::new(&[TOKEN, READ, Step::Answer(400, ""), READ, READ]);
    let client = client(&script);

    client.calls().fetch(&call()).await.unwrap();
    time::advance(Duration::from_secs(3550)).await;
    client.calls().fetch(&call()).await.unwrap();
    client.calls().fetch(&call()).await.unwrap();

    assert_eq!((script.attempts(), logins(&script)), (5, 2));
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
