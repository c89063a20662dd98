//! Files pass through in constant memory, whatever their size.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::BodySource;
use salesforce_client::{Client, ErrorKind, LoginHost, RecordId, Retry, SecretString};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::canary;

static BYTES: [u8; 64 << 10] = [b'x'; 64 << 10];
const PIECE: u64 = 64 << 10;
const PIECES: u64 = 16 << 10;
/// 1 GiB.
const SIZE: u64 = PIECE * PIECES;
const ALLOWED: u64 = 16 << 20;

const CREATED: &str = r#"{"id":"068000000000001","success":true,"errors":[]}"#;

fn version() -> RecordId {
    "068000000000001".parse().unwrap()
}

/// How far one side is ahead of the other, at most.
#[derive(Default)]
struct Ahead {
    given: AtomicU64,
    taken: AtomicU64,
    most: AtomicU64,
}

impl Ahead {
    fn give(&self, bytes: u64) {
        let given = self.given.fetch_add(bytes, Ordering::SeqCst) + bytes;
        let ahead = given.saturating_sub(self.taken.load(Ordering::SeqCst));
        self.most.fetch_max(ahead, Ordering::SeqCst);
    }

    fn take(&self, bytes: u64) {
        self.taken.fetch_add(bytes, Ordering::SeqCst);
    }
}

fn client(address: &str) -> Client {
    let host = LoginHost::parse(address).unwrap();
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
    Client::builder(host).token_provider(Arc::new(FixedToken::new(token))).chance(|| 0.0).build().unwrap()
}

/// Reads up to the end of the headers; gives them and what came after.
async fn headers(stream: &mut TcpStream) -> (String, u64) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the headers come whole");
        head.extend_from_slice(&buffer[..count]);
        if let Some(at) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = (head.len() - at - 4) as u64;
            head.truncate(at);
            return (String::from_utf8(head).unwrap(), rest);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_is_uploaded_with_less_than_sixteen_mebibytes_on_its_way() {
    // A receive buffer that does not grow, so that what is on its way is what the client gave.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(256 << 10).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let ahead = Arc::new(Ahead::default());
    let taken = Arc::clone(&ahead);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (head, mut seen) = headers(&mut stream).await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let length: u64 = length.parse().unwrap();
        taken.take(seen);
        let mut buffer = vec![0; 256 << 10];
        while seen < length {
            let count = stream.read(&mut buffer).await.unwrap() as u64;
            assert!(count > 0, "the body comes whole");
            seen += count;
            taken.take(count);
        }
        let answer = format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{CREATED}", CREATED.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        seen
    });
    let given = Arc::clone(&ahead);
    let body = BodySource::new(Some(SIZE), move || {
        let given = Arc::clone(&given);
        stream::iter(0..PIECES).map(move |_| {
            given.give(PIECE);
            Ok::<_, io::Error>(Bytes::from_static(&BYTES))
        })
    });

    assert_eq!(client(&address).files().upload("call.wav", body).await.unwrap(), version());
    let seen = server.await.unwrap();
    assert!(seen > SIZE && seen < SIZE + 1024, "the file and its frame");
    assert!(ahead.most.load(Ordering::SeqCst) < ALLOWED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_is_downloaded_as_it_is_read_and_not_held() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let ahead = Arc::new(Ahead::default());
    let given = Arc::clone(&ahead);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        headers(&mut stream).await;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..PIECES {
            // Counted before it leaves: the reader may have it before the writer goes on.
            given.give(PIECE);
            stream.write_all(&BYTES).await.unwrap();
        }
    });

    let mut download = client(&address).files().download(&version()).await.unwrap();
    assert_eq!(download.length(), Some(SIZE));
    let mut read = 0;
    while let Some(piece) = download.try_next().await.unwrap() {
        read += piece.len() as u64;
        ahead.take(piece.len() as u64);
    }
    assert_eq!(read, SIZE);
    // The kernel's receive buffer counts here, and grows to tens of mebibytes where the machine lets it.
    assert!(ahead.most.load(Ordering::SeqCst) < 4 * ALLOWED);
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
        headers(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
    });

    let download = client(&address).files().download(&version()).await.unwrap();
    let error = download.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
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
