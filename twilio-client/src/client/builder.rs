//! Putting a client together.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use super::{Client, Shared};
use crate::auth::Credentials;
use crate::error::{Error, Result};
use crate::host::{Hosts, Product, is_label, may_see_credentials};
use crate::pace::Pace;
use crate::request::Operation;
use crate::retry::RetryPolicy;
use crate::sid::AccountSid;
use crate::transport::{HttpTransport, Transport};

/// Settings of a [`Client`]; only the account and its credentials have no default.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    account: AccountSid,
    credentials: Credentials,
    hosts: Hosts,
    pace: Pace,
    slots: usize,
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
            hosts: Hosts::default(),
            pace: Pace::every(Duration::from_secs(1)),
            slots: 20,
            transport: None,
            policy: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            jitter: Box::new(fastrand::f64),
        }
    }

    /// The region where the account's data lives, such as `ie1`. Each region has credentials of its own.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.hosts.region = Some(region.into());
        self
    }

    /// The edge through which Twilio is reached, such as `dublin`. Without a region it means `us1`.
    pub fn edge(mut self, edge: impl Into<String>) -> Self {
        self.hosts.edge = Some(edge.into());
        self
    }

    /// One address for every product in place of Twilio's hosts, edge and region: a test double or a proxy.
    /// The credentials go there, so it has to be `https`, or this machine.
    pub fn base_url(mut self, base: Url) -> Self {
        self.hosts.base = Some(base);
        self
    }

    /// The address of one product, in place of Twilio's host or that of [`base_url`](Self::base_url).
    pub fn product_url(mut self, product: Product, base: Url) -> Self {
        self.hosts.products.insert(product, base);
        self
    }

    /// How many calls to place in a second; 1 unless set, which is what Twilio gives a new account.
    ///
    /// Calls beyond it wait here for their turn, where their deadline is known, and not in Twilio's queue.
    /// Nothing else waits.
    pub fn calls_per_second(mut self, calls: NonZeroU32) -> Self {
        self.pace = Pace::every(Duration::from_secs(1) / calls.get());
        self
    }

    /// Places calls as fast as they come.
    pub fn unlimited_calls(mut self) -> Self {
        self.pace = Pace::unlimited();
        self
    }

    /// How many requests may be under way at once; 20 unless set. The others wait, as long as their deadline allows.
    ///
    /// The sound of a recording counts until it is read or dropped. What Twilio counts for the whole account stands in
    /// [`Response::concurrent_requests`](crate::response::Response::concurrent_requests).
    pub fn concurrent_requests(mut self, requests: NonZeroUsize) -> Self {
        self.slots = requests.get().min(Semaphore::MAX_PERMITS);
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
        check(&self.hosts)?;
        let authorization = self
            .credentials
            .authorization(&self.account)
            .ok_or_else(|| wrong("the credentials cannot stand in a header"))?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Box::new(HttpTransport::new().map_err(|error| Error::configuration(SETUP, error))?),
        };
        let shared = Shared {
            account: self.account,
            authorization,
            pace: self.pace,
            slots: Semaphore::new(self.slots).into(),
            hosts: self.hosts,
            transport,
            policy: self.policy,
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.total_timeout,
            jitter: self.jitter,
        };
        Ok(Client { shared: shared.into(), deadline: None })
    }
}

fn check(hosts: &Hosts) -> Result<()> {
    for url in hosts.base.iter().chain(hosts.products.values()) {
        let plain = url.query().is_none() && url.fragment().is_none();
        if !plain || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("the base url has more than a scheme, a host, a port and a path"));
        }
        if !may_see_credentials(url) {
            return Err(wrong("the base url is neither https nor on this machine"));
        }
    }
    if [&hosts.edge, &hosts.region].into_iter().flatten().all(|label| is_label(label)) {
        Ok(())
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
            .field("hosts", &self.hosts)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// The name that errors of the builder have in place of a call.
const SETUP: Operation = Operation { verb: "build", template: "client" };
