//! The settings of a `TokenCache`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::TokenCache;
use super::refresh::Shared;
use crate::auth::TokenSource;

/// How a [`TokenCache`] decides.
pub(super) struct Settings {
    /// How long a token lives when neither the login nor the token tells.
    pub(super) lifetime: Duration,
    /// How long one login may take.
    pub(super) login_timeout: Duration,
    /// A number in 0..1.
    pub(super) chance: Box<dyn Fn() -> f64 + Send + Sync>,
    /// The wall clock, for the `exp` of a JWT only.
    pub(super) wall_clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

/// Sets up a [`TokenCache`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct TokenCacheBuilder<S> {
    source: S,
    settings: Settings,
}

impl<S: TokenSource + 'static> TokenCacheBuilder<S> {
    pub(super) fn new(source: S) -> Self {
        let settings = Settings {
            // Below the shortest session timeout that is common, two hours being the default.
            lifetime: Duration::from_secs(55 * 60),
            login_timeout: Duration::from_secs(10),
            chance: Box::new(fastrand::f64),
            wall_clock: Box::new(Timestamp::now),
        };
        Self { source, settings }
    }

    /// How long a token is taken to live when neither the login nor the token tells; 55 minutes
    /// unless set. Choose it below the session timeout of the org.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.lifetime = lifetime;
        self
    }

    /// How long one login may take; 10 seconds unless set.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.settings.login_timeout = timeout;
        self
    }

    /// Where chance comes from: a function that gives numbers in 0..1.
    pub fn chance(mut self, chance: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.settings.chance = Box::new(chance);
        self
    }

    /// The wall clock by which the `exp` of a JWT is read.
    pub fn wall_clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.settings.wall_clock = Box::new(clock);
        self
    }

    /// The cache. Nothing is spawned and nobody is called.
    pub fn build(self) -> TokenCache<S> {
        TokenCache { shared: Arc::new(Shared::new(self.source, self.settings)) }
    }
}

impl<S> fmt::Debug for TokenCacheBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder").field("lifetime", &self.settings.lifetime).finish_non_exhaustive()
    }
}
