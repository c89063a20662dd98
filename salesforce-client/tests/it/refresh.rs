//! Refresh tokens that rotate: none is used before it is stored, none is sent twice.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use salesforce_client::auth::{OAuthApp, RefreshToken, RefreshTokenStore, TokenCache, TokenSource};
use salesforce_client::transport::Reached;
use salesforce_client::{ErrorKind, Retry, SecretString};
use secrecy::ExposeSecret;

use crate::scripted::{CREATED, Scripted, Step, builder, host};

const SECOND: &str =
    r#"{"access_token":"a","instance_url":"https://acme.my.salesforce.com","refresh_token":"second"}"#;
const THIRD: &str =
    r#"{"access_token":"a","instance_url":"https://acme.my.salesforce.com","refresh_token":"third"}"#;
const SAME: &str = r#"{"access_token":"a","instance_url":"https://acme.my.salesforce.com"}"#;
const REFUSED: &str = r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#;

#[derive(Default)]
struct Store {
    kept: Mutex<Vec<String>>,
    broken: AtomicBool,
}

#[async_trait]
impl RefreshTokenStore for Store {
    async fn store(&self, token: &SecretString) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if self.broken.load(Ordering::SeqCst) {
            return Err("the disk is full".into());
        }
        self.kept.lock().unwrap().push(token.expose_secret().to_owned());
        Ok(())
    }
}

struct Scene {
    transport: Arc<Scripted>,
    store: Arc<Store>,
    login: RefreshToken,
}

fn scene(steps: impl IntoIterator<Item = Step>) -> Scene {
    let transport = Scripted::new(steps);
    let store = Arc::new(Store::default());
    let app = OAuthApp::new(host(), "app").unwrap().transport(Arc::<Scripted>::clone(&transport));
    let login = RefreshToken::new(app, "first".into(), Arc::<Store>::clone(&store) as _);
    Scene { transport, store, login }
}

impl Scene {
    /// The refresh tokens that were sent.
    fn sent(&self) -> Vec<String> {
        (0..self.transport.count()).map(|index| self.transport.form(index)["refresh_token"].clone()).collect()
    }

    fn kept(&self) -> Vec<String> {
        self.store.kept.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn each_rotated_token_is_stored_and_then_used_once() {
    let scene = scene([Step::Answer(200, SECOND), Step::Answer(200, THIRD)]);

    scene.login.fetch().await.unwrap();
    scene.login.fetch().await.unwrap();
    assert_eq!(scene.sent(), ["first", "second"]);
    assert_eq!(scene.kept(), ["second", "third"]);
}

#[tokio::test]
async fn an_answer_without_a_new_token_keeps_the_old_one() {
    let scene = scene([Step::Answer(200, SAME), Step::Answer(200, SAME)]);

    scene.login.fetch().await.unwrap();
    scene.login.fetch().await.unwrap();
    assert_eq!(scene.sent(), ["first", "first"]);
    assert!(scene.kept().is_empty());
}

#[tokio::test]
async fn a_token_that_cannot_be_stored_is_not_used_and_costs_no_second_login() {
    let scene = scene([Step::Answer(200, SECOND), Step::Answer(200, THIRD)]);
    scene.store.broken.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let error = scene.login.fetch().await.unwrap_err();
        assert_eq!(error.retry(), Retry::Safe);
        assert!(!error.to_string().contains("disk"));
    }
    assert_eq!(scene.sent(), ["first"]);

    scene.store.broken.store(false, Ordering::SeqCst);
    scene.login.fetch().await.unwrap();
    assert_eq!((scene.sent(), scene.kept()), (vec!["first".to_owned()], vec!["second".to_owned()]));
    scene.login.fetch().await.unwrap();
    assert_eq!(scene.sent(), ["first", "second"]);
}

#[tokio::test]
async fn a_token_whose_answer_was_lost_is_not_sent_again() {
    for lost in [Step::Cut(Reached::Maybe), Step::Answer(503, "<html>"), Step::Answer(200, "{")] {
        let scene = scene([lost]);
        for _ in 0..3 {
            assert_eq!(scene.login.fetch().await.unwrap_err().kind(), ErrorKind::Reauthorization);
        }
        assert_eq!(scene.sent(), ["first"]);
    }
}

#[tokio::test]
async fn a_token_that_did_not_leave_or_was_not_acted_on_is_sent_again() {
    let busy = r#"{"error":"temporarily_unavailable"}"#;
    let scene = scene([Step::Cut(Reached::NotSent), Step::Answer(503, busy), Step::Answer(200, SECOND)]);

    assert_eq!(scene.login.fetch().await.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(scene.login.fetch().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(scene.login.fetch().await.is_ok());
}

#[tokio::test]
async fn without_rotation_a_lost_answer_is_only_a_delay() {
    let scene = scene([Step::Cut(Reached::Maybe), Step::Answer(200, SAME)]);
    let login = scene.login.without_rotation();

    assert_eq!(login.fetch().await.unwrap_err().retry(), Retry::Safe);
    assert!(login.fetch().await.is_ok());
}

#[tokio::test]
async fn a_token_that_was_refused_is_told_and_not_sent_again() {
    let scene = scene([Step::Answer(400, REFUSED)]);
    for _ in 0..3 {
        let error = scene.login.fetch().await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Reauthorization, Retry::Never));
    }
    assert_eq!(scene.sent(), ["first"]);
}

#[tokio::test]
async fn a_refresh_that_crosses_another_or_meets_a_limit_is_only_a_delay() {
    for passing in [
        r#"{"error":"invalid_grant","error_description":"token request is already being processed"}"#,
        r#"{"error":"invalid_grant","error_description":"expired authorization code"}"#,
        r#"{"error":"invalid_grant","error_description":"login rate exceeded"}"#,
        r#"{"error":"unknown_error","error_description":"retry your request"}"#,
        r#"{"error":"invalid_grant"}"#,
    ] {
        let scene = scene([Step::Answer(400, passing), Step::Answer(200, SECOND), Step::Answer(200, THIRD)]);
        let error = scene.login.fetch().await.unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Reauthorization, "{passing}");
        assert_eq!(error.retry(), Retry::Safe, "{passing}");
        scene.login.fetch().await.unwrap();
        scene.login.fetch().await.unwrap();
        assert_eq!(scene.sent(), ["first", "first", "second"]);
    }
}

#[tokio::test]
async fn what_an_operator_mends_at_the_app_or_the_user_does_not_end_the_grant() {
    for refusal in [
        r#"{"error":"invalid_grant","error_description":"ip restricted or invalid login hours"}"#,
        r#"{"error":"inactive_user","error_description":"user is inactive"}"#,
        r#"{"error":"invalid_client","error_description":"invalid client credentials"}"#,
        r#"{"error":"OAUTH_APP_BLOCKED","error_description":"this app is blocked by admin"}"#,
    ] {
        let scene = scene([Step::Answer(400, refusal), Step::Answer(200, SECOND)]);
        let error = scene.login.fetch().await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Authentication, Retry::Never), "{refusal}");
        assert!(scene.login.fetch().await.is_ok(), "it is mended: {refusal}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_meets_a_refresh_under_way_waits_for_it_and_gets_through() {
    let busy = r#"{"error":"invalid_grant","error_description":"token request is already being processed"}"#;
    let steps = [Step::Answer(400, busy), Step::Answer(200, SECOND), Step::Answer(201, CREATED)];
    let Scene { transport, login, .. } = scene(steps);
    let client = builder(&transport).login(login).build().unwrap();
    assert!(client.records("Case").create(&serde_json::json!({})).await.is_ok());
    assert_eq!(transport.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_login_waits_its_own_time_on_top_of_what_everybody_is_asked_for() {
    let down = r#"{"error":"temporarily_unavailable"}"#;
    for (asked, seconds) in [("0", 0), ("1", 1)] {
        let waits = [0.0, 1.0].map(|chance| async move {
            let scene = scene([Step::RetryAfter(503, asked, down)]);
            let cache = TokenCache::builder(scene.login).chance(move || chance).build();
            cache.token().await.map(drop).unwrap_err().retry_after().unwrap()
        });
        let [least, most] = waits;
        let (least, most) = (least.await, most.await);
        assert!(Duration::from_secs(seconds) < least && least < most, "{least:?} {most:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_does_not_take_the_next_token_with_it() {
    let scene = scene([Step::Slow(20, 200, SECOND), Step::Answer(200, THIRD)]);

    let gone = tokio::time::timeout(Duration::from_secs(5), scene.login.fetch()).await;
    assert!(gone.is_err());
    scene.login.fetch().await.unwrap();
    assert_eq!((scene.sent(), scene.kept().len()), (vec!["first".to_owned(), "second".to_owned()], 2));
}

#[tokio::test]
async fn a_thousand_callers_at_expiry_send_one_refresh_token() {
    let scene = scene([Step::Answer(200, SECOND)]);
    let cache = TokenCache::new(scene.login);
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.token().await.is_ok() })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.unwrap());
    }
    assert_eq!(scene.transport.count(), 1);
}
