//! `POST /services/oauth2/token`, grant type `client_credentials`.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{AccessToken, TokenSource};
use crate::error::{Error, ErrorKind, Result, Retry, classify};
use crate::login_host::{HostPolicy, LoginHost};
use crate::retry::retry_after;
use crate::transport::{HttpTransport, Transport};

const TEMPLATE: &str = "POST oauth2/token";

/// Logs in as the app itself; the org runs it as the user configured there.
///
/// See \[Salesforce/OAuth 2.0 Client Credentials Flow for Server-to-Server Integration\].
pub struct ClientCredentials {
    hosts: HostPolicy,
    endpoint: Url,
    client_id: String,
    client_secret: SecretString,
    transport: Arc<dyn Transport>,
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
        let mut endpoint = hosts.login().as_url().clone();
        endpoint.set_path("/services/oauth2/token");
        Ok(Self { hosts, endpoint, client_id, client_secret, transport })
    }

    fn request(&self) -> Result<http::Request<Bytes>> {
        let body = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .finish();
        http::Request::builder()
            .method(Method::POST)
            .uri(self.endpoint.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Bytes::from(body))
            .map_err(|_| Error::new(ErrorKind::Configuration, "the login host's address cannot be used"))
    }

    /// The token of a good answer. Its body is never kept for a look: it holds the secret.
    fn read(&self, status: StatusCode, body: &Bytes) -> Result<AccessToken> {
        let unreadable = |hint| Error::new(ErrorKind::Decode, hint).with_status(status);
        let answer: TokenAnswer = serde_json::from_slice(body).map_err(|_| {
            unreadable("the login answer is not a token: check that the host is a Salesforce org")
        })?;
        let instance_url = Url::parse(&answer.instance_url)
            .map_err(|_| unreadable("the login answer names no usable instance address"))?;
        self.hosts.check(&instance_url)?;
        AccessToken::new(SecretString::from(answer.access_token), instance_url)
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

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    instance_url: String,
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn fetch(&self) -> Result<AccessToken> {
        let answer = self.transport.attempt(self.request()?).await.map_err(|failed| {
            // A login changes no data, so it may always be tried again.
            let error = Error::from(failed);
            let retry = if error.retry() == Retry::Never { Retry::Never } else { Retry::Safe };
            error.with_retry(retry).with_request(TEMPLATE)
        })?;
        let (parts, body) = answer.into_parts();
        if parts.status.is_success() {
            return self.read(parts.status, &body).map_err(|error| error.with_request(TEMPLATE));
        }
        let wait = retry_after(&parts.headers);
        Err(classify::login(parts.status, &body).with_retry_after(wait).with_request(TEMPLATE))
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("host", self.hosts.login()).finish_non_exhaustive()
    }
}
