//! A transport that follows a script, for the tests of a client. On tokio's paused time nothing waits.
//!
//! ```
//! use voice_crm_rest::script::{Script, Step};
//!
//! let script = Script::new(&[Step::Answer(503, ""), Step::Lost, Step::Answer(200, "{}")]);
//! // Client::<Rota>::builder("https://rota.example.com").transport(script.clone()).jitter(|| 1.0)
//! # let _ = script;
//! ```

#![allow(clippy::panic, reason = "a test that strays from its script is to fail loudly")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use crate::transport::{Body, Reach, Transport, TransportError};

/// What one attempt comes to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Step {
    /// An answer of this status and this body.
    Answer(u16, &'static str),
    /// The same with one header: its name and its value.
    With(u16, (&'static str, &'static str), &'static str),
    /// An answer that takes so long.
    Late(Duration, u16, &'static str),
    /// An answer that breaks off after these bytes of its body.
    Cut(u16, &'static str),
    /// No connection was made.
    NotSent,
    /// The connection broke before an answer came.
    Lost,
    /// No answer ever comes.
    NoAnswer,
    /// The transport panics.
    Panic,
}

/// Plays its steps in order, and notes what was sent and when.
#[derive(Clone, Debug)]
pub struct Script(Arc<Mutex<Played>>);

#[derive(Debug)]
struct Played {
    steps: VecDeque<Step>,
    sent: Vec<(Instant, http::Request<Bytes>)>,
}

impl Script {
    /// These steps, one for each attempt.
    pub fn new(steps: &[Step]) -> Self {
        let steps = steps.iter().copied().collect();
        Self(Arc::new(Mutex::new(Played { steps, sent: Vec::new() })))
    }

    /// How many attempts were made.
    ///
    /// # Panics
    /// When steps were left over.
    pub fn attempts(&self) -> usize {
        let played = self.played();
        assert!(played.steps.is_empty(), "steps were left over: {:?}", played.steps);
        played.sent.len()
    }

    /// The pauses between the attempts.
    pub fn pauses(&self) -> Vec<Duration> {
        self.played().sent.windows(2).map(|pair| pair[1].0 - pair[0].0).collect()
    }

    /// The requests of all attempts.
    pub fn sent(&self) -> Vec<http::Request<Bytes>> {
        self.played().sent.iter().map(|(_, request)| request.clone()).collect()
    }

    fn played(&self) -> MutexGuard<'_, Played> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let step = {
            let mut played = self.played();
            played.sent.push((Instant::now(), request));
            played.steps.pop_front()
        };
        let cut = || TransportError::new(Reach::MayHaveArrived, "cut");
        let answer = |status, header: Option<(&str, &str)>, body: Body| {
            let builder = http::Response::builder().status(status);
            let builder =
                header.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
            builder.body(body).map_err(|error| TransportError::new(Reach::NotSent, error))
        };
        let whole = |body: &'static str| Body::from(Bytes::from_static(body.as_bytes()));
        match step {
            Some(Step::Answer(status, body)) => answer(status, None, whole(body)),
            Some(Step::With(status, header, body)) => answer(status, Some(header), whole(body)),
            Some(Step::Late(time, status, body)) => {
                tokio::time::sleep(time).await;
                answer(status, None, whole(body))
            }
            Some(Step::Cut(status, body)) => {
                let pieces = [Ok(Bytes::from_static(body.as_bytes())), Err(cut())];
                answer(status, None, Body::stream(futures_util::stream::iter(pieces)))
            }
            Some(Step::NotSent) => Err(TransportError::new(Reach::NotSent, "no route")),
            Some(Step::Lost) => Err(cut()),
            Some(Step::NoAnswer) => std::future::pending().await,
            Some(Step::Panic) => panic!("as the script says"),
            None => panic!("an attempt too many"),
        }
    }
}
