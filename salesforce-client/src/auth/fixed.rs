//! A token that somebody else obtained and keeps current.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use super::{AccessToken, TokenProvider};
use crate::error::{Error, ErrorKind, Result};

/// Gives one token until the org refuses it; there is no login to get another.
pub struct FixedToken {
    token: Arc<AccessToken>,
    rejected: AtomicBool,
}

impl FixedToken {
    /// Uses this token for every request.
    pub fn new(token: AccessToken) -> Self {
        Self { token: Arc::new(token), rejected: AtomicBool::new(false) }
    }
}

#[async_trait]
impl TokenProvider for FixedToken {
    async fn token(&self) -> Result<Arc<AccessToken>> {
        self.try_fresh().ok_or_else(|| {
            Error::new(
                ErrorKind::Authentication,
                "the fixed token was refused by the org: build the client anew",
            )
        })
    }

    fn invalidate(&self, rejected: &AccessToken) {
        if rejected.is_same_login(&self.token) {
            self.rejected.store(true, Ordering::Release);
        }
    }

    fn try_fresh(&self) -> Option<Arc<AccessToken>> {
        (!self.rejected.load(Ordering::Acquire)).then(|| Arc::clone(&self.token))
    }
}

impl fmt::Debug for FixedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedToken").field("token", &self.token).finish_non_exhaustive()
    }
}
