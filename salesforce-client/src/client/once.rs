//! Single exchanges for whoever keeps a conversation of its own: no repeats, no turn to wait for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::Client;
use crate::auth::AccessToken;
use crate::error::{Error, ErrorKind, Result};
use crate::request::Request;

impl Client {
    /// The deadline given, or that of a call without one.
    pub(crate) fn deadline_of(&self, deadline: Option<std::time::Instant>) -> Instant {
        deadline.map_or_else(|| self.default_deadline(Instant::now()), Instant::from_std)
    }

    /// A token, within this time.
    pub(crate) async fn token_within(&self, time: Duration) -> Result<Arc<AccessToken>> {
        self.token(Instant::now() + time).await
    }

    /// The org refused this token.
    pub(crate) fn reject(&self, token: &AccessToken) {
        self.inner.provider.invalidate(token);
    }

    /// Sends the request once and gives the answer, whatever its status. A request that the org keeps
    /// waiting for minutes takes no turn away from the others.
    pub(crate) async fn exchange_once(
        &self,
        request: &Request,
        token: &AccessToken,
        time: Duration,
    ) -> Result<http::Response<Bytes>> {
        let body = request.body.clone().unwrap_or_default();
        let exchange = self.inner.transport.attempt(self.address(request, token, body)?);
        match timeout_at(Instant::now() + time, exchange).await {
            Ok(answer) => answer.map_err(Error::from),
            Err(_) => Err(Error::new(ErrorKind::Deadline, "the org stayed silent for longer than it said")),
        }
    }
}
