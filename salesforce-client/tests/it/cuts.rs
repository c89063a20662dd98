//! The connection cut at every byte of a request and of its answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use salesforce_client::auth::{AccessToken, ClientCredentials, FixedToken, TokenSource};
use salesforce_client::transport::HttpTransport;
use salesforce_client::{Client, Composite, LoginHost, RetryPolicy, SecretString};
use salesforce_emulator::{CutProxy, Org};
use serde_json::{Value, json};

use crate::canary;

/// An org behind the proxy, and a client that opens a connection for every attempt.
struct Line {
    org: Org,
    proxy: CutProxy,
    client: Client,
}

impl Line {
    async fn open() -> Self {
        let org = crate::org::org().start().await.unwrap();
        let host = LoginHost::parse(org.url()).unwrap();
        let secret = SecretString::from(canary::CLIENT_SECRET);
        let login = ClientCredentials::new(host.clone(), "client", secret).unwrap();
        let proxy = CutProxy::start(org.address()).await.unwrap();
        let token = login.fetch().await.unwrap();
        let token = AccessToken::new(token.secret().clone(), proxy.url().parse().unwrap()).unwrap();
        let transport = HttpTransport::new(&host).unwrap().keep_alive(Duration::ZERO);
        let client = Client::builder(host)
            .token_provider(Arc::new(FixedToken::new(token)))
            .transport(Arc::new(transport))
            .retry_policy(RetryPolicy { break_after: u32::MAX, ..RetryPolicy::default() })
            .chance(|| 0.0)
            .build()
            .unwrap();
        Self { org, proxy, client }
    }

    /// How many bytes the last connection carried each way.
    fn last_lengths(&self) -> (usize, usize) {
        let seen = self.proxy.bytes_seen();
        let last = seen.last().unwrap();
        (last.request, last.response)
    }

    /// Records per value of `field`.
    fn tally(&self, field: &str) -> BTreeMap<String, usize> {
        let mut tally = BTreeMap::new();
        for record in self.org.records("Case") {
            *tally.entry(record[field].as_str().unwrap().to_owned()).or_default() += 1;
        }
        tally
    }
}

async fn upsert(client: &Client, key: &str) -> bool {
    let fields = json!({"Subject": key, "Origin": "Phone"});
    client.records("Case").upsert("Voice_Key__c", key, &fields).await.is_ok()
}

#[tokio::test]
async fn an_upsert_cut_at_every_byte_arrives_and_leaves_one_record() {
    let line = Line::open().await;
    assert!(upsert(&line.client, "k-whole-0000").await);
    let (request, response) = line.last_lengths();
    assert!(request > 200 && response > 100);

    for at in 0..=request {
        line.proxy.cut_request_at(at);
        assert!(upsert(&line.client, &format!("k-asked-{at:04}")).await, "request cut at {at}");
    }
    // A cut at the very end of the answer is none.
    for at in 0..=response {
        line.proxy.cut_response_at(at);
        assert!(upsert(&line.client, &format!("k-heard-{at:04}")).await, "answer cut at {at}");
    }

    let tally = line.tally("Voice_Key__c");
    assert_eq!(tally.len(), 1 + request + 1 + response + 1);
    assert!(tally.values().all(|count| *count == 1));
}

#[tokio::test]
async fn a_create_cut_at_every_byte_never_leaves_two_records() {
    let line = Line::open().await;
    let create = async |subject: &str| {
        line.client.records("Case").create(&json!({"Subject": subject, "Origin": "Phone"})).await.is_ok()
    };
    assert!(create("k-whole-0000").await);
    let (request, response) = line.last_lengths();
    let mut told = vec!["k-whole-0000".to_owned()];

    for (cut, length) in [("asked", request), ("heard", response)] {
        for at in 0..=length {
            match cut {
                "asked" => line.proxy.cut_request_at(at),
                _ => line.proxy.cut_response_at(at),
            }
            let subject = format!("k-{cut}-{at:04}");
            if create(&subject).await {
                told.push(subject);
            }
        }
    }

    let tally = line.tally("Subject");
    assert!(tally.values().all(|count| *count == 1));
    assert!(told.len() < request + response, "most of the cuts were felt");
    assert!(told.iter().all(|subject| tally.contains_key(subject)), "what was told as created is there");
    assert!(!line.proxy.is_armed());
}

#[tokio::test]
async fn a_composite_upsert_cut_anywhere_arrives_and_tells_its_number() {
    let line = Line::open().await;
    let send = async |key: &str| {
        let mut composite = Composite::new().all_or_none(true);
        let fields = json!({"Subject": key, "Origin": "Phone"});
        let case = composite.upsert("case", "Case", "Voice_Key__c", key, &fields).unwrap();
        let number = composite.get::<Value>("number", "Case", case.id(), ["CaseNumber"]).unwrap();
        let answers = line.client.composite(composite).await.unwrap();
        assert!(answers.get(&number).unwrap()["CaseNumber"].is_string());
    };
    send("k-whole-0000").await;
    let (request, response) = line.last_lengths();

    let mut expected = 1;
    for at in (0..=request).step_by(5) {
        line.proxy.cut_request_at(at);
        send(&format!("k-asked-{at:04}")).await;
        expected += 1;
    }
    for at in (0..=response).step_by(5) {
        line.proxy.cut_response_at(at);
        send(&format!("k-heard-{at:04}")).await;
        expected += 1;
    }
    let tally = line.tally("Voice_Key__c");
    assert_eq!(tally.len(), expected);
    assert!(tally.values().all(|count| *count == 1));
}
