//! What large things cost in memory, measured as the operating system sees it: the client works in a
//! process of its own, the org in this one.

use std::io;
use std::process::Stdio;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::BodySource;
use salesforce_client::{Client, LoginHost, RecordId, SecretString, Soql};
use salesforce_emulator::Org;
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::canary;

const PIECE: u64 = 64 << 10;
static BYTES: [u8; 64 << 10] = [b'x'; 64 << 10];
const GIBIBYTE: u64 = 1 << 30;
const ROWS: usize = 50_000;

/// Tells the child what to do, and with whom.
const WORK: &str = "MEMORY_TEST_WORK";
const ORG: &str = "MEMORY_TEST_ORG";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_is_uploaded_and_downloaded_with_less_than_sixteen_mebibytes_of_memory() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection));
        }
    });
    for work in ["upload", "download"] {
        assert_extra(work, &address, 16 << 10).await;
    }
    server.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_thousand_rows_are_streamed_in_the_memory_of_four_thousand() {
    let org = Org::builder().client("client", canary::CLIENT_SECRET).start().await.unwrap();
    for number in 0..ROWS {
        org.insert("Contact", json!({"LastName": format!("Name {number}"), "Title": "Owner"})).unwrap();
    }
    // The pages of a million rows would not need more either; what grows here is the allocator's.
    assert_extra("rows", org.url(), 4 << 10).await;
}

/// Has the child do this, and sees that its memory grows by less than so many KiB.
async fn assert_extra(work: &str, org: &str, most: u64) {
    if memory().is_none() {
        return; // Only Linux tells.
    }
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::the_client_alone", "--ignored", "--nocapture"])
        .env(WORK, work)
        .env(ORG, org)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = child.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let extra = said.lines().find_map(|line| line.strip_prefix("extra memory in KiB: "));
    let extra: u64 = extra.unwrap_or_else(|| panic!("{work}: the child failed")).parse().unwrap();
    tell(&format!("{work}: {extra} KiB of extra memory"));
    assert!(extra < most, "{work} took {extra} KiB");
}

#[tokio::test]
#[ignore = "the other tests run it, in a process of its own"]
async fn the_client_alone() {
    let (Ok(work), Ok(org)) = (std::env::var(WORK), std::env::var(ORG)) else { return };
    let client = client(&org);
    // Connections, buffers and caches are there before it begins.
    done(&client, &work, false).await;
    let before = memory().unwrap();
    done(&client, &work, true).await;
    tell(&format!("\nextra memory in KiB: {}", memory().unwrap() - before));
}

async fn done(client: &Client, work: &str, whole: bool) {
    match work {
        "upload" => upload(client, if whole { GIBIBYTE } else { PIECE }).await,
        "download" => download(client, if whole { GIBIBYTE } else { PIECE }).await,
        _ => rows(client, if whole { ROWS } else { 4000 }).await,
    }
}

fn client(org: &str) -> Client {
    let host = LoginHost::parse(org).unwrap();
    let builder = Client::builder(host.clone());
    if std::env::var(WORK).is_ok_and(|work| work == "rows") {
        let secret = SecretString::from(canary::CLIENT_SECRET);
        return builder.client_credentials("client", secret).build().unwrap();
    }
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
    builder.token_provider(Arc::new(FixedToken::new(token))).build().unwrap()
}

async fn upload(client: &Client, size: u64) {
    let body = BodySource::new(Some(size), move || {
        stream::iter((0..size / PIECE).map(|_| Ok::<_, io::Error>(Bytes::from_static(&BYTES))))
    });
    client.files().upload("call.wav", body).await.unwrap();
}

async fn download(client: &Client, size: u64) {
    // The server takes the size from the id.
    let version = RecordId::parse(if size == PIECE { "068000000000001" } else { "068000000000002" }).unwrap();
    let mut download = client.files().download(&version).await.unwrap();
    let mut read = 0;
    while let Some(piece) = download.try_next().await.unwrap() {
        read += piece.len() as u64;
    }
    assert_eq!(read, size);
}

/// A row, read in full.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: RecordId,
    last_name: String,
}

async fn rows(client: &Client, count: usize) {
    let soql = Soql::new("SELECT Id, LastName, Title FROM Contact LIMIT :count")
        .bind("count", i64::try_from(count).unwrap());
    let mut rows = client.query::<Row>(soql).stream();
    let mut read = 0;
    while let Some(row) = rows.try_next().await.unwrap() {
        assert!(row.id.key_prefix() == "003" && row.last_name.starts_with("Name"));
        read += 1;
    }
    assert_eq!(read, count);
}

/// Answers requests on one connection: an upload with an id, a download with as many bytes as it names.
async fn serve(mut connection: TcpStream) {
    let mut buffer = vec![0; 256 << 10];
    while let Some((head, mut rest)) = crate::files::head(&mut connection).await {
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: u64 = length.map_or(0, |length| length.parse().unwrap());
        while rest < length {
            rest += connection.read(&mut buffer).await.unwrap() as u64;
        }
        if head.starts_with("POST") {
            let body = r#"{"id":"068000000000001","success":true,"errors":[]}"#;
            let answer = format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            connection.write_all(answer.as_bytes()).await.unwrap();
            continue;
        }
        let size = if head.contains("068000000000002") { GIBIBYTE } else { PIECE };
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n");
        connection.write_all(answer.as_bytes()).await.unwrap();
        for _ in 0..size / PIECE {
            connection.write_all(&BYTES).await.unwrap();
        }
    }
}

/// The most memory that this process has had, in KiB.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[expect(clippy::print_stdout, reason = "the figure is what one wants to see, and how the child answers")]
fn tell(line: &str) {
    println!("{line}");
}
