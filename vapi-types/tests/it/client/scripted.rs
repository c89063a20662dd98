//! A transport that follows a script, and the client that runs on it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;
use vapi_types::client::{
    Client, ClientBuilder,
    transport::{Reach, Transport, TransportError},
};

pub(crate) const KEY: &str = "canary-token-77aa";

/// One step of the script.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Answer(u16, &'static str),
    AskToWait(u16, &'static str),
    NotSent,
    Lost,
    NoAnswer,
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
        Client::builder(KEY).transport(self.clone()).jitter(|| 1.0)
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
            Step::NotSent => Err(TransportError::new(Reach::NotSent, "no route")),
            Step::Lost => Err(TransportError::new(Reach::MayHaveArrived, "cut")),
            Step::NoAnswer => std::future::pending().await,
        }
    }
}
