//! Who gives the token: one login (`TokenSource`), and whoever keeps it current (`TokenProvider`).

mod authorization_code;
mod cache;
mod client_credentials;
mod endpoint;
mod fixed;
mod introspected;
mod jwt;
mod jwt_bearer;
mod oauth_app;
mod password;
mod refresh_token;
mod rsa_key;
mod token;

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};

pub use self::authorization_code::{Authorization, AuthorizationCode, Authorized};
pub use self::cache::{TokenCache, TokenCacheBuilder};
pub use self::client_credentials::ClientCredentials;
pub use self::fixed::FixedToken;
pub use self::introspected::Introspected;
pub use self::jwt_bearer::JwtBearer;
pub use self::oauth_app::{Introspection, OAuthApp, UserInfo};
pub use self::password::UsernamePassword;
pub use self::refresh_token::{RefreshToken, RefreshTokenStore};
pub use self::token::AccessToken;

/// Refuses an id that no app has, before a login does.
fn check_client_id(id: &str) -> Result<()> {
    if id.trim().is_empty() {
        return Err(Error::new(
            ErrorKind::Configuration,
            "the client id is empty: give the consumer key of the app",
        ));
    }
    Ok(())
}

/// One login. It keeps nothing and repeats nothing; [`TokenCache`] does both.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// Logs in once.
    ///
    /// # Errors
    /// Whatever kept the login from giving a token; [`Error::new`](crate::Error::new) makes one.
    async fn fetch(&self) -> Result<AccessToken>;
}

#[async_trait]
impl<S: TokenSource + ?Sized> TokenSource for Box<S> {
    async fn fetch(&self) -> Result<AccessToken> {
        (**self).fetch().await
    }
}

/// Gives the client the token for its next request.
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// A token that is believed to be valid.
    ///
    /// # Errors
    /// When there is none and none can be had.
    async fn token(&self) -> Result<Arc<AccessToken>>;

    /// The org refused this token; forget it, unless another one took its place already.
    fn invalidate(&self, rejected: &AccessToken);

    /// The token, if it is at hand without waiting.
    fn try_fresh(&self) -> Option<Arc<AccessToken>> {
        None
    }
}

#[async_trait]
impl<P: TokenProvider + ?Sized> TokenProvider for Arc<P> {
    async fn token(&self) -> Result<Arc<AccessToken>> {
        (**self).token().await
    }

    fn invalidate(&self, rejected: &AccessToken) {
        (**self).invalidate(rejected);
    }

    fn try_fresh(&self) -> Option<Arc<AccessToken>> {
        (**self).try_fresh()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::login_host::LoginHost;

    #[test]
    fn an_empty_id_or_secret_is_refused_where_it_is_given() {
        let host = || LoginHost::parse("https://acme.my.salesforce.com").unwrap();
        let secret = |text: &str| SecretString::from(text);
        let said = |error: Option<Error>| error.unwrap().to_string();
        let id = ClientCredentials::new(host(), " ", secret("secret")).err();
        assert!(said(id).contains("give the consumer key"));
        let no_secret = ClientCredentials::new(host(), "id", secret(" ")).err();
        assert!(said(no_secret).contains("give the consumer secret"));
        assert!(said(OAuthApp::new(host(), "").err()).contains("give the consumer key"));
        let client = crate::Client::builder(host()).client_credentials("", secret("secret")).build();
        assert_eq!(client.err().map(|error| error.kind()), Some(ErrorKind::Configuration));
    }
}
