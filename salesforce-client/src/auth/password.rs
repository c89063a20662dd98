//! `POST /services/oauth2/token`, grant type `password`.

use std::fmt;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::{AccessToken, OAuthApp, TokenSource};
use crate::error::Result;

/// Logs in with a user's name and password: a legacy flow.
///
/// Orgs made since Summer '23 block it unless an administrator allows it, and it is refused for
/// users who need a second factor. Use it only where nothing else is possible; prefer
/// [`ClientCredentials`](super::ClientCredentials) or [`JwtBearer`](super::JwtBearer).
///
/// See \[Salesforce/OAuth 2.0 Username-Password Flow for Special Scenarios\].
pub struct UsernamePassword {
    app: OAuthApp,
    username: String,
    password: SecretString,
}

impl UsernamePassword {
    /// Logs in this user. Outside the org's trusted networks the password is followed by the user's
    /// security token.
    pub fn new(app: OAuthApp, username: impl Into<String>, password: SecretString) -> Self {
        Self { app, username: username.into(), password }
    }
}

#[async_trait]
impl TokenSource for UsernamePassword {
    async fn fetch(&self) -> Result<AccessToken> {
        let fields = [
            ("grant_type", "password"),
            ("client_id", self.app.client_id.as_str()),
            ("client_secret", self.app.secret()),
            ("username", self.username.as_str()),
            ("password", self.password.expose_secret()),
        ];
        Ok(self.app.endpoint.token(&fields).await?.access_token)
    }
}

impl fmt::Debug for UsernamePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsernamePassword")
            .field("host", self.app.endpoint.hosts.login())
            .finish_non_exhaustive()
    }
}
