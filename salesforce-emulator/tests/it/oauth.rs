//! Tokens: how they are got, how long they are good, and how they end.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::caller::{Caller, SECRET, code, org, read, token_request};

async fn form(url: String, fields: &[(&str, &str)]) -> (u16, Value) {
    let http = Client::builder().no_proxy().build().unwrap();
    read(http.post(url).form(fields).send().await.unwrap()).await
}

#[tokio::test]
async fn a_token_comes_without_an_expiry() {
    let org = org().start().await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let (status, body) = read(token_request(&http, org.url()).send().await.unwrap()).await;
    assert_eq!((status, &body["token_type"], &body["scope"]), (200, &json!("Bearer"), &json!("api")));
    assert_eq!(body["instance_url"], org.url());
    assert!(body.get("expires_in").is_none());
    assert!(body["issued_at"].as_str().unwrap().parse::<u64>().unwrap() > 1_700_000_000_000);
    assert!(body["id"].as_str().unwrap().contains("/id/00D"));
    assert_eq!((org.stats().token_requests, org.stats().tokens_issued), (1, 1));
}

#[tokio::test]
async fn credentials_may_come_in_a_basic_header_and_a_chunked_body() {
    let org = org().start().await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let chunks = ["grant_type=client_", "credentials"].map(Ok::<_, std::io::Error>);
    let request = http
        .post(format!("{}/services/oauth2/token", org.url()))
        .basic_auth("client", Some(SECRET))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(reqwest::Body::wrap_stream(Chunks(chunks.into_iter())));
    assert_eq!(read(request.send().await.unwrap()).await.0, 200);
}

struct Chunks<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Chunks<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_login_is_said() {
    let org = org().start().await.unwrap();
    let url = format!("{}/services/oauth2/token", org.url());
    let good = [("grant_type", "client_credentials"), ("client_id", "client"), ("client_secret", SECRET)];
    for (place, value, expected) in [
        (0, "device", "unsupported_grant_type"),
        (1, "other", "invalid_client_id"),
        (2, "wrong", "invalid_client"),
    ] {
        let mut fields = good;
        fields[place].1 = value;
        let (status, body) = form(url.clone(), &fields).await;
        assert_eq!((status, &body["error"]), (400, &json!(expected)));
        assert!(body["error_description"].is_string());
    }
    assert_eq!(org.stats().tokens_issued, 0);
}

#[tokio::test]
async fn a_login_host_does_not_know_client_credentials() {
    let org = org().act_as_login_host(true).start().await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let (status, body) = read(token_request(&http, org.url()).send().await.unwrap()).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(body["error_description"], "request not supported on this domain");
}

#[tokio::test]
async fn a_call_without_a_good_token_is_refused_and_not_counted() {
    let org = org().start().await.unwrap();
    let mut caller = Caller::new(&org).await;
    assert_eq!(caller.get("/limits").await.0, 200);
    org.revoke_tokens();
    let answer = caller.get("/limits").await;
    assert_eq!(
        answer,
        (401, json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }]))
    );
    caller.token = Caller::new(&org).await.token;
    assert_eq!(caller.get("/limits").await.0, 200);
    org.expire_tokens();
    assert_eq!(code(&caller.get("/limits").await), (401, "INVALID_SESSION_ID"));
    assert_eq!((org.stats().api_calls, org.stats().rejected_tokens), (2, 2));
}

#[tokio::test]
async fn the_oauth_scheme_is_as_good_as_bearer() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let url = format!("{}/services/data/v66.0/limits", org.url());
    for (scheme, status) in [("OAuth", 200), ("bearer", 200), ("Basic", 401)] {
        let request = caller.http.get(&url).header("authorization", format!("{scheme} {}", caller.token));
        assert_eq!(request.send().await.unwrap().status().as_u16(), status);
    }
}

#[tokio::test]
async fn a_lifetime_shows_in_introspection_and_in_the_token_itself() {
    let org = org().jwt_tokens(true).start().await.unwrap();
    org.set_token_lifetime(Some(Duration::from_secs(90)));
    let caller = Caller::new(&org).await;
    assert_eq!(caller.token.split('.').count(), 3);
    let fields = [("token", caller.token.as_str()), ("client_id", "client"), ("client_secret", SECRET)];
    let (_, known) = form(format!("{}/services/oauth2/introspect", org.url()), &fields).await;
    assert_eq!(known["active"], true);
    assert_eq!(known["exp"].as_i64().unwrap() - known["iat"].as_i64().unwrap(), 90);
    let (status, _) = form(format!("{}/services/oauth2/revoke", org.url()), &fields[..1]).await;
    assert_eq!(status, 200);
    let (_, known) = form(format!("{}/services/oauth2/introspect", org.url()), &fields).await;
    assert_eq!(known, json!({ "active": false }));
    assert_eq!(org.stats().introspections, 2);
}

#[tokio::test]
async fn too_many_logins_are_refused_for_the_window() {
    let org = org().start().await.unwrap();
    org.set_login_limit(Some((1, Duration::from_secs(3_600))));
    let caller = Caller::new(&org).await;
    let (status, body) = read(token_request(&caller.http, org.url()).send().await.unwrap()).await;
    assert_eq!((status, &body["error"]), (400, &json!("rate_limit_exceeded")));
    org.set_login_limit(None);
    assert_eq!(token_request(&caller.http, org.url()).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn userinfo_tells_whose_token_it_is() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let (status, user) = caller.get("/services/oauth2/userinfo").await;
    assert_eq!((status, user["user_id"].as_str().unwrap().len()), (200, 18));
    org.revoke_tokens();
    let refused = caller.request(reqwest::Method::GET, "/services/oauth2/userinfo").send().await.unwrap();
    assert_eq!(refused.status(), 403);
}
