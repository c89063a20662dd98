//! Over real HTTP, on the loopback.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use voice_crm_rest::{Client, ClientBuilder, ErrorKind, Request, Retry, RetryPolicy};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_json, header, method, path, query_param},
};

use crate::rota::{Rota, TOKEN};

fn builder(base: &str) -> ClientBuilder<Rota> {
    let policy = RetryPolicy { attempts: 2, base: Duration::ZERO, cap: Duration::ZERO };
    Client::builder(base).bearer(TOKEN).retry_policy(policy)
}

#[tokio::test]
async fn a_request_arrives_as_it_was_put_together() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/people/a%2Fb/pages"))
        .and(query_param("urgent", "yes"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .and(header("user-agent", "rota/1"))
        .and(header("content-type", "application/json"))
        .and(header("if-match", "\"7\""))
        .and(body_json(json!({"text": "wake up"})))
        .respond_with(
            ResponseTemplate::new(201).set_body_json(json!({"id": 1})).insert_header("etag", "\"8\""),
        )
        .expect(1)
        .mount(&server)
        .await;
    let request = Request::post("/people/{id}/pages").fill("id", "a/b").query("urgent", "yes");
    let request = request.header(http::header::IF_MATCH, "\"7\"").json(&json!({"text": "wake up"}));

    let client = builder(&format!("{}/v1/", server.uri())).build().unwrap();
    let answer = client.execute(request).await.unwrap();

    assert_eq!((answer.status().as_u16(), answer.attempts(), answer.etag()), (201, 1, Some("\"8\"")));
    assert_eq!(answer.json::<Value>().unwrap()["id"], 1);
}

#[tokio::test]
async fn connections_are_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    // One connection, and no other is ever accepted.
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                assert_ne!(socket.read_buf(&mut request).await.unwrap(), 0);
            }
            socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        }
    });
    let client = builder(&base).build().unwrap();

    for _ in 0..3 {
        client.execute(Request::get("/a")).await.unwrap();
    }
    server.await.unwrap();
}

#[tokio::test]
async fn an_answer_over_the_cap_is_cut_off_and_an_explanation_is_no_longer_than_its_own() {
    let server = MockServer::start().await;
    let long = ResponseTemplate::new(201).set_body_string("x".repeat(2000));
    Mock::given(method("POST")).respond_with(long).expect(1).mount(&server).await;
    let page = ResponseTemplate::new(404).set_body_string("x".repeat(200_000));
    Mock::given(method("GET")).respond_with(page).expect(1).mount(&server).await;
    let client = builder(&server.uri()).answer_cap(1000).build().unwrap();

    let made = client.execute(Request::post("/a")).await.unwrap_err();
    let read = client.execute(Request::get("/a")).await.unwrap_err();

    assert_eq!(made.kind(), ErrorKind::Ambiguous);
    assert_eq!((read.kind(), read.body().len()), (ErrorKind::NotFound, 512));
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_credentials() {
    let (server, elsewhere) = (MockServer::start().await, MockServer::start().await);
    let redirect = ResponseTemplate::new(307).insert_header("Location", elsewhere.uri());
    Mock::given(any()).respond_with(redirect).expect(1).mount(&server).await;

    let error = builder(&server.uri()).build().unwrap().execute(Request::post("/a")).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_host_that_is_not_there_was_sent_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);

    let error = builder(&base).build().unwrap().execute(Request::post("/a")).await.unwrap_err();

    assert_eq!((error.kind(), error.retry(), error.attempts()), (ErrorKind::Network, Retry::Safe, 2));
    assert!(!error.may_be_done());
}
