//! A transport that follows a script, and the client that runs on it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;
use twilio_client::client::ClientBuilder;
use twilio_client::transport::{Reach, Transport, TransportError};
use twilio_client::{AuthToken, CallSid, Client, Credentials};

pub(crate) const CALL: &str = r#"{"sid":"CA00000000000000000000000000000001","status":"queued"}"#;

/// One step of the script.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Answer(u16, &'static str),
    AskToWait(u16, &'static str),
    /// An answer with its `ETag`.
    Versioned(&'static str, &'static str),
    /// An answer that sends on to another address.
    Elsewhere(u16, &'static str),
    /// An answer that takes a second.
    AfterOneSecond(u16, &'static str),
    NotSent,
    Lost,
    NoAnswer,
    Panic,
}

/// Plays its steps in order and notes when each was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    asked: Arc<Mutex<Vec<Instant>>>,
    sent: Arc<Mutex<Vec<http::Request<Bytes>>>>,
}

impl Script {
    pub(crate) fn new(steps: &[Step]) -> Self {
        let steps = Arc::new(Mutex::new(steps.iter().copied().collect()));
        Self { steps, asked: Arc::default(), sent: Arc::default() }
    }

    /// How many attempts were made; all steps must have been played.
    pub(crate) fn attempts(&self) -> usize {
        assert!(self.steps.lock().unwrap().is_empty(), "steps were left over");
        self.asked.lock().unwrap().len()
    }

    /// The pauses between the attempts.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.asked.lock().unwrap().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// The requests of all attempts.
    pub(crate) fn sent(&self) -> Vec<http::Request<Bytes>> {
        self.sent.lock().unwrap().clone()
    }

    /// A client whose jitter is always at its bound.
    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let token = AuthToken::new("canary-token-77aa").unwrap();
        Client::builder("AC00000000000000000000000000000001".parse().unwrap(), Credentials::auth_token(token))
            .transport(self.clone())
            .jitter(|| 1.0)
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.asked.lock().unwrap().push(Instant::now());
        self.sent.lock().unwrap().push(request);
        let step = self.steps.lock().unwrap().pop_front().expect("an attempt too many");
        let answer = http::Response::builder();
        match step {
            Step::Answer(status, body) => Ok(answer.status(status).body(body.into()).unwrap()),
            Step::AskToWait(status, pause) => {
                Ok(answer.status(status).header("Retry-After", pause).body(Bytes::new()).unwrap())
            }
            Step::Versioned(body, etag) => {
                Ok(answer.status(200).header("ETag", etag).body(body.into()).unwrap())
            }
            Step::Elsewhere(status, location) => {
                Ok(answer.status(status).header("Location", location).body(Bytes::new()).unwrap())
            }
            Step::AfterOneSecond(status, body) => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(answer.status(status).body(body.into()).unwrap())
            }
            Step::NotSent => Err(TransportError::new(Reach::NotSent, "no route")),
            Step::Lost => Err(TransportError::new(Reach::MayHaveArrived, "cut")),
            Step::NoAnswer => std::future::pending().await,
            Step::Panic => panic!("as the script says"),
        }
    }
}

pub(crate) fn call() -> CallSid {
    "CA00000000000000000000000000000001".parse().unwrap()
}
