//! A transport that plays a script and remembers what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::{Reached, Transport, TransportError};
use salesforce_client::{Client, ClientBuilder, LoginHost, SecretString};

use crate::canary;

/// The answer to a create or an upsert.
pub(crate) const CREATED: &str = r#"{"id":"500000000000001","success":true,"errors":[],"created":true}"#;

pub(crate) enum Step {
    Answer(u16, &'static str),
    RetryAfter(u16, &'static str, &'static str),
    Cut(Reached),
    Hang,
    Slow(u64, u16, &'static str),
}

#[derive(Debug, Default)]
pub(crate) struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    seen: Mutex<Vec<String>>,
    bodies: Mutex<Vec<Bytes>>,
    headers: Mutex<Vec<HeaderMap>>,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Step")
    }
}

impl Scripted {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self { steps: Mutex::new(steps.into_iter().collect()), ..Self::default() })
    }

    /// Method and address of every attempt.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// The body of every attempt.
    pub(crate) fn bodies(&self) -> Vec<Bytes> {
        self.bodies.lock().unwrap().clone()
    }

    /// A header that attempt number `index` sent, or nothing.
    pub(crate) fn header(&self, index: usize, name: &str) -> String {
        let headers = self.headers.lock().unwrap();
        headers[index].get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The fields of the form that attempt number `index` sent.
    pub(crate) fn form(&self, index: usize) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(&self.bodies()[index]).into_owned().collect()
    }

    /// The JSON that attempt number `index` sent.
    pub(crate) fn json(&self, index: usize) -> serde_json::Value {
        serde_json::from_slice(&self.bodies()[index]).unwrap()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn attempt(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.seen.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
        self.bodies.lock().unwrap().push(request.body().clone());
        self.headers.lock().unwrap().push(request.headers().clone());
        let step = self.steps.lock().unwrap().pop_front().expect("the script has a step for every attempt");
        match step {
            Step::Answer(status, body) => Ok(answer(status, None, body)),
            Step::RetryAfter(status, wait, body) => Ok(answer(status, Some(wait), body)),
            Step::Cut(reached) => Err(TransportError::new(reached, "the connection was cut by the script")),
            Step::Slow(seconds, status, body) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                Ok(answer(status, None, body))
            }
            Step::Hang => {
                tokio::time::sleep(Duration::from_secs(3600)).await;
                Err(TransportError::new(Reached::Maybe, "the script hung for an hour"))
            }
        }
    }
}

fn answer(status: u16, wait: Option<&str>, body: &'static str) -> http::Response<Bytes> {
    let mut builder =
        http::Response::builder().status(status).header("sforce-limit-info", "api-usage=18/15000");
    if let Some(wait) = wait {
        builder = builder.header("retry-after", wait);
    }
    builder.body(Bytes::from_static(body.as_bytes())).unwrap()
}

pub(crate) fn host() -> LoginHost {
    LoginHost::parse("https://acme.my.salesforce.com").unwrap()
}

pub(crate) fn token() -> AccessToken {
    AccessToken::new(SecretString::from(canary::TOKEN), host().as_url().clone()).unwrap()
}

/// A client with a fixed token, whose waits are half of their bound.
pub(crate) fn builder(transport: &Arc<Scripted>) -> ClientBuilder {
    let transport: Arc<dyn Transport> = Arc::<Scripted>::clone(transport);
    Client::builder(host())
        .token_provider(Arc::new(FixedToken::new(token())))
        .transport(transport)
        .chance(|| 0.5)
}

pub(crate) fn client(transport: &Arc<Scripted>) -> Client {
    builder(transport).build().unwrap()
}
