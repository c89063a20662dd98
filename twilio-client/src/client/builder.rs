//! Putting a client together.

use std::time::Duration;

use http::HeaderValue;
use url::Url;

use super::{Client, Shared};
use crate::auth::Credentials;
use crate::error::{Error, Result};
use crate::host::{Hosts, is_label, may_see_credentials};
use crate::request::Operation;
use crate::retry::RetryPolicy;
use crate::sid::AccountSid;
use crate::transport::{HttpTransport, Transport};

/// Settings of a [`Client`]; only the account and its credentials have no default.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    account: AccountSid,
    credentials: Credentials,
    base: Option<Url>,
    edge: Option<String>,
    region: Option<String>,
    transport: Option<Box<dyn Transport>>,
    policy: RetryPolicy,
    attempt_timeout: Duration,
    total_timeout: Duration,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl ClientBuilder {
    pub(super) fn new(account: AccountSid, credentials: Credentials) -> Self {
        Self {
            account,
            credentials,
            base: None,
            edge: None,
            region: None,
            transport: None,
            policy: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            jitter: Box::new(fastrand::f64),
        }
    }

    /// The region where the account's data lives, such as `ie1`. Each region has credentials of its own.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The edge through which Twilio is reached, such as `dublin`. Without a region it means `us1`.
    pub fn edge(mut self, edge: impl Into<String>) -> Self {
        self.edge = Some(edge.into());
        self
    }

    /// One address for every product in place of Twilio's hosts, edge and region: a test double or a proxy.
    /// The credentials go there, so it has to be `https`, or this machine.
    pub fn base_url(mut self, base: Url) -> Self {
        self.base = Some(base);
        self
    }

    /// How often and how patiently to repeat what may be repeated.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// How long one attempt may take; 10 s unless set.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a call may take with its pauses and repeats, unless it has a deadline; 30 s unless set.
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
    ///
    /// [`ErrorKind::Configuration`](crate::error::ErrorKind::Configuration) when the region or edge is no
    /// label of a host name, when the base URL would show the credentials to others, or when TLS cannot be
    /// set up.
    pub fn build(self) -> Result<Client> {
        let hosts = hosts(self.base, self.edge, self.region)?;
        let mut authorization = HeaderValue::try_from(self.credentials.basic(&self.account))
            .map_err(|_| wrong("the credentials cannot stand in a header"))?;
        authorization.set_sensitive(true);
        let transport = match self.transport {
            Some(transport) => transport,
            None => Box::new(HttpTransport::new().map_err(|error| Error::configuration(SETUP, error))?),
        };
        let shared = Shared {
            account: self.account,
            authorization,
            hosts,
            transport,
            policy: self.policy,
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.total_timeout,
            jitter: self.jitter,
        };
        Ok(Client { shared: shared.into(), deadline: None })
    }
}

fn hosts(base: Option<Url>, edge: Option<String>, region: Option<String>) -> Result<Hosts> {
    if let Some(url) = base {
        let plain = url.query().is_none() && url.fragment().is_none();
        if !plain || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("the base url has more than a scheme, a host, a port and a path"));
        }
        if !may_see_credentials(&url) {
            return Err(wrong("the base url is neither https nor on this machine"));
        }
        return Ok(Hosts::Base(url));
    }
    if [&edge, &region].into_iter().flatten().all(|label| is_label(label)) {
        Ok(Hosts::Twilio { edge, region })
    } else {
        Err(wrong("the region or edge is not a label of lower-case letters, digits and hyphens"))
    }
}

fn wrong(what: &'static str) -> Error {
    Error::configuration(SETUP, what)
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.account)
            .field("edge", &self.edge)
            .field("region", &self.region)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// The name that errors of the builder have in place of a call.
const SETUP: Operation = Operation { verb: "build", template: "client" };
