//! Setting up a `Client`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::{Client, Inner};
use crate::api_version::ApiVersion;
use crate::auth::{ClientCredentials, TokenCache, TokenProvider, TokenSource};
use crate::error::{Error, ErrorKind, Result};
use crate::login_host::{HostPolicy, LoginHost};
use crate::resource::describe::Descriptions;
use crate::retry::{Breaker, Budget, RetryPolicy};
use crate::transport::{HttpTransport, Transport};
use crate::usage::LastUsage;

/// Sets up a [`Client`]; nothing is sent before the first call.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    host: LoginHost,
    login: Option<Login>,
    version: ApiVersion,
    timeout: Duration,
    retry: RetryPolicy,
    idle_timeout: Duration,
    max_concurrent: usize,
    max_response_bytes: Option<usize>,
    token_lifetime: Option<Duration>,
    more_hosts: Vec<String>,
    transport: Option<Arc<dyn Transport>>,
    chance: Box<dyn Fn() -> f64 + Send + Sync>,
}

enum Login {
    ClientCredentials { id: String, secret: SecretString },
    Source(Box<dyn TokenSource>),
    Provider(Arc<dyn TokenProvider>),
}

impl ClientBuilder {
    pub(super) fn new(host: LoginHost) -> Self {
        Self {
            host,
            login: None,
            version: ApiVersion::DEFAULT,
            timeout: Duration::from_secs(10),
            retry: RetryPolicy::default(),
            idle_timeout: Duration::from_secs(60),
            // The org allows 25 long requests at once; some room is left for others.
            max_concurrent: 20,
            max_response_bytes: None,
            token_lifetime: None,
            more_hosts: Vec::new(),
            transport: None,
            chance: Box::new(fastrand::f64),
        }
    }

    /// Logs in by client credentials; the host must be the org's My Domain.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: SecretString) -> Self {
        self.login = Some(Login::ClientCredentials { id: id.into(), secret });
        self
    }

    /// Logs in by any flow of [`auth`](crate::auth), or one of your own; its token is cached.
    pub fn login(mut self, source: impl TokenSource + 'static) -> Self {
        self.login = Some(Login::Source(Box::new(source)));
        self
    }

    /// Takes tokens from your own provider, which keeps them current itself.
    pub fn token_provider(mut self, provider: Arc<dyn TokenProvider>) -> Self {
        self.login = Some(Login::Provider(provider));
        self
    }

    /// The API version in the paths; 66.0 unless set.
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }

    /// How long a call may take in all, waits included, when it has no deadline of its own; 10 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often a failed call is sent again, where that is safe.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How long a file or the rows of a bulk job may stand still on their way to us; 60 seconds unless
    /// set. How long they take in all is not bounded.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How many requests run at once; 20 unless set.
    pub fn max_concurrent(mut self, requests: usize) -> Self {
        self.max_concurrent = requests;
        self
    }

    /// The largest answer that is read, in bytes; 16 MiB unless set. A transport of your own has its own limit.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = Some(bytes);
        self
    }

    /// How long a token of [`client_credentials`](Self::client_credentials) or
    /// [`login`](Self::login) is taken to live when it does not tell; 55 minutes unless set.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = Some(lifetime);
        self
    }

    /// Lets a token send requests to this host too; it needs https and the usual port.
    pub fn allow_instance_host(mut self, host: impl Into<String>) -> Self {
        self.more_hosts.push(host.into());
        self
    }

    /// Your own transport, for all requests and logins.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Where chance comes from, for the waits between attempts: a function that gives numbers in 0..1.
    pub fn chance(mut self, chance: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.chance = Box::new(chance);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when no login was chosen, when client credentials are used with
    /// login.salesforce.com or test.salesforce.com, when the API version is retired, when no request
    /// could ever run, or when TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        let Some(login) = self.login else {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the client has no login: call `client_credentials`, `login` or `token_provider`",
            ));
        };
        if self.max_concurrent == 0 {
            return Err(Error::new(ErrorKind::Configuration, "`max_concurrent` must be at least 1"));
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport(&self.host, self.max_response_bytes)?,
        };
        let hosts = HostPolicy::new(self.host, self.more_hosts);
        let source = match login {
            Login::Source(source) => Ok(source),
            Login::Provider(provider) => Err(provider),
            Login::ClientCredentials { id, secret } => {
                let flow = ClientCredentials::with(hosts.clone(), id, secret, Arc::clone(&transport))?;
                Ok(Box::new(flow) as Box<dyn TokenSource>)
            }
        };
        let provider = source.map_or_else(|provider| provider, |source| cached(source, self.token_lifetime));
        let inner = Inner {
            hosts,
            version: self.version.check()?,
            timeout: self.timeout,
            retry: self.retry,
            idle_timeout: self.idle_timeout,
            budget: Budget::new(self.retry.reserve),
            breaker: Breaker::new(self.retry.break_after),
            provider,
            transport,
            permits: Semaphore::new(self.max_concurrent.min(Semaphore::MAX_PERMITS)),
            usage: LastUsage::default(),
            descriptions: Descriptions::default(),
            chance: self.chance,
        };
        Ok(Client { inner: Arc::new(inner), gate: None })
    }
}

fn cached(source: Box<dyn TokenSource>, lifetime: Option<Duration>) -> Arc<dyn TokenProvider> {
    let mut cache = TokenCache::builder(source);
    if let Some(lifetime) = lifetime {
        cache = cache.lifetime(lifetime);
    }
    Arc::new(cache.build())
}

fn default_transport(host: &LoginHost, max_response_bytes: Option<usize>) -> Result<Arc<dyn Transport>> {
    let transport = HttpTransport::new(host)?;
    Ok(match max_response_bytes {
        None => Arc::new(transport),
        Some(most) => Arc::new(transport.max_response_bytes(most)),
    })
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("host", &self.host)
            .field("api_version", &self.version)
            .finish_non_exhaustive()
    }
}
