//! `POST /services/oauth2/token`, grant type `client_credentials`.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::endpoint::Endpoint;
use super::{AccessToken, TokenSource, check_client_id};
use crate::error::{Error, ErrorKind, Result};
use crate::login_host::{HostPolicy, LoginHost};
use crate::transport::{HttpTransport, Transport};

/// Logs in as the app itself; the org runs it as the user configured there.
///
/// See \[Salesforce/OAuth 2.0 Client Credentials Flow for Server-to-Server Integration\].
pub struct ClientCredentials {
    endpoint: Endpoint,
    client_id: String,
    client_secret: SecretString,
}

impl ClientCredentials {
    /// The flow at `host`, over this crate's own HTTP transport.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when `host` is login.salesforce.com or test.salesforce.com, which
    /// do not serve this flow, or when TLS cannot be set up.
    pub fn new(host: LoginHost, client_id: impl Into<String>, client_secret: SecretString) -> Result<Self> {
        check_host(&host)?;
        let transport = Arc::new(HttpTransport::new(&host)?);
        Self::with(HostPolicy::new(host, Vec::new()), client_id.into(), client_secret, transport)
    }

    pub(crate) fn with(
        hosts: HostPolicy,
        client_id: String,
        client_secret: SecretString,
        transport: Arc<dyn Transport>,
    ) -> Result<Self> {
        check_host(hosts.login())?;
        check_client_id(&client_id)?;
        if client_secret.expose_secret().trim().is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the client secret is empty: give the consumer secret of the app",
            ));
        }
        Ok(Self { endpoint: Endpoint { hosts, transport }, client_id, client_secret })
    }
}

fn check_host(host: &LoginHost) -> Result<()> {
    if host.is_shared() {
        return Err(Error::new(
            ErrorKind::Configuration,
            "client credentials work on the org's own My Domain host only: use https://<name>.my.salesforce.com \
             (a sandbox: https://<name>--<sandbox>.sandbox.my.salesforce.com)",
        ));
    }
    Ok(())
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn fetch(&self) -> Result<AccessToken> {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose_secret()),
        ];
        Ok(self.endpoint.token(&fields).await?.access_token)
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("host", self.endpoint.hosts.login()).finish_non_exhaustive()
    }
}
