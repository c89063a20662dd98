//! `POST /services/oauth2/token`, grant type `refresh_token`, with rotation.
//!
//! An app with rotation gets a new refresh token with every answer, and an old one that comes again
//! ends all of them. So a token that may have been used is not sent again: neither when the answer
//! was lost, nor when the new token could not be kept.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::{AccessToken, OAuthApp, TokenSource};
use crate::error::{Error, ErrorKind, Result, Retry};

/// Keeps a rotated refresh token where a restarted process finds it.
#[async_trait]
pub trait RefreshTokenStore: Send + Sync {
    /// Keeps `token` in place of the one before; it is durable on return. Only then it is used.
    ///
    /// # Errors
    /// Whatever kept it from being stored; it is tried again at the next login.
    async fn store(
        &self,
        token: &SecretString,
    ) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// Logs in with a refresh token, which a user's consent gave.
///
/// See \[Salesforce/OAuth 2.0 Refresh Token Flow\] and \[Salesforce/Refresh Token Rotation\].
pub struct RefreshToken {
    shared: Arc<Shared>,
}

struct Shared {
    app: OAuthApp,
    store: Arc<dyn RefreshTokenStore>,
    rotates: bool,
    state: Mutex<State>,
}

struct State {
    token: SecretString,
    standing: Standing,
}

enum Standing {
    /// The token has not been used, or a use was refused without being acted on.
    Ready,
    /// The token was sent and nothing is known of it.
    Sent,
    /// The token is new and not stored yet; what came with it waits.
    Unstored(Box<AccessToken>),
    /// The org does not take it any more, and said so in words that mean it.
    Ended(Error),
}

impl RefreshToken {
    /// Logs in with `token`; `store` keeps its successors.
    pub fn new(app: OAuthApp, token: SecretString, store: Arc<dyn RefreshTokenStore>) -> Self {
        let state = Mutex::new(State { token, standing: Standing::Ready });
        Self { shared: Arc::new(Shared { app, store, rotates: true, state }) }
    }

    /// For an app whose tokens do not rotate: after a login whose answer was lost the token is sent
    /// again. With rotation it is not, because an old token that comes again ends all others.
    #[must_use]
    pub fn without_rotation(self) -> Self {
        let token = match Arc::try_unwrap(self.shared) {
            Ok(shared) => Shared { rotates: false, ..shared },
            Err(shared) => return Self { shared },
        };
        Self { shared: Arc::new(token) }
    }
}

impl Shared {
    async fn refresh(&self) -> Result<AccessToken> {
        let mut state = self.state.lock().await;
        match std::mem::replace(&mut state.standing, Standing::Sent) {
            Standing::Ready => {}
            Standing::Sent if !self.rotates => {}
            Standing::Unstored(waiting) => return self.keep(&mut state, waiting).await,
            Standing::Sent => return Err(lost()),
            Standing::Ended(error) => {
                state.standing = Standing::Ended(error.clone());
                return Err(error);
            }
        }
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", self.app.client_id.as_str()),
            ("client_secret", self.app.secret()),
            ("refresh_token", state.token.expose_secret()),
        ];
        let outcome = self.app.endpoint.grant(&fields).await;
        match outcome {
            Ok(grant) => {
                let successor = grant.refresh_token.filter(|new| !is_same(new, &state.token));
                let Some(successor) = successor else {
                    state.standing = Standing::Ready;
                    return Ok(grant.access_token);
                };
                state.token = successor;
                self.keep(&mut state, Box::new(grant.access_token)).await
            }
            Err(refused) if refused.error.kind() == ErrorKind::Reauthorization => {
                state.standing = Standing::Ended(refused.error.clone());
                Err(refused.error)
            }
            Err(refused) if refused.unclear && self.rotates => Err(lost().with_source(refused.error)),
            Err(refused) => {
                state.standing = Standing::Ready;
                Err(refused.error)
            }
        }
    }

    /// Stores the token in `state`; what came with it is given out only then.
    async fn keep(&self, state: &mut State, waiting: Box<AccessToken>) -> Result<AccessToken> {
        if self.store.store(&state.token).await.is_err() {
            state.standing = Standing::Unstored(waiting);
            // The store's own words could hold the token, so they are not repeated.
            return Err(Error::new(
                ErrorKind::Authentication,
                "the new refresh token could not be stored, so it is not used yet: mend the store",
            )
            .with_retry(Retry::Safe));
        }
        state.standing = Standing::Ready;
        Ok(*waiting)
    }
}

fn lost() -> Error {
    Error::new(
        ErrorKind::Reauthorization,
        "the answer to a refresh was lost, and with it perhaps the next refresh token: let the user allow \
         the app again, or use `without_rotation` if the app's tokens do not rotate",
    )
}

fn is_same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

#[async_trait]
impl TokenSource for RefreshToken {
    async fn fetch(&self) -> Result<AccessToken> {
        // A caller that goes away must not take the answer, and the next refresh token, with it.
        let shared = Arc::clone(&self.shared);
        let refresh = tokio::spawn(async move { shared.refresh().await });
        refresh.await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Transport, "the refresh was ended with its runtime")
                .with_retry(Retry::Safe))
        })
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken")
            .field("host", self.shared.app.endpoint.hosts.login())
            .field("rotates", &self.shared.rotates)
            .finish_non_exhaustive()
    }
}
