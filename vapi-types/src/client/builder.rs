//! Putting a client together.

use std::{fmt, time::Duration};

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::{
    Client, Shared,
    error::{Error, Result},
    host::Host,
    request::Operation,
    retry::RetryPolicy,
    transport::{HttpTransport, Transport},
};

/// Settings of a [`Client`]; only the API key has no default.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    api_key: SecretString,
    host: Host,
    transport: Option<Box<dyn Transport>>,
    policy: RetryPolicy,
    attempt_timeout: Duration,
    total_timeout: Duration,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl ClientBuilder {
    pub(super) fn new(api_key: SecretString) -> Self {
        Self {
            api_key,
            host: Host::Us,
            transport: None,
            policy: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(60),
            jitter: Box::new(fastrand::f64),
        }
    }

    /// Where the organization lives; the United States unless set.
    pub fn host(mut self, host: Host) -> Self {
        self.host = host;
        self
    }

    /// How often and how patiently to repeat what may be repeated.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// How long one attempt may take; 20 s unless set.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a request may take with its pauses and repeats, unless it has a deadline; 60 s unless set.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// What carries the requests: an [`HttpTransport`] made from your own pool, or your own.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Where the jitter of pauses comes from: numbers from 0 to 1.
    pub fn jitter(mut self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Box::new(jitter);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](super::ErrorKind::Configuration) when the API key is empty or cannot stand in
    /// a header, when the host would show it to others, or when TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        self.host.check().map_err(|wrong| Error::configuration(SETUP, wrong))?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Box::new(HttpTransport::new().map_err(|error| Error::configuration(SETUP, error))?),
        };
        let shared = Shared {
            key: header(&self.api_key)?,
            host: self.host,
            transport,
            policy: self.policy,
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.total_timeout,
            jitter: self.jitter,
        };
        Ok(Client { shared: shared.into(), deadline: None })
    }
}

fn header(key: &SecretString) -> Result<HeaderValue> {
    let key = key.expose_secret().trim();
    if key.is_empty() {
        return Err(Error::configuration(SETUP, "the API key is empty"));
    }
    let mut header = HeaderValue::try_from(format!("Bearer {key}"))
        .map_err(|_| Error::configuration(SETUP, "the API key cannot stand in a header"))?;
    header.set_sensitive(true);
    Ok(header)
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("host", &self.host)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// The name that errors of the builder have in place of a request.
const SETUP: Operation = Operation { verb: "build", template: "client" };
