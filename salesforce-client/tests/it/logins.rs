//! The login flows, exchange by exchange.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use salesforce_client::auth::{
    AuthorizationCode, ClientCredentials, Introspected, OAuthApp, TokenCache, TokenSource, UsernamePassword,
};
use salesforce_client::{ErrorKind, LoginHost, Retry, SecretString};
use secrecy::ExposeSecret;
use url::Url;

use crate::canary;
use crate::scripted::{Scripted, Step, builder, host, token};

const GRANTED: &str = r#"{"access_token":"canary-token-77aa","instance_url":"https://acme.my.salesforce.com",
    "id":"https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA","refresh_token":"next"}"#;

fn app(transport: &Arc<Scripted>) -> OAuthApp {
    let app = OAuthApp::new(host(), "app").unwrap().client_secret(SecretString::from(canary::CLIENT_SECRET));
    app.transport(Arc::<Scripted>::clone(transport))
}

fn pairs(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

fn returned(state: &SecretString, rest: &str) -> Url {
    format!("https://bridge.example/back?state={}{rest}", state.expose_secret()).parse().unwrap()
}

#[tokio::test]
async fn a_consent_is_asked_with_pkce_and_its_code_is_exchanged_with_the_verifier() {
    let transport = Scripted::new([Step::Answer(200, GRANTED)]);
    let back: Url = "https://bridge.example/back".parse().unwrap();
    let way = AuthorizationCode::new(app(&transport), back).begin().unwrap();

    let asked = pairs(&way.url());
    assert_eq!(way.url().path(), "/services/oauth2/authorize");
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["redirect_uri"], "https://bridge.example/back");
    assert!(!way.url().as_str().contains(way.verifier().expose_secret()), "the verifier stays here");
    let url = returned(way.state(), "&code=abc%3D%3D");
    let verifier = way.verifier().clone();
    let authorized = way.finish(&url).await.unwrap();

    let form = transport.form(0);
    assert_eq!((form["grant_type"].as_str(), form["code"].as_str()), ("authorization_code", "abc=="));
    assert!(form["code_verifier"] == verifier.expose_secret());
    assert!(authorized.refresh_token.is_some_and(|token| token.expose_secret() == "next"));
    assert!(authorized.identity_url.unwrap().path().ends_with("005000000000001AAA"));
}

#[tokio::test]
async fn a_strange_state_a_refusal_and_a_missing_code_send_nothing() {
    let transport = Scripted::new([]);
    let flow = AuthorizationCode::new(app(&transport), "https://bridge.example/back".parse().unwrap());
    let stranger: SecretString = "not-the-state".into();

    let way = flow.begin().unwrap();
    let error = way.finish(&returned(&stranger, "&code=abc")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    for (rest, kind) in [("&error=access_denied", ErrorKind::Authentication), ("", ErrorKind::InvalidRequest)]
    {
        let way = flow.begin().unwrap();
        let url = returned(way.state(), rest);
        assert_eq!(way.finish(&url).await.unwrap_err().kind(), kind);
    }
    assert_eq!(transport.count(), 0);
}

#[tokio::test]
async fn a_way_can_be_finished_by_another_process() {
    let transport = Scripted::new([Step::Answer(200, GRANTED)]);
    let flow = AuthorizationCode::new(app(&transport), "https://bridge.example/back".parse().unwrap());
    let begun = flow.begin().unwrap();
    let resumed = flow.resume(begun.state().clone(), begun.verifier().clone());

    assert!(resumed.finish(&returned(begun.state(), "&code=x")).await.is_ok());
}

#[tokio::test]
async fn a_password_login_sends_what_the_flow_asks() {
    let transport = Scripted::new([Step::Answer(200, GRANTED)]);
    let login = UsernamePassword::new(app(&transport), "voice@acme.example", "pass+word".into());

    login.fetch().await.unwrap();
    let form = transport.form(0);
    assert_eq!(form["grant_type"], "password");
    assert_eq!((form["username"].as_str(), form["password"].as_str()), ("voice@acme.example", "pass+word"));
}

#[tokio::test]
async fn a_token_can_be_looked_at_and_ended_and_its_user_named() {
    let transport = Scripted::new([
        Step::Answer(
            200,
            r#"{"active":true,"exp":2000,"iat":1000,"scope":"api","token_type":"access_token"}"#,
        ),
        Step::Answer(200, ""),
        Step::Answer(
            200,
            r#"{"user_id":"005000000000001","organization_id":"00D000000000001","name":"Voice","preferred_username":"v@acme.example"}"#,
        ),
        Step::Answer(400, r#"{"error":"invalid_token"}"#),
    ]);
    let app = app(&transport);

    let told = app.introspect(token().secret()).await.unwrap();
    assert_eq!((told.active, told.expires_at().unwrap().as_second()), (true, 2000));
    app.revoke(token().secret()).await.unwrap();
    let user = app.user_info(&token()).await.unwrap();
    assert_eq!((user.user_id.key_prefix(), user.other["name"].as_str()), ("005", Some("Voice")));
    let error = app.revoke(token().secret()).await.unwrap_err();
    assert_eq!(error.request(), Some("POST oauth2/revoke"));
    let expected = ["oauth2/introspect", "oauth2/revoke", "oauth2/userinfo", "oauth2/revoke"];
    for (seen, path) in transport.seen().iter().zip(expected) {
        assert!(seen.ends_with(path), "no token is in an address");
    }
}

#[tokio::test(start_paused = true)]
async fn an_introspected_login_knows_its_end() {
    let active = r#"{"active":true,"exp":1600,"iat":1000}"#;
    let transport = Scripted::new([
        Step::Answer(200, GRANTED),
        Step::Answer(200, active),
        Step::Answer(200, GRANTED),
        Step::Answer(503, "<html>"),
    ]);
    let login = || UsernamePassword::new(app(&transport), "u", "p".into());
    let cache = TokenCache::new(Introspected::new(login(), app(&transport)));

    let first = cache.token().await.unwrap();
    tokio::time::sleep(Duration::from_secs(440)).await;
    assert!(cache.token().await.unwrap().is_same_login(&first), "ten minutes, less a quarter");
    tokio::time::sleep(Duration::from_secs(161)).await;
    assert!(!cache.token().await.unwrap().is_same_login(&first), "an introspection that fails is no failure");
    assert_eq!(transport.count(), 4);
}

#[tokio::test]
async fn any_flow_can_be_the_login_of_a_client() {
    let transport = Scripted::new([Step::Answer(200, GRANTED)]);
    let client =
        builder(&transport).login(UsernamePassword::new(app(&transport), "u", "p".into())).build().unwrap();

    client.ready().await.unwrap();
    client.ready().await.unwrap();
    assert_eq!(transport.count(), 1);
}

#[test]
fn a_shared_host_takes_no_client_credentials_but_other_flows() {
    let shared = || LoginHost::parse("https://login.salesforce.com").unwrap();
    let error = ClientCredentials::new(shared(), "app", "secret".into()).unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Configuration, Retry::Never));
    assert!(OAuthApp::new(shared(), "app").is_ok());
}
