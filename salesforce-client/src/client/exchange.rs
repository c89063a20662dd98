//! One attempt: token, permit, exchange, answer. It decides nothing.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, Uri, header};
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

use super::Client;
use crate::auth::AccessToken;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::gate::Passage;
use crate::request::{Idempotence, Request};
use crate::response::{Response, Run, usage};
use crate::transport::{Reached, TransportError};

/// One way of making an attempt.
pub(super) trait Exchange: Sync {
    type Answer: Send;

    fn attempt(
        &self,
        client: &Client,
        request: &Request,
        deadline: Instant,
    ) -> impl Future<Output = Result<Self::Answer, Failed>> + Send;

    fn status(answer: &Self::Answer) -> StatusCode;

    /// Notes in the answer what it answers, what it took, and whether an earlier attempt may have been applied.
    fn of(request: &Request, answer: Self::Answer, run: Run, repeated: bool) -> Self::Answer;
}

/// Bodies as a whole.
pub(super) struct Whole;

impl Exchange for Whole {
    type Answer = Response;

    async fn attempt(
        &self,
        client: &Client,
        request: &Request,
        deadline: Instant,
    ) -> Result<Response, Failed> {
        client.attempt(request, deadline).await
    }

    fn status(answer: &Response) -> StatusCode {
        answer.status
    }

    fn of(request: &Request, answer: Response, run: Run, repeated: bool) -> Response {
        Response { repeated, run, template: request.template.clone(), ..answer }
    }
}

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
    async fn attempt(&self, request: &Request, deadline: Instant) -> Result<Response, Failed> {
        let token = self.token(deadline).await?;
        let _permit = self.permit(deadline).await?;
        let mut passage = Passage::through(self.gate.as_ref())?;
        let body = request.body.clone().unwrap_or_default();
        let exchange = self.inner.transport.attempt(self.address(request, &token, body)?);
        let attempt_deadline = self.attempt_deadline(request, deadline);
        let Ok(answer) = timeout_at(attempt_deadline, exchange).await else {
            let hint = if attempt_deadline < deadline {
                "no answer came in the time an attempt may take"
            } else {
                "the deadline was over before the answer came"
            };
            return Err(Error::new(ErrorKind::Deadline, hint).into());
        };
        let answer = answer.map_err(lost)?;
        let usage = usage(answer.headers());
        passage.told(usage);
        if let Some(usage) = usage {
            self.inner.usage.note(usage);
        }
        Response::answering(request, answer, token.origin()).map_err(|error| {
            passage.failed(&error);
            Failed { error, token: Some(token) }
        })
    }

    /// Until when this attempt waits for its answer. One that must not be repeated has all the time there is.
    fn attempt_deadline(&self, request: &Request, deadline: Instant) -> Instant {
        match self.inner.retry.attempt_timeout {
            Some(timeout) if request.idempotence != Idempotence::Creates => {
                Instant::now().checked_add(timeout).map_or(deadline, |at| at.min(deadline))
            }
            _ => deadline,
        }
    }

    /// Waits for its turn among the requests that run at once.
    pub(super) async fn permit(&self, deadline: Instant) -> Result<SemaphorePermit<'_>> {
        let permit = timeout_at(deadline, self.inner.permits.acquire());
        let permit = permit.await.map_err(|_| unsent("the deadline was over while other requests ran"))?;
        // A permit can come in the very moment in which the time is over.
        if Instant::now() >= deadline {
            return Err(unsent("the deadline was over before the request was sent"));
        }
        permit.map_err(|_| unsent("the client is being shut down"))
    }

    pub(super) async fn token(&self, deadline: Instant) -> Result<Arc<AccessToken>> {
        if let Some(token) = self.inner.provider.try_fresh() {
            return Ok(token);
        }
        let token = timeout_at(deadline, self.inner.provider.token())
            .await
            .unwrap_or_else(|_| Err(unsent("the deadline was over before there was a token")));
        // However a login failed, the request itself was not sent.
        token.map_err(Error::of_the_unsent)
    }

    /// The request as it goes to the instance that the token names.
    pub(super) fn address<B>(
        &self,
        request: &Request,
        token: &AccessToken,
        body: B,
    ) -> Result<http::Request<B>> {
        self.inner.hosts.check(token.instance_url())?;
        let address = request.address(token.origin(), self.inner.version);
        let address = Uri::try_from(address).map_err(|_| {
            Error::invalid("the request's address is longer than HTTP allows: send fewer values")
        })?;
        let mut addressed = http::Request::new(body);
        *addressed.method_mut() = request.method.clone();
        *addressed.uri_mut() = address;
        let headers = addressed.headers_mut();
        // Room for what the transport adds, too.
        headers.reserve(request.headers.len() + 6);
        for (name, value) in &request.headers {
            headers.append(name, value.clone());
        }
        headers.insert(header::AUTHORIZATION, token.authorization().clone());
        headers.entry(header::ACCEPT).or_insert(JSON);
        if request.body.is_some() {
            headers.entry(header::CONTENT_TYPE).or_insert(JSON);
        }
        Ok(addressed)
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The answer did not come whole, or the request did not get away.
pub(super) fn lost(failed: TransportError) -> Error {
    let maybe = failed.reached() == Reached::Maybe;
    Error::from(failed).after_attempts(maybe)
}

/// The time was over before anything was sent.
fn unsent(hint: &'static str) -> Error {
    Error::new(ErrorKind::Deadline, hint).with_retry(Retry::Safe)
}
