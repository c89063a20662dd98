//! Putting a client together.

use std::{fmt, marker::PhantomData, num::NonZeroUsize, sync::Arc, time::Duration};

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use url::Url;

use super::{Client, Shared};
use crate::{
    Authorize, Error, Operation, Result, RetryPolicy, Service, may_see_credentials, transport::Transport,
};

/// Settings of a [`Client`]; only the address has no default.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder<S> {
    base: String,
    bearer: Option<SecretString>,
    transport: Option<Box<dyn Transport>>,
    slots: usize,
    policy: RetryPolicy,
    attempt_timeout: Duration,
    total_timeout: Duration,
    answer_cap: usize,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> ClientBuilder<S> {
    pub(super) fn new(base: String) -> Self {
        Self {
            base,
            bearer: None,
            transport: None,
            slots: 20,
            policy: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            answer_cap: 8 << 20,
            jitter: Box::new(fastrand::f64),
            service: PhantomData,
        }
    }

    /// Puts paths after another address.
    pub fn base(mut self, base: impl Into<String>) -> Self {
        self.base = base.into();
        self
    }

    /// A token that goes with every request; [`Client::authorized`] is for those that expire.
    pub fn bearer(mut self, token: impl Into<SecretString>) -> Self {
        self.bearer = Some(token.into());
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

    /// How long a request may take with its pauses and repeats, unless it has a deadline; 30 s unless set.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// How many requests may be under way at once; 20 unless set. A download counts until it is read or dropped.
    pub fn concurrent_requests(mut self, requests: NonZeroUsize) -> Self {
        self.slots = requests.get().min(Semaphore::MAX_PERMITS);
        self
    }

    /// How many bytes an answer may have; 8 MiB unless set. Downloads have no limit.
    pub fn answer_cap(mut self, bytes: usize) -> Self {
        self.answer_cap = bytes;
        self
    }

    /// What carries the requests; an `HttpTransport` of its own unless set.
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
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the token is empty or cannot stand in a header, when the address would show it to
    /// others or has more than a scheme, a host, a port and a path, or when TLS cannot be set up.
    pub fn build(self) -> Result<Client<S>, S> {
        check(&self.base).map_err(wrong)?;
        let authorize: Arc<dyn Authorize<S>> = match &self.bearer {
            Some(token) => Arc::new(bearer(token).map_err(wrong)?),
            None => Arc::new(()),
        };
        let transport = self.transport.map_or_else(pooled, Ok)?;
        let shared = Shared {
            base: self.base,
            transport,
            slots: Semaphore::new(self.slots).into(),
            policy: self.policy,
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.total_timeout,
            answer_cap: self.answer_cap,
            jitter: self.jitter,
        };
        Ok(Client { shared: shared.into(), authorize, deadline: None })
    }
}

fn check(base: &str) -> std::result::Result<(), &'static str> {
    let url: Url = base.parse().map_err(|_| "the address is not valid")?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the address has more than a scheme, a host, a port and a path");
    }
    if may_see_credentials(&url) { Ok(()) } else { Err("the address is neither https nor on this machine") }
}

fn bearer(token: &SecretString) -> std::result::Result<HeaderValue, &'static str> {
    let token = token.expose_secret().trim();
    if token.is_empty() {
        return Err("the token is empty");
    }
    let header = HeaderValue::try_from(format!("Bearer {token}"));
    let mut header = header.map_err(|_| "the token cannot stand in a header")?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(feature = "reqwest")]
fn pooled<S: Service>() -> Result<Box<dyn Transport>, S> {
    let pooled = crate::transport::HttpTransport::new();
    pooled.map(|pooled| Box::new(pooled) as _).map_err(|error| wrong("tls cannot be set up").caused_by(error))
}

#[cfg(not(feature = "reqwest"))]
fn pooled<S: Service>() -> Result<Box<dyn Transport>, S> {
    Err(wrong("there is no transport"))
}

fn wrong<S: Service>(what: &'static str) -> Error<S> {
    Error::configuration(Operation::new("build", "client"), what)
}

impl<S: Service> fmt::Debug for ClientBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base", &self.base)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// Gives the builder of a client the settings of the loop, which it passes on to the [`ClientBuilder`] in the field of this
/// name.
#[macro_export]
macro_rules! pass_settings_on {
    ($inner:ident) => {
        $crate::pass_settings_on! { $inner:
            "How often and how patiently to repeat what may be repeated."
            retry_policy(policy: $crate::RetryPolicy)
            "How long one attempt may take."
            attempt_timeout(timeout: std::time::Duration)
            "How long a request may take with its pauses and repeats, unless it has a deadline."
            total_timeout(timeout: std::time::Duration)
            "How many requests may be under way at once. The others wait, as long as their deadline allows; a download counts until it is read or dropped."
            concurrent_requests(requests: std::num::NonZeroUsize)
            "How many bytes an answer may have. Downloads have no limit."
            answer_cap(bytes: usize)
            "What carries the requests: an `HttpTransport` made from your own pool, or your own."
            transport(transport: impl $crate::transport::Transport)
            "Where the jitter of pauses comes from: numbers from 0 to 1."
            jitter(jitter: impl Fn() -> f64 + Send + Sync + 'static)
        }
    };
    ($inner:ident: $($doc:literal $name:ident($value:ident: $type:ty))+) => {$(
        #[doc = $doc]
        pub fn $name(mut self, $value: $type) -> Self {
            self.$inner = self.$inner.$name($value);
            self
        }
    )+};
}
