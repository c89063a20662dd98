//! What is done with connections: kept, left alone once they broke, and never used for somebody else's answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::{BodyStream, HttpTransport, Reached, Transport};
use salesforce_client::{Client, ErrorKind, LoginHost, Retry, RetryPolicy, SecretString};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::canary;

/// A host that answers as a test says.
struct Host(TcpListener);

impl Host {
    async fn open() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    /// A client that never repeats a request.
    fn client(&self) -> Client {
        let host = LoginHost::parse(&self.url()).unwrap();
        let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
        Client::builder(host)
            .token_provider(Arc::new(FixedToken::new(token)))
            .retry_policy(RetryPolicy { max_attempts: 1, ..RetryPolicy::default() })
            .build()
            .unwrap()
    }

    async fn accept(&self) -> TcpStream {
        let (stream, _) = self.0.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }
}

/// The next request, its body included; `None` when there is no further one.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).await.unwrap_or(0) {
            0 => return None,
            read => seen.extend_from_slice(&buffer[..read]),
        }
    }
}

/// The path of the next request.
async fn asked(stream: &mut TcpStream) -> Option<String> {
    Some(request(stream).await?.split(' ').nth(1).unwrap().to_owned())
}

fn answer(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

const CREATED: &str = r#"{"id":"500000000000001AAA","success":true,"errors":[]}"#;

async fn create(client: &Client) -> Result<salesforce_client::RecordId, salesforce_client::Error> {
    client.records("Case").create(&json!({"Subject": "s"})).await
}

#[tokio::test]
async fn one_connection_carries_request_after_request() {
    let host = Host::open().await;
    let client = host.client();
    let server = tokio::spawn(async move {
        let mut stream = host.accept().await;
        let mut served = 0;
        while asked(&mut stream).await.is_some() {
            stream.write_all(answer(CREATED).as_bytes()).await.unwrap();
            served += 1;
        }
        served
    });

    for _ in 0..50 {
        create(&client).await.unwrap();
    }
    drop(client);
    assert_eq!(server.await.unwrap(), 50);
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_left_and_nothing_is_sent_on_it() {
    let host = Host::open().await;
    let client = host.client();
    let (read, closed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (is_read, is_closed) = (Arc::clone(&read), Arc::clone(&closed));
    let server = tokio::spawn(async move {
        for _ in 0..20 {
            let mut stream = host.accept().await;
            asked(&mut stream).await.unwrap();
            stream.write_all(answer(CREATED).as_bytes()).await.unwrap();
            is_read.notified().await;
            stream.shutdown().await.unwrap();
            is_closed.notify_one();
            // Whatever were sent on it now would be lost.
            assert_eq!(asked(&mut stream).await, None);
        }
    });

    for _ in 0..20 {
        create(&client).await.unwrap();
        read.notify_one();
        closed.notified().await;
        // A task that yields goes on after the runtime has looked at its sockets.
        tokio::task::yield_now().await;
    }
    drop(client);
    server.await.unwrap();
}

#[tokio::test]
async fn a_create_on_a_kept_connection_that_breaks_under_it_is_told_as_open_and_not_sent_again() {
    let host = Host::open().await;
    let client = host.client();
    let server = tokio::spawn(async move {
        let mut stream = host.accept().await;
        asked(&mut stream).await.unwrap();
        stream.write_all(answer(CREATED).as_bytes()).await.unwrap();
        // It arrived whole, and is not answered.
        asked(&mut stream).await.unwrap();
        drop(stream);
        host.accept().await
    });

    create(&client).await.unwrap();
    let error = create(&client).await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Transport, Retry::IfIdempotent));
    assert!(error.may_be_applied());
    assert!(!server.is_finished(), "nobody came again");
    server.abort();
}

#[tokio::test]
async fn wherever_a_kept_connection_is_cut_a_create_on_it_is_told_as_open() {
    let host = Host::open().await;
    let client = host.client();
    let all = answer(CREATED);
    let first = async |host: &Host| {
        let mut stream = host.accept().await;
        asked(&mut stream).await.unwrap();
        stream.write_all(answer(CREATED).as_bytes()).await.unwrap();
        stream
    };
    let server = tokio::spawn(async move {
        let mut stream = first(&host).await;
        let length = request(&mut stream).await.unwrap().len();
        drop(stream);
        for at in 1..length {
            let mut stream = first(&host).await;
            stream.read_exact(&mut vec![0; at]).await.unwrap();
        }
        for at in 0..all.len() {
            let mut stream = first(&host).await;
            asked(&mut stream).await.unwrap();
            stream.write_all(&all.as_bytes()[..at]).await.unwrap();
        }
    });

    let mut cuts = 0;
    while !server.is_finished() {
        create(&client).await.unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Transport, Retry::IfIdempotent), "cut {cuts}");
        cuts += 1;
        tokio::task::yield_now().await;
    }
    server.await.unwrap();
    assert!(cuts > 300, "{cuts} cuts");
}

#[tokio::test]
async fn the_late_answer_to_a_request_that_was_given_up_is_nobodys() {
    let host = Host::open().await;
    let client = host.client();
    let server = tokio::spawn(async move {
        let mut slow = host.accept().await;
        asked(&mut slow).await.unwrap();
        let mut next = host.accept().await;
        asked(&mut next).await.unwrap();
        // Its reader may be gone already.
        let _ = slow.write_all(answer(r#"{"Name":"late"}"#).as_bytes()).await;
        next.write_all(answer(r#"{"Name":"next"}"#).as_bytes()).await.unwrap();
        assert_eq!(asked(&mut slow).await, None, "it was closed");
    });
    let id = "500000000000001".parse().unwrap();
    let cases = client.records("Case");

    let deadline = std::time::Instant::now() + Duration::from_millis(50);
    assert_eq!(cases.get::<Value>(&id).deadline(deadline).await.unwrap_err().kind(), ErrorKind::Deadline);
    assert_eq!(cases.get::<Value>(&id).await.unwrap()["Name"], "next");
    server.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_was_not_read_to_its_end_closes_its_connection() {
    let host = Host::open().await;
    let address = LoginHost::parse(&host.url()).unwrap();
    let transport = HttpTransport::new(&address).unwrap();
    let url = format!("{}/file", host.url());
    let server = tokio::spawn(async move {
        let mut first = host.accept().await;
        asked(&mut first).await.unwrap();
        first.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf").await.unwrap();
        let mut second = host.accept().await;
        asked(&mut second).await.unwrap();
        second.write_all(answer("whole").as_bytes()).await.unwrap();
        asked(&mut first).await
    });
    let get = || http::Request::builder().uri(&url).body(BodyStream::whole(Bytes::new())).unwrap();

    let mut half = transport.attempt_streamed(get()).await.unwrap().into_body();
    assert_eq!(half.length(), Some(1000));
    assert_eq!(half.next().await.unwrap().unwrap(), "half");
    drop(half);
    let mut whole = transport.attempt_streamed(get()).await.unwrap().into_body();
    assert_eq!(whole.next().await.unwrap().unwrap(), "whole");
    assert!(whole.next().await.is_none());
    assert_eq!(server.await.unwrap(), None);
}

#[tokio::test]
async fn an_answer_is_whole_wherever_it_comes_apart_and_however_it_is_framed() {
    let body = r#"{"Name":"Grace"}"#;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let framed = [
        answer(body),
        format!(
            "{head}transfer-encoding: chunked\r\n\r\n5\r\n{}\r\nb\r\n{}\r\n0\r\n\r\n",
            &body[..5],
            &body[5..]
        ),
        format!("{head}\r\n{body}"),
    ];
    for text in framed {
        let until_the_end = !text.contains("content-length") && !text.contains("chunked");
        let host = Host::open().await;
        let client = host.client();
        let parts = text.clone();
        let server = tokio::spawn(async move {
            let mut at = 1;
            while at < parts.len() {
                let mut stream = host.accept().await;
                while at < parts.len() && asked(&mut stream).await.is_some() {
                    stream.write_all(&parts.as_bytes()[..at]).await.unwrap();
                    tokio::task::yield_now().await;
                    stream.write_all(&parts.as_bytes()[at..]).await.unwrap();
                    at += 1;
                    if until_the_end {
                        break;
                    }
                }
            }
        });
        let id = "500000000000001".parse().unwrap();
        for at in 1..text.len() {
            let case = client.records("Case").get::<Value>(&id).await;
            assert_eq!(case.unwrap_or_else(|error| panic!("at {at}: {error}"))["Name"], "Grace");
        }
        server.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_callers_on_many_threads_each_gets_its_own_answer() {
    let host = Host::open().await;
    let client = host.client();
    let server = tokio::spawn(async move {
        loop {
            let mut stream = host.accept().await;
            tokio::spawn(async move {
                while let Some(path) = asked(&mut stream).await {
                    let body = json!({"Path": path}).to_string();
                    stream.write_all(answer(&body).as_bytes()).await.unwrap();
                }
            });
        }
    });

    let callers = (0..40).map(|caller| {
        let client = client.clone();
        tokio::spawn(async move {
            for call in 0..25 {
                let id = format!("5000000000{caller:02}{call:03}").parse().unwrap();
                let case: Value = client.records("Case").get(&id).await.unwrap();
                assert!(case["Path"].as_str().unwrap().contains(&format!("5000000000{caller:02}{call:03}")));
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    server.abort();
}

#[tokio::test]
async fn an_address_without_a_host_is_refused_unsent() {
    let transport = HttpTransport::new(&LoginHost::parse("http://127.0.0.1:1").unwrap()).unwrap();
    let request = http::Request::builder().uri("/services").body(Bytes::new()).unwrap();

    assert_eq!(transport.attempt(request).await.unwrap_err().reached(), Reached::NotSent);
}

#[test]
fn a_connection_of_a_runtime_that_is_gone_or_idle_is_left() {
    let servers = tokio::runtime::Runtime::new().unwrap();
    let host = servers.block_on(Host::open());
    let client = host.client();
    servers.spawn(async move {
        loop {
            let mut stream = host.accept().await;
            tokio::spawn(async move {
                while asked(&mut stream).await.is_some() {
                    stream.write_all(answer(CREATED).as_bytes()).await.unwrap();
                }
            });
        }
    });

    // Those that live on without anybody in them would hear no answer either.
    let mut idle = Vec::new();
    for number in 0..6 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(create(&client)).unwrap();
        idle.extend((number % 2 == 0).then_some(runtime));
    }
}
