//! Files as they stand on the wire; what they cost in memory is in `memory.rs`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::BodySource;
use salesforce_client::{Client, ClientBuilder, ErrorKind, LoginHost, RecordId, Retry, SecretString};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::canary;

const CREATED: &str = r#"{"id":"068000000000001","success":true,"errors":[]}"#;

fn version() -> RecordId {
    "068000000000001".parse().unwrap()
}

fn client(address: &str) -> Client {
    builder(address).build().unwrap()
}

fn builder(address: &str) -> ClientBuilder {
    let host = LoginHost::parse(address).unwrap();
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
    Client::builder(host).token_provider(Arc::new(FixedToken::new(token))).chance(|| 0.0)
}

/// Reads the next request up to the end of its headers; gives them and how many bytes came after.
pub(crate) async fn head(stream: &mut TcpStream) -> Option<(String, u64)> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        head.extend_from_slice(&buffer[..count]);
        if let Some(at) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = (head.len() - at - 4) as u64;
            head.truncate(at);
            return Some((String::from_utf8(head).unwrap(), rest));
        }
    }
}

#[tokio::test]
async fn an_upload_is_one_part_of_fields_and_one_of_bytes() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/services/data/v66.0/sobjects/ContentVersion"))
        .respond_with(ResponseTemplate::new(201).set_body_raw(CREATED, "application/json"))
        .expect(1)
        .mount(&server)
        .await;
    let case: RecordId = "500000000000001".parse().unwrap();
    let body = Bytes::from_static(b"\r\n--not the boundary\x00\xff");
    let client = client(&server.uri());
    let upload = client.files().upload("notes.txt", body.clone()).title("Notes").publish_at(&case);
    upload.field("Voice_Key__c", "k").await.unwrap();

    let request = &server.received_requests().await.unwrap()[0];
    let kind = request.headers["content-type"].to_str().unwrap();
    let mark = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let text = String::from_utf8_lossy(&request.body);
    let parts: Vec<&str> = text.split(&format!("--{mark}")).collect();
    assert_eq!((parts.len(), parts[0], parts[3]), (4, "", "--\r\n"));
    let (head, fields) = parts[1].split_once("\r\n\r\n").unwrap();
    assert!(head.contains("name=\"entity_content\"") && head.contains("application/json"));
    let fields: Value = serde_json::from_str(fields.trim_end()).unwrap();
    assert_eq!(fields["PathOnClient"], "notes.txt");
    assert_eq!(fields["FirstPublishLocationId"], case.as_str());
    let head = b"octet-stream\r\n\r\n";
    let start = request.body.windows(head.len()).position(|window| window == head).unwrap() + head.len();
    assert!(request.body[start..].starts_with(&body), "the bytes arrive as they are");
}

#[tokio::test]
async fn an_upload_is_sent_again_only_where_nothing_was_applied() {
    for (status, body, attempts, retry) in [
        (503, "<html>", 1, Retry::IfIdempotent),
        (400, r#"[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"m"}]"#, 6, Retry::Safe),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
            .expect(attempts)
            .mount(&server)
            .await;
        let error = client(&server.uri()).files().upload("a.txt", "x".to_owned()).await.unwrap_err();
        assert_eq!(error.retry(), retry);
    }
}

#[tokio::test]
async fn a_download_that_is_cut_is_an_error_and_not_a_short_file() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
    });

    let download = client(&address).files().download(&version()).await.unwrap();
    let error = download.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
}

#[tokio::test]
async fn a_download_that_stands_still_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
        // The connection stays open until the client hangs up.
        stream.read(&mut [0; 1]).await
    });

    let client = builder(&address).idle_timeout(Duration::from_millis(200)).build().unwrap();
    let download = client.files().download(&version()).await.unwrap();
    let error = download.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("stood still"));
    assert!(server.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_file_larger_than_the_org_takes_is_refused_before_it_is_sent() {
    let body = BodySource::new(Some(2_000_000_001), stream::empty::<io::Result<Bytes>>);
    let error = client("http://127.0.0.1:1").files().upload("a.bin", body).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_missing_file_is_told_like_a_missing_record() {
    let server = MockServer::start().await;
    let body = r#"[{"errorCode":"NOT_FOUND","message":"m"}]"#;
    Mock::given(method("GET"))
        .and(path("/services/data/v66.0/sobjects/ContentVersion/068000000000001AAA/VersionData"))
        .respond_with(ResponseTemplate::new(404).set_body_raw(body, "application/json"))
        .expect(1)
        .mount(&server)
        .await;
    let error = client(&server.uri()).files().download(&version()).await.unwrap_err();
    assert!(error.is_not_found());
}
