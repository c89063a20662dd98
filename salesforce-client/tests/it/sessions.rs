//! Logins and sessions as a call meets them, on paused time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use salesforce_client::auth::{AccessToken, TokenCache, TokenSource};
use salesforce_client::transport::Reached;
use salesforce_client::{Client, ErrorKind, RecordId, Result, Retry, SecretString};
use serde_json::json;

use crate::canary;
use crate::scripted::{CREATED, Scripted, Step, builder, client, token};

const EXPIRED: &str = r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#;

async fn create(client: &Client) -> Result<RecordId> {
    client.records("Case").create(&json!({"Subject": "x"})).await
}

/// Each login moves the org to another instance.
#[derive(Clone, Default)]
struct Moving(Arc<AtomicUsize>);

#[async_trait]
impl TokenSource for Moving {
    async fn fetch(&self) -> Result<AccessToken> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let instance = format!("https://na{number}.my.salesforce.com").parse().unwrap();
        AccessToken::new(SecretString::from(canary::TOKEN), instance)
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_session_is_renewed_once_and_the_request_follows_the_instance() {
    let transport = Scripted::new([Step::Answer(401, EXPIRED), Step::Answer(201, CREATED)]);
    let logins = Moving::default();
    let client =
        builder(&transport).token_provider(Arc::new(TokenCache::new(logins.clone()))).build().unwrap();

    assert!(create(&client).await.is_ok());
    assert_eq!(logins.0.load(Ordering::SeqCst), 2);
    assert_eq!(
        transport.seen(),
        [
            "POST https://na0.my.salesforce.com/services/data/v66.0/sobjects/Case",
            "POST https://na1.my.salesforce.com/services/data/v66.0/sobjects/Case",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_refused_again_is_told_and_not_tried_for_ever() {
    let transport = Scripted::new([Step::Answer(401, EXPIRED), Step::Answer(401, EXPIRED)]);
    let logins = Moving::default();
    let client =
        builder(&transport).token_provider(Arc::new(TokenCache::new(logins.clone()))).build().unwrap();

    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 2));
    assert_eq!(logins.0.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_401_that_is_not_about_the_session_causes_no_login() {
    let unattached =
        r#"[{"errorCode":"INVALID_SESSION_ID","message":"Connected app is not attached to Agent"}]"#;
    let transport = Scripted::new([Step::Answer(401, unattached)]);
    let logins = Moving::default();
    let client =
        builder(&transport).token_provider(Arc::new(TokenCache::new(logins.clone()))).build().unwrap();

    assert!(create(&client).await.is_err());
    assert_eq!(logins.0.load(Ordering::SeqCst), 1);
}

/// Sends every request to a stranger.
struct Stranger;

#[async_trait]
impl TokenSource for Stranger {
    async fn fetch(&self) -> Result<AccessToken> {
        AccessToken::new(SecretString::from(canary::TOKEN), "https://evil.example".parse().unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_for_a_strange_host_is_not_sent_there() {
    let transport = Scripted::new([]);
    let client = builder(&transport).token_provider(Arc::new(TokenCache::new(Stranger))).build().unwrap();

    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), transport.count()), (ErrorKind::Authentication, 0));
    assert!(error.to_string().contains("allow_instance_host"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_login_is_tried_again_within_the_deadline() {
    let good = r#"{"access_token":"canary-token-77aa","instance_url":"https://acme.my.salesforce.com"}"#;
    let transport = Scripted::new([
        Step::Answer(503, "<html>"),
        Step::Cut(Reached::Maybe),
        Step::Answer(200, good),
        Step::Answer(201, CREATED),
    ]);
    let client = builder(&transport)
        .client_credentials("id", SecretString::from(canary::CLIENT_SECRET))
        .build()
        .unwrap();

    assert!(create(&client).await.is_ok());
    assert_eq!(transport.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_told_apart_from_a_refused_request() {
    let transport = Scripted::new([Step::Answer(
        400,
        r#"{"error":"invalid_client","error_description":"invalid client credentials"}"#,
    )]);
    let client = builder(&transport)
        .client_credentials("id", SecretString::from(canary::CLIENT_SECRET))
        .build()
        .unwrap();

    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Authentication, Retry::Never));
    assert_eq!(error.oauth().unwrap().error(), "invalid_client");
    assert_eq!(error.request(), Some("POST oauth2/token"));
}

#[tokio::test]
async fn ready_logs_in_and_costs_no_api_call() {
    let good = r#"{"access_token":"canary-token-77aa","instance_url":"https://acme.my.salesforce.com"}"#;
    let transport = Scripted::new([Step::Answer(200, good)]);
    let client = builder(&transport)
        .client_credentials("id", SecretString::from(canary::CLIENT_SECRET))
        .build()
        .unwrap();

    client.ready().await.unwrap();
    client.ready().await.unwrap();
    assert_eq!(transport.seen(), ["POST https://acme.my.salesforce.com/services/oauth2/token"]);
}

#[tokio::test(start_paused = true)]
async fn a_fixed_token_that_was_refused_is_not_used_again() {
    let transport = Scripted::new([Step::Answer(401, EXPIRED)]);
    let client = client(&transport);

    assert_eq!(create(&client).await.unwrap_err().kind(), ErrorKind::Authentication);
    assert_eq!(create(&client).await.unwrap_err().kind(), ErrorKind::Authentication);
    assert_eq!(transport.count(), 1);
}

#[test]
fn two_logins_that_give_the_same_text_are_two_logins() {
    assert!(!token().is_same_login(&token()));
}
