//! Putting a client together.

use std::time::Duration;

use secrecy::SecretString;

use super::{Client, Result, RetryPolicy, Vapi, host::Host};

/// Settings of a [`Client`]; only the API key has no default.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    host: Host,
    rest: voice_crm_rest::ClientBuilder<Vapi>,
}

impl ClientBuilder {
    /// Vapi answers slowly, and a page of calls carries their transcripts.
    pub(super) fn new(api_key: SecretString) -> Self {
        let policy =
            RetryPolicy { attempts: 4, base: Duration::from_millis(500), cap: Duration::from_secs(10) };
        let rest = voice_crm_rest::Client::builder(Host::Us.base())
            .bearer(api_key)
            .retry_policy(policy)
            .attempt_timeout(Duration::from_secs(20))
            .total_timeout(Duration::from_secs(60))
            .answer_cap(64 << 20);
        Self { host: Host::Us, rest }
    }

    /// Where the organization lives; the United States unless set.
    pub fn host(mut self, host: Host) -> Self {
        self.rest = self.rest.base(host.base());
        self.host = host;
        self
    }

    voice_crm_rest::pass_settings_on!(rest);

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](super::ErrorKind::Configuration) when the API key is empty or cannot stand in
    /// a header, when the host would show it to others, or when TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        Ok(Client { rest: self.rest.build()?, host: self.host })
    }
}
