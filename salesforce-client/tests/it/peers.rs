//! Events from other projects' Bayeux servers, which `conformance/run` starts one after the other.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use salesforce_client::auth::{AccessToken, TokenSource};
use salesforce_client::streaming::{Channel, Event, EventKind, EventStream};
use salesforce_client::{Client, LoginHost, Result, RetryPolicy, SecretString};
use serde_json::{Value, json};

/// The server, and what interferes with it.
struct Peer {
    url: String,
    http: reqwest::Client,
    channel: Channel,
}

/// Gives a token of another name at each login.
struct Logins {
    host: LoginHost,
    made: AtomicU32,
    prefix: String,
}

#[async_trait]
impl TokenSource for Logins {
    async fn fetch(&self) -> Result<AccessToken> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        AccessToken::new(SecretString::from(format!("{}-{number}", self.prefix)), self.host.as_url().clone())
    }
}

impl Peer {
    fn new(name: &str) -> Self {
        let url = std::env::var("BAYEUX_PEER").expect("conformance/run says where the server listens");
        // A connection for each request: those at hand are cut with the others.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let channel = Channel::push_topic(name).unwrap();
        Self { url, http, channel }
    }

    fn client(&self) -> Client {
        let host = LoginHost::parse(&self.url).unwrap();
        let prefix = self.channel.as_str().replace('/', "-");
        let login = Logins { host: host.clone(), made: AtomicU32::new(0), prefix };
        Client::builder(host).login(login).build().unwrap()
    }

    async fn listen(&self) -> EventStream {
        let policy = RetryPolicy {
            max_attempts: 50,
            base_delay: Duration::from_millis(5),
            max_delay: Duration::from_millis(50),
            ..RetryPolicy::default()
        };
        self.client().subscribe(self.channel.clone()).retry_policy(policy).await.unwrap()
    }

    async fn ask(&self, path: &str, body: Value) -> String {
        let request = self.http.post(format!("{}{path}", self.url)).body(body.to_string());
        request.send().await.unwrap().text().await.unwrap()
    }

    async fn publish(&self, number: u32) {
        let data =
            json!({"event": {"type": "created", "replayId": number}, "sobject": {"Number__c": number}});
        self.ask("/publish", json!({"channel": self.channel.as_str(), "data": data})).await;
    }

    async fn sessions(&self) -> u32 {
        self.ask("/sessions", Value::Null).await.parse().unwrap()
    }

    /// Waits for so many sessions, for a bounded time.
    async fn until_sessions(&self, wanted: u32) {
        let end = Instant::now() + Duration::from_secs(20);
        while self.sessions().await != wanted {
            assert!(Instant::now() < end, "there are not {wanted} sessions");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The next event that carries a number.
async fn number(events: &mut EventStream) -> u64 {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
        let event: Event = next.expect("an event comes").unwrap().expect("the stream goes on");
        if event.kind != EventKind::Missed {
            return event.payload["Number__c"].as_u64().unwrap();
        }
    }
}

/// Publishes numbers from `first` on until one of them is heard: these servers keep nothing for a client
/// that is away.
async fn heard_again(peer: &Peer, events: &mut EventStream, first: u32) -> u64 {
    for sent in first..first + 100 {
        peer.publish(sent).await;
        if let Ok(number) = tokio::time::timeout(Duration::from_millis(200), number(events)).await {
            return number;
        }
    }
    panic!("nothing is heard any more");
}

#[tokio::test]
#[ignore = "conformance/run starts the server it needs"]
async fn events_come_once_and_in_order() {
    let peer = Peer::new("Order");
    let mut events = peer.listen().await;
    for sent in 1..=50 {
        peer.publish(sent).await;
    }
    for expected in 1..=50 {
        assert_eq!(number(&mut events).await, expected);
    }
    events.close().await.unwrap();
    peer.until_sessions(0).await;
}

#[tokio::test]
#[ignore = "conformance/run starts the server it needs"]
async fn polls_without_an_event_are_followed_by_others() {
    let peer = Peer::new("Quiet");
    let mut events = peer.listen().await;
    // The server holds a poll for a second.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    peer.publish(1).await;
    assert_eq!((number(&mut events).await, peer.sessions().await), (1, 1));
    events.close().await.unwrap();
    peer.until_sessions(0).await;
}

#[tokio::test]
#[ignore = "conformance/run starts the server it needs"]
async fn a_session_that_the_server_ended_is_begun_anew() {
    let peer = Peer::new("Ended");
    let mut events = peer.listen().await;
    peer.publish(1).await;
    assert_eq!(number(&mut events).await, 1);
    peer.ask("/end", Value::Null).await;
    assert!(heard_again(&peer, &mut events, 2).await >= 2);
    assert_eq!(peer.sessions().await, 1);
    events.close().await.unwrap();
    peer.until_sessions(0).await;
}

#[tokio::test]
#[ignore = "conformance/run starts the server it needs"]
async fn a_cut_poll_leads_to_a_new_session() {
    let peer = Peer::new("Cut");
    let mut events = peer.listen().await;
    peer.publish(1).await;
    assert_eq!(number(&mut events).await, 1);
    peer.ask("/cut", Value::Null).await;
    assert!(heard_again(&peer, &mut events, 2).await >= 2);
    events.close().await.unwrap();
    // The one that was cut has nobody to take leave of it.
    peer.ask("/end", Value::Null).await;
    peer.until_sessions(0).await;
}

#[tokio::test]
#[ignore = "conformance/run starts the server it needs"]
async fn a_refused_token_is_replaced() {
    let peer = Peer::new("Token");
    let mut events = peer.listen().await;
    peer.publish(1).await;
    assert_eq!(number(&mut events).await, 1);
    peer.ask("/refuse", json!({"token": "-topic-Token-0"})).await;
    assert!(heard_again(&peer, &mut events, 2).await >= 2);
    events.close().await.unwrap();
    peer.ask("/end", Value::Null).await;
    peer.until_sessions(0).await;
}
