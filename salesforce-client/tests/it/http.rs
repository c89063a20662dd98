//! The real HTTP transport against a server on loopback.

use std::sync::Arc;
use std::time::Duration;

use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::ReqwestTransport;
use salesforce_client::{Client, ClientBuilder, ErrorKind, LoginHost, Retry, SecretString};
use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::canary;

pub(crate) fn builder(server: &MockServer) -> ClientBuilder {
    let host = LoginHost::parse(&server.uri()).unwrap();
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
    Client::builder(host).token_provider(Arc::new(FixedToken::new(token))).chance(|| 0.0)
}

#[tokio::test]
async fn login_and_call_go_out_as_documented() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/services/oauth2/token"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string_contains("grant_type=client_credentials&client_id=id&client_secret=a%26b"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "access_token": canary::TOKEN, "instance_url": server.uri(), "token_type": "Bearer",
            "issued_at": "1763650000000", "signature": "s", "scope": "api",
        })))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/services/data/v66.0/sobjects/Case/500000000000001AAA"))
        .and(query_param("fields", "CaseNumber,Account.Name"))
        .and(header("authorization", format!("Bearer {}", canary::TOKEN).as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"CaseNumber": "00001002"})))
        .expect(2)
        .mount(&server)
        .await;
    let client = Client::builder(LoginHost::parse(&server.uri()).unwrap())
        .client_credentials("id", SecretString::from("a&b"))
        .build()
        .unwrap();

    for _ in 0..2 {
        let id = "500000000000001".parse().unwrap();
        let case: Value =
            client.records("Case").get(&id).fields(["CaseNumber", "Account.Name"]).await.unwrap();
        assert_eq!(case["CaseNumber"], "00001002");
    }
}

#[tokio::test]
async fn a_proxys_html_page_is_an_unavailable_org() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(502).set_body_raw("<html><h1>Bad Gateway</h1></html>", "text/html"),
        )
        .expect(1)
        .mount(&server)
        .await;

    let error = builder(&server).build().unwrap().records("Case").create(&json!({})).await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, Retry::IfIdempotent));
    assert!(error.body_excerpt().unwrap().starts_with(b"<html>"));
    assert!(!error.to_string().contains("html"));
}

#[tokio::test]
async fn an_html_page_with_a_good_status_is_a_decode_error() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw("<html>maintenance</html>", "text/html"))
        .expect(1)
        .mount(&server)
        .await;

    let error = builder(&server).build().unwrap().records("Case").create(&json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_huge_answer_is_refused_and_not_asked_for_again() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b' '; 200_000]))
        .expect(1)
        .mount(&server)
        .await;
    let client = builder(&server).max_response_bytes(100_000).build().unwrap();

    let id = "500000000000001".parse().unwrap();
    let error = client.records("Case").get::<Value>(&id).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Transport, Retry::Never));
    assert!(error.to_string().contains("fewer fields"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = MockServer::start().await;
    Mock::given(method("PATCH"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/elsewhere"))
        .expect(1)
        .mount(&server)
        .await;

    let client = builder(&server).build().unwrap();
    let error = client.records("Case").upsert("K__c", "k", &json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.request(), Some("PATCH sobjects/Case/K__c/{key}"));
}

#[tokio::test]
async fn a_client_of_the_users_own_that_follows_redirects_is_found_out() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/elsewhere"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/elsewhere"))
        .with_priority(9)
        .mount(&server)
        .await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = builder(&server).transport(Arc::new(ReqwestTransport::new(http))).build().unwrap();

    let id = "500000000000001".parse().unwrap();
    let error = client.records("Case").get::<Value>(&id).await.unwrap_err();
    assert!(error.to_string().contains("redirect"));
}

#[tokio::test]
async fn a_host_that_does_not_listen_is_told_as_not_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let host = LoginHost::parse(&format!("http://{address}")).unwrap();
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
    let client = Client::builder(host)
        .token_provider(Arc::new(FixedToken::new(token)))
        .timeout(Duration::from_secs(5))
        .chance(|| 0.0)
        .build()
        .unwrap();

    let error = client.records("Case").create(&json!({})).await.unwrap_err();
    assert_eq!((error.kind(), error.retry(), error.attempts()), (ErrorKind::Transport, Retry::Safe, 6));
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_login_answer_that_moves_to_a_strange_host_is_refused() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(
                json!({"access_token": canary::TOKEN, "instance_url": "https://evil.example"}),
            ),
        )
        .expect(1)
        .mount(&server)
        .await;
    let client = Client::builder(LoginHost::parse(&server.uri()).unwrap())
        .client_credentials("id", SecretString::from(canary::CLIENT_SECRET))
        .build()
        .unwrap();

    let error = client.ready().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.to_string().contains("allow_instance_host"));
}
