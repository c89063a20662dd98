//! `TokenCache`: reads that never wait, one login at a time, and no login anybody has to wait for
//! while a token is valid.
//!
//! A token is in one of three ages. *Fresh*: reading it is one atomic load and a flag. *Ripe* (past
//! its soft expiry): the first reader starts a login, and everybody goes on with the old token.
//! *Over*: readers wait for the login that runs, together. A login runs in a task of its own, so a
//! reader that goes away neither stops nor repeats it.

mod builder;
mod entry;
#[cfg(shuttle)]
#[cfg(test)]
mod model_test;
mod refresh;
mod surroundings;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use self::refresh::{Shared, TokenOrRefresh};
use super::{AccessToken, TokenProvider, TokenSource};
use crate::error::Result;

pub use self::builder::TokenCacheBuilder;

/// Keeps the token of one [`TokenSource`] current. Clones share everything.
pub struct TokenCache<S> {
    shared: Arc<Shared<S>>,
}

impl<S: TokenSource + 'static> TokenCache<S> {
    /// A cache with the default settings. It does nothing until it is asked for a token.
    pub fn new(source: S) -> Self {
        Self::builder(source).build()
    }

    /// A cache with settings.
    pub fn builder(source: S) -> TokenCacheBuilder<S> {
        TokenCacheBuilder::new(source)
    }

    /// The token, if it is fresh: no lock, no clock, no allocation.
    #[inline]
    pub fn try_fresh(&self) -> Option<Arc<AccessToken>> {
        let current = self.shared.current.load();
        let entry = current.as_ref()?;
        entry.is_fresh().then(|| Arc::clone(&entry.token))
    }

    /// Looks at the token, if it is fresh, without taking a share of it: the cheapest read.
    ///
    /// Keep `look` short. A refresh does not wait for it, but the old token lives until it returns.
    #[inline]
    pub fn with_fresh<R>(&self, look: impl FnOnce(&AccessToken) -> R) -> Option<R> {
        let current = self.shared.current.load();
        let entry = current.as_ref()?;
        entry.is_fresh().then(|| look(&entry.token))
    }

    /// The token; waits for a login only when there is no valid one.
    ///
    /// # Errors
    /// When there is no valid token and the login failed. Until its back-off is over, the same
    /// error is given at once, with [`retry_after`](crate::Error::retry_after) telling the rest of it.
    pub async fn token(&self) -> Result<Arc<AccessToken>> {
        if let Some(token) = self.try_fresh() {
            return Ok(token);
        }
        match self.shared.token_or_refresh(surroundings::now())? {
            TokenOrRefresh::Valid(token) => Ok(token),
            TokenOrRefresh::Wait(refresh) => refresh.outcome().await,
        }
    }

    /// Forgets this token; a token that took its place already stays.
    pub fn invalidate(&self, rejected: &AccessToken) {
        self.shared.invalidate(rejected);
    }
}

#[async_trait]
impl<S: TokenSource + 'static> TokenProvider for TokenCache<S> {
    async fn token(&self) -> Result<Arc<AccessToken>> {
        Self::token(self).await
    }

    fn invalidate(&self, rejected: &AccessToken) {
        Self::invalidate(self, rejected);
    }

    fn try_fresh(&self) -> Option<Arc<AccessToken>> {
        Self::try_fresh(self)
    }
}

impl<S> Clone for TokenCache<S> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<S> fmt::Debug for TokenCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("token", &self.shared.current.load().is_some())
            .finish_non_exhaustive()
    }
}
