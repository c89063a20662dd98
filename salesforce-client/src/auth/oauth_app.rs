//! The app that a user allows to log in, and what its login service tells: `POST
//! /services/oauth2/introspect`, `POST /services/oauth2/revoke`, `GET /services/oauth2/userinfo`

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::endpoint::{Endpoint, unreadable};
use super::{AccessToken, check_client_id};
use crate::error::Result;
use crate::id::RecordId;
use crate::login_host::{HostPolicy, LoginHost};
use crate::transport::{HttpTransport, Transport};

/// An external client app (or connected app) of an org, as the logins need it.
///
/// See \[Salesforce/External Client Apps\].
#[derive(Clone)]
pub struct OAuthApp {
    pub(super) endpoint: Endpoint,
    pub(super) client_id: String,
    client_secret: Option<SecretString>,
    more_hosts: Vec<String>,
}

impl OAuthApp {
    /// The app with this client id, at this host, over this crate's own HTTP transport.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when TLS cannot be set up.
    pub fn new(host: LoginHost, client_id: impl Into<String>) -> Result<Self> {
        let client_id = client_id.into();
        check_client_id(&client_id)?;
        let transport = Arc::new(HttpTransport::new(&host)?);
        let endpoint = Endpoint { hosts: HostPolicy::new(host, Vec::new()), transport };
        Ok(Self { endpoint, client_id, client_secret: None, more_hosts: Vec::new() })
    }

    /// The secret of a confidential app; a public one has none.
    #[must_use]
    pub fn client_secret(mut self, secret: SecretString) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Your own transport.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.endpoint.transport = transport;
        self
    }

    /// Lets a login name this host as the org's instance; it needs https and the usual port.
    #[must_use]
    pub fn allow_instance_host(mut self, host: impl Into<String>) -> Self {
        self.more_hosts.push(host.into());
        self.endpoint.hosts = HostPolicy::new(self.endpoint.hosts.login().clone(), self.more_hosts.clone());
        self
    }

    /// What the login service knows of a token, an access or a refresh token.
    ///
    /// # Errors
    /// As any login.
    pub async fn introspect(&self, token: &SecretString) -> Result<Introspection> {
        let path = "/services/oauth2/introspect";
        let fields = [
            ("token", token.expose_secret()),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.secret()),
        ];
        let answer = self.endpoint.exchange(self.endpoint.form(path, &fields)?).await;
        read(answer.map_err(|refused| refused.error.with_request("POST oauth2/introspect"))?)
    }

    /// Ends a token. Ending a refresh token ends its access tokens with it.
    ///
    /// # Errors
    /// As any login.
    pub async fn revoke(&self, token: &SecretString) -> Result<()> {
        let request = self.endpoint.form("/services/oauth2/revoke", &[("token", token.expose_secret())])?;
        let answer = self.endpoint.exchange(request).await;
        answer.map(drop).map_err(|refused| refused.error.with_request("POST oauth2/revoke"))
    }

    /// Who the token logged in.
    ///
    /// # Errors
    /// As any login.
    pub async fn user_info(&self, token: &AccessToken) -> Result<UserInfo> {
        let request = self.endpoint.get("/services/oauth2/userinfo", token.authorization())?;
        let answer = self.endpoint.exchange(request).await;
        read(answer.map_err(|refused| refused.error.with_request("GET oauth2/userinfo"))?)
    }

    /// The secret, or nothing, which is then left out.
    pub(super) fn secret(&self) -> &str {
        self.client_secret.as_ref().map_or("", ExposeSecret::expose_secret)
    }
}

impl fmt::Debug for OAuthApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthApp").field("host", self.endpoint.hosts.login()).finish_non_exhaustive()
    }
}

fn read<T: for<'de> Deserialize<'de>>((status, body): (StatusCode, bytes::Bytes)) -> Result<T> {
    serde_json::from_slice(&body)
        .map_err(|_| unreadable(status, "the login service's answer does not have the documented shape"))
}

/// What the login service knows of a token.
///
/// See \[Salesforce/OpenID Connect Token Introspection\].
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Introspection {
    /// Whether it can be used.
    pub active: bool,
    /// When it ends, in seconds since 1970.
    #[serde(default)]
    pub exp: Option<i64>,
    /// When it was issued, in seconds since 1970.
    #[serde(default)]
    pub iat: Option<i64>,
    /// What it allows, separated by blanks.
    #[serde(default)]
    pub scope: Option<String>,
    /// The user's name.
    #[serde(default)]
    pub username: Option<String>,
    /// `access_token` or `refresh_token`.
    #[serde(default)]
    pub token_type: Option<String>,
}

impl Introspection {
    /// When it ends.
    pub fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.exp?).ok()
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection")
            .field("active", &self.active)
            .field("exp", &self.exp)
            .finish_non_exhaustive()
    }
}

/// The user a token logged in.
///
/// See \[Salesforce/The `UserInfo` Endpoint\].
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct UserInfo {
    /// The user.
    pub user_id: RecordId,
    /// The org.
    pub organization_id: RecordId,
    /// The name to log in with.
    #[serde(default)]
    pub preferred_username: Option<String>,
    /// The rest of the answer.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfo")
            .field("user_id", &self.user_id)
            .field("organization_id", &self.organization_id)
            .finish_non_exhaustive()
    }
}
