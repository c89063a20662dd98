//! A login whose lifetime is asked for, because Salesforce does not tell it.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{AccessToken, OAuthApp, TokenSource};
use crate::error::Result;

/// A login that is followed by an introspection, so that its token's end is known.
#[derive(Debug)]
pub struct Introspected<S> {
    source: S,
    app: OAuthApp,
}

impl<S: TokenSource> Introspected<S> {
    /// Asks `app`'s login service when the tokens of `source` end.
    pub fn new(source: S, app: OAuthApp) -> Self {
        Self { source, app }
    }
}

#[async_trait]
impl<S: TokenSource> TokenSource for Introspected<S> {
    async fn fetch(&self) -> Result<AccessToken> {
        let token = self.source.fetch().await?;
        // The token is good whether or not its end can be learnt; without it the cache's own
        // assumption holds.
        let Ok(told) = self.app.introspect(token.secret()).await else { return Ok(token) };
        let Some(end) = told.expires_at().filter(|_| told.active) else { return Ok(token) };
        let start = told.iat.and_then(|at| Timestamp::from_second(at).ok());
        // A token is as old as the login took, so its own start does as well as a clock that may be wrong.
        let left = end.duration_since(start.unwrap_or_else(Timestamp::now));
        match Duration::try_from(left) {
            Ok(left) if !left.is_zero() => Ok(token.valid_for(left)),
            _ => Ok(token),
        }
    }
}
