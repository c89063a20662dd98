//! One attempt: token, permit, exchange, answer. It decides nothing.

use std::sync::Arc;

use bytes::Bytes;
use http::header;
use tokio::time::{Instant, timeout_at};

use super::Client;
use crate::auth::AccessToken;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::request::Request;
use crate::response::{Response, usage};

/// A failed attempt, with the token it was made with.
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) token: Option<Arc<AccessToken>>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, token: None }
    }
}

impl Client {
    pub(super) async fn attempt(&self, request: &Request, deadline: Instant) -> Result<Response, Failed> {
        let token = self.token(deadline).await?;
        let permit = timeout_at(deadline, self.inner.permits.acquire());
        let _permit = permit.await.map_err(|_| unsent("the deadline was over while other requests ran"))?;
        // A permit can come in the very moment in which the time is over.
        if Instant::now() >= deadline {
            return Err(unsent("the deadline was over before the request was sent").into());
        }
        let exchange = self.inner.transport.attempt(self.address(request, &token)?);
        let answer = match timeout_at(deadline, exchange).await {
            Ok(answer) => answer.map_err(Error::from)?,
            Err(_) => {
                return Err(
                    Error::new(ErrorKind::Deadline, "the deadline was over before the answer came").into()
                );
            }
        };
        if let Some(usage) = usage(answer.headers()) {
            self.inner.usage.note(usage);
        }
        Response::read(answer, token.origin()).map_err(|error| Failed { error, token: Some(token) })
    }

    pub(super) async fn token(&self, deadline: Instant) -> Result<Arc<AccessToken>> {
        if let Some(token) = self.inner.provider.try_fresh() {
            return Ok(token);
        }
        let token = timeout_at(deadline, self.inner.provider.token())
            .await
            .unwrap_or_else(|_| Err(unsent("the deadline was over before there was a token")));
        // However a login failed, the request itself was not sent.
        token.map_err(|error| match error.retry() {
            Retry::IfIdempotent => error.with_retry(Retry::Safe),
            _ => error,
        })
    }

    /// The request as it goes to the instance that the token names.
    fn address(&self, request: &Request, token: &AccessToken) -> Result<http::Request<Bytes>> {
        self.inner.hosts.check(token.instance_url())?;
        let uri = format!("{}{}", token.origin(), request.path_and_query(self.inner.version));
        let mut builder = http::Request::builder()
            .method(request.method.clone())
            .uri(uri)
            .header(header::AUTHORIZATION, token.authorization())
            .header(header::ACCEPT, "application/json");
        if request.body.is_some() {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        builder.body(request.body.clone().unwrap_or_default()).map_err(|_| {
            Error::invalid("the request's address is longer than HTTP allows: send fewer values")
        })
    }
}

/// The time was over before anything was sent.
fn unsent(hint: &'static str) -> Error {
    Error::new(ErrorKind::Deadline, hint).with_retry(Retry::Safe)
}
