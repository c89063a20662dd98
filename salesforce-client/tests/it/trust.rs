//! HTTPS as the system and the environment set it up: whom it trusts, and the proxy that it goes through.
//! Both are read from the environment, so each client runs in a process of its own.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::{Client, LoginHost, Retry, RetryPolicy, SecretString};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::canary;

/// Tells the child whom to ask.
const ORG: &str = "TRUST_TEST_ORG";

/// What the child says of a create at `org`, with these in its environment.
async fn told(org: &str, environment: &[(&str, &str)]) -> String {
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "trust::the_client_alone", "--ignored", "--nocapture"])
        .env(ORG, org)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env_remove("RUST_LOG")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = child.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let told = said.lines().find_map(|line| line.strip_prefix("told: "));
    told.unwrap_or_else(|| panic!("the child failed")).to_owned()
}

#[tokio::test]
#[ignore = "the other tests run it, in a process of its own"]
async fn the_client_alone() {
    let Ok(org) = std::env::var(ORG) else { return };
    let host = LoginHost::parse(&org).unwrap();
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
    let client = Client::builder(host)
        .token_provider(Arc::new(FixedToken::new(token)))
        .retry_policy(RetryPolicy { max_attempts: 1, ..RetryPolicy::default() })
        .build()
        .unwrap();
    let told = match client.records("Case").create(&json!({})).await {
        Ok(id) => id.to_string(),
        Err(error) if error.retry() == Retry::Safe => "not sent".to_owned(),
        Err(_) => "open".to_owned(),
    };
    tell(&format!("told: {told}"));
}

/// A line of the child to its parent.
#[expect(clippy::print_stdout, reason = "it is how the child answers")]
fn tell(line: &str) {
    println!("{line}");
}

/// Reads a head: a request without a body, or what precedes one.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await.unwrap() {
            0 => break,
            read => seen.extend_from_slice(&buffer[..read]),
        }
    }
    String::from_utf8(seen).unwrap()
}

#[tokio::test]
async fn an_org_is_asked_by_tls_if_the_system_trusts_it_and_otherwise_nothing_is_sent() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let roots = tempfile(&cert.pem());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivatePkcs8KeyDer::from(signing_key.serialize_der()).into(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let org = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        let mut asked = Vec::new();
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            asked.push(head(&mut stream).await);
            let body = r#"{"id":"500000000000001AAA","success":true,"errors":[]}"#;
            let answer = format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
        asked
    });

    let trusted = told(&org, &[("SSL_CERT_FILE", roots.to_str().unwrap())]).await;
    assert_eq!(trusted, "500000000000001AAA");
    assert_eq!(told(&org, &[]).await, "not sent");

    let asked = server.await.unwrap();
    assert_eq!(asked.len(), 1, "the stranger got no request");
    assert!(asked[0].starts_with("POST /services/data/v66.0/sobjects/Case HTTP/1.1\r\n"));
    assert!(asked[0].contains("\r\nhost: localhost:"));
    std::fs::remove_file(roots).unwrap();
}

#[tokio::test]
async fn an_org_is_reached_through_the_proxy_of_the_environment_which_sees_its_name_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://user:secret@{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await.unwrap();
        asked
    });

    assert_eq!(told("https://acme.my.salesforce.com", &[("HTTPS_PROXY", &proxy)]).await, "not sent");

    let asked = server.await.unwrap();
    assert!(asked.starts_with("CONNECT acme.my.salesforce.com:443 HTTP/1.1\r\n"));
    assert!(asked.contains("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ="));
    assert!(!asked.contains(canary::TOKEN));
}

#[tokio::test]
async fn this_machine_is_reached_without_a_proxy() {
    let server = wiremock::MockServer::start().await;
    wiremock::Mock::given(wiremock::matchers::method("POST"))
        .respond_with(wiremock::ResponseTemplate::new(201).set_body_json(json!({"id": "500000000000001AAA"})))
        .expect(1)
        .mount(&server)
        .await;
    let nobody = [("HTTP_PROXY", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1")];

    assert_eq!(told(&server.uri(), &nobody).await, "500000000000001AAA");
}

/// A file with this text.
fn tempfile(text: &str) -> std::path::PathBuf {
    let name = format!("salesforce-client-roots-{}.pem", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}
