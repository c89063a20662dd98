//! What the client itself adds to a request: everything but the network.
//!
//! Claim: at most 20 µs for a create, an upsert, a read, and a composite request of three parts. The
//! transport answers at once with a ready-made answer; token, request, span, verdict and decoding are
//! all there. A regression here is work that came into every call.
//!
//! `cargo bench -p benches --bench salesforce_overhead`

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use criterion::Criterion;
use salesforce_client::auth::{AccessToken, TokenCache, TokenSource};
use salesforce_client::sobject::{Case, CaseFields};
use salesforce_client::transport::{Transport, TransportError};
use salesforce_client::{Client, Composite, LoginHost, RecordId, Result, SecretString};
use serde_json::Value;
use tokio::runtime::Runtime;

/// Answers every request at once, with what its method and path ask for.
#[derive(Debug)]
struct AtOnce;

const CREATED: &str = r#"{"id":"500000000000001AAA","success":true,"errors":[],"created":true}"#;
const CASE: &str = r#"{"attributes":{"type":"Case","url":"/services/data/v66.0/sobjects/Case/500000000000001AAA"},"Id":"500000000000001AAA","CaseNumber":"00001002","Subject":"No dial tone","Status":"New"}"#;
const COMPOSITE: &str = r#"{"compositeResponse":[
    {"body":{"totalSize":1,"done":true,"records":[{"Id":"001000000000001AAA"}]},"httpHeaders":{},"httpStatusCode":200,"referenceId":"account"},
    {"body":{"id":"500000000000001AAA","success":true,"errors":[],"created":true},"httpHeaders":{},"httpStatusCode":201,"referenceId":"case"},
    {"body":{"CaseNumber":"00001002"},"httpHeaders":{},"httpStatusCode":200,"referenceId":"number"}]}"#;

#[async_trait]
impl Transport for AtOnce {
    async fn attempt(
        &self,
        request: http::Request<Bytes>,
    ) -> std::result::Result<http::Response<Bytes>, TransportError> {
        let body = match request.method().as_str() {
            "GET" => CASE,
            "POST" if request.uri().path().ends_with("/composite") => COMPOSITE,
            _ => CREATED,
        };
        let mut answer = http::Response::new(Bytes::from_static(body.as_bytes()));
        let usage = http::HeaderValue::from_static("api-usage=18/15000");
        answer.headers_mut().insert("sforce-limit-info", usage);
        Ok(answer)
    }
}

struct Login;

#[async_trait]
impl TokenSource for Login {
    #[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
    async fn fetch(&self) -> Result<AccessToken> {
        let secret = SecretString::from("a token of the usual length, which is about a hundred characters");
        Ok(AccessToken::new(secret, host().as_url().clone())
            .expect("a token")
            .valid_for(Duration::from_hours(1)))
    }
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn host() -> LoginHost {
    LoginHost::parse("https://example.my.salesforce.com").expect("a host")
}

/// What a live action of a voice agent sends: find the account, save the case, read its number.
#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
async fn composite(client: &Client, fields: &CaseFields) -> Result<Value> {
    let mut composite = Composite::new().all_or_none(true);
    let soql = salesforce_client::Soql::new("SELECT Id FROM Account WHERE AccountNumber = :n LIMIT 2");
    composite.query::<Value>("account", soql.bind("n", "ACC-1")).expect("a part");
    let case = composite.upsert("case", "Case", "Voice_Key__c", "call-1", fields).expect("a part");
    let number = composite.get::<Value>("number", "Case", case.id(), ["CaseNumber"]).expect("a part");
    client.composite(composite).await?.get(&number)
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn main() {
    let runtime = Runtime::new().expect("a runtime");
    let client = Client::builder(host())
        .token_provider(Arc::new(TokenCache::new(Login)))
        .transport(Arc::new(AtOnce))
        .build()
        .expect("a client");
    runtime.block_on(client.ready()).expect("a login");
    let fields = CaseFields {
        subject: "No dial tone".into(),
        description: "The line has been dead since this morning, and the router was restarted twice.".into(),
        origin: "Phone".into(),
        ..CaseFields::default()
    };
    let id: RecordId = "500000000000001AAA".parse().expect("an id");
    let cases = client.records("Case");

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("the client's own work");
    group.bench_function("create", |bencher| {
        bencher.to_async(&runtime).iter(|| async { black_box(cases.create(&fields).await.is_ok()) });
    });
    group.bench_function("upsert", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| async { black_box(cases.upsert("Voice_Key__c", "call-1", &fields).await.is_ok()) });
    });
    group.bench_function("read", |bencher| {
        bencher.to_async(&runtime).iter(|| async { black_box(cases.get::<Case>(&id).await.is_ok()) });
    });
    group.bench_function("composite of three parts", |bencher| {
        bencher.to_async(&runtime).iter(|| async { black_box(composite(&client, &fields).await.is_ok()) });
    });
    group.finish();
    criterion.final_summary();
}
