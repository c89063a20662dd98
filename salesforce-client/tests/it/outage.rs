//! An org that is down: hardly more requests than calls, every failure typed, and back at once when it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::{HttpTransport, Reached, Transport, TransportError};
use salesforce_client::{
    Client, ClientBuilder, Error, ErrorKind, LoginHost, Retry, RetryPolicy, SecretString,
};
use salesforce_emulator::FaultPlan;
use serde_json::json;
use tokio::time::Instant;

use crate::canary;
use crate::scripted::{CREATED, host, token};

const OPERATIONS: usize = 1000;

/// What is sent for 1,000 operations at most: 1.1 requests each.
const MOST_REQUESTS: usize = 1100;

/// How an org is down.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Down {
    Refused,
    Cut,
    Unavailable,
    BlackHole,
    Not,
}

/// An org that is down in some way, and counts what it is sent.
#[derive(Debug)]
struct Dead {
    down: std::sync::Mutex<Down>,
    requests: AtomicUsize,
}

impl Dead {
    fn new(down: Down) -> Arc<Self> {
        Arc::new(Self { down: std::sync::Mutex::new(down), requests: AtomicUsize::new(0) })
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    fn builder(self: &Arc<Self>) -> ClientBuilder {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        Client::builder(host()).token_provider(Arc::new(FixedToken::new(token()))).transport(transport)
    }
}

#[async_trait]
impl Transport for Dead {
    async fn attempt(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let down = *self.down.lock().unwrap();
        match down {
            Down::Refused => Err(TransportError::new(Reached::NotSent, "nobody listens")),
            Down::Cut => Err(TransportError::new(Reached::Maybe, "cut")),
            Down::Unavailable => Ok(http::Response::builder().status(503).body(Bytes::new()).unwrap()),
            Down::BlackHole => std::future::pending().await,
            Down::Not => Ok(http::Response::builder().status(201).body(Bytes::from(CREATED)).unwrap()),
        }
    }
}

async fn operation(client: &Client, number: usize) -> Error {
    let cases = client.records("Case");
    let fields = json!({"Subject": "x"});
    match number % 3 {
        0 => cases.create(&fields).await.map(drop).unwrap_err(),
        1 => cases.upsert("Voice_Key__c", &format!("k{number}"), &fields).await.map(drop).unwrap_err(),
        _ => client.describe("Case").await.map(drop).unwrap_err(),
    }
}

/// A thousand operations, so many at a time, each of which fails and says how.
async fn thousand(client: &Client, at_once: usize) {
    let work = stream::iter(0..OPERATIONS).map(|number| operation(client, number));
    let errors: Vec<Error> = work.buffer_unordered(at_once).collect().await;
    for error in errors {
        let kinds = [ErrorKind::Transport, ErrorKind::Unavailable, ErrorKind::Deadline];
        assert!(kinds.contains(&error.kind()), "{error}");
        assert!(error.attempts() > 0 || error.retry() == Retry::Safe, "what was not sent is not applied");
    }
}

/// The breaker switched off, so that the budget stands alone.
const NEVER_RESTS: RetryPolicy = RetryPolicy {
    max_attempts: 6,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(2),
    attempt_timeout: None,
    reserve: 50,
    break_after: u32::MAX,
};

#[tokio::test(start_paused = true)]
async fn an_org_that_is_down_gets_at_most_one_request_and_a_tenth_for_each_operation() {
    for down in [Down::Refused, Down::Cut, Down::Unavailable, Down::BlackHole] {
        for (policy, least) in [(NEVER_RESTS, OPERATIONS), (RetryPolicy::default(), 20)] {
            let org = Dead::new(down);
            let client = org.builder().retry_policy(policy).build().unwrap();
            thousand(&client, 8).await;
            let requests = org.requests();
            assert!(requests >= least && requests <= MOST_REQUESTS, "{down:?}: {requests}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_hours_costs_no_more() {
    let org = Dead::new(Down::Unavailable);
    let client = org.builder().build().unwrap();
    for number in 0..OPERATIONS {
        operation(&client, number).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    let requests = org.requests();
    assert!((OPERATIONS..=MOST_REQUESTS).contains(&requests), "each is a probe: {requests}");
}

#[tokio::test(start_paused = true)]
async fn calls_get_through_within_seconds_of_the_orgs_return() {
    let org = Dead::new(Down::BlackHole);
    let client = org.builder().build().unwrap();
    thousand(&client, 8).await;
    *org.down.lock().unwrap() = Down::Not;

    let back = Instant::now();
    let create = || async { client.records("Case").create(&json!({})).await };
    while let Err(error) = create().await {
        assert_eq!((error.attempts(), error.retry()), (0, Retry::Safe));
        assert!(error.to_string().contains("has not answered"));
        tokio::time::sleep(error.retry_after().unwrap()).await;
    }
    assert!(back.elapsed() <= Duration::from_secs(4));
    for _ in 0..100 {
        assert!(create().await.is_ok(), "all go through from then on");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_is_not_tried_again_for_want_of_successes_says_so() {
    let org = Dead::new(Down::Unavailable);
    let client = org.builder().retry_policy(RetryPolicy { reserve: 2, ..NEVER_RESTS }).build().unwrap();
    let error = client.describe("Case").await.unwrap_err();

    assert_eq!((error.attempts(), error.retry()), (3, Retry::IfIdempotent));
    assert!(error.to_string().contains("not sent again"));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_without_an_answer_makes_room_for_a_repeat_only_where_that_does_no_harm() {
    let policy = RetryPolicy { attempt_timeout: Some(Duration::from_secs(3)), ..RetryPolicy::default() };
    let attempts = async |number| {
        let client = Dead::new(Down::BlackHole).builder().retry_policy(policy).build().unwrap();
        operation(&client, number).await.attempts()
    };
    assert_eq!((attempts(0).await, attempts(1).await, attempts(2).await), (1, 4, 4));
}

/// A real transport that counts.
#[derive(Debug)]
struct Counted(HttpTransport, AtomicUsize);

#[async_trait]
impl Transport for Counted {
    async fn attempt(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.attempt(request).await
    }
}

fn provider(host: &LoginHost) -> Arc<FixedToken> {
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone());
    Arc::new(FixedToken::new(token.unwrap()))
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_hardly_asked_more_often_than_there_are_calls() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = LoginHost::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    for policy in [NEVER_RESTS, RetryPolicy::default()] {
        let counted = Arc::new(Counted(HttpTransport::new(&host).unwrap(), AtomicUsize::new(0)));
        let transport: Arc<dyn Transport> = Arc::<Counted>::clone(&counted);
        let client = Client::builder(host.clone())
            .token_provider(provider(&host))
            .transport(transport)
            .retry_policy(policy)
            .chance(|| 0.0)
            .build()
            .unwrap();
        thousand(&client, 8).await;
        assert!(counted.1.load(Ordering::SeqCst) <= MOST_REQUESTS);
    }
}

#[tokio::test]
async fn an_org_that_answers_503_counts_hardly_more_requests_than_there_are_calls() {
    let org = crate::org::org().start().await.unwrap();
    let client = Client::builder(LoginHost::parse(org.url()).unwrap())
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .retry_policy(NEVER_RESTS)
        .chance(|| 0.0)
        .build()
        .unwrap();
    client.ready().await.unwrap();
    org.faults().set(FaultPlan::seeded(1).unavailable(1.0));
    thousand(&client, 8).await;

    let calls = org.stats().api_calls;
    assert!((1000..=1100).contains(&calls), "{calls}");
    org.faults().clear();
    assert!(client.describe("Case").await.is_ok());
}
