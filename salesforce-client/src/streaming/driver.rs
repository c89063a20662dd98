//! Carries a conversation out: waits, sends, reads, and hands events on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep;

use super::answer::{self, Message};
use super::cookies::Cookies;
use super::session::{Failure, Outgoing, Session, Step};
use super::{Event, EventKind};
use crate::auth::AccessToken;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::request::{Idempotence, Request, json};
use crate::response::Response;

/// One conversation and its ends.
pub(super) struct Driver {
    pub(super) client: Client,
    pub(super) session: Session,
    /// Takes events, and the error that ends them.
    pub(super) events: mpsc::Sender<Result<Event>>,
    /// Told once, when every channel is listened to or none will be.
    pub(super) ready: Option<oneshot::Sender<Result<()>>>,
    /// Why it takes so long to begin, where that is known.
    pub(super) delay: watch::Sender<Option<Error>>,
    /// Turns true when the consumer takes leave.
    pub(super) stop: watch::Receiver<bool>,
    pub(super) cookies: Cookies,
    /// The token of the latest request.
    pub(super) token: Option<Arc<AccessToken>>,
}

impl Driver {
    pub(super) async fn run(mut self) {
        loop {
            let leaving = *self.stop.borrow();
            if leaving {
                self.session.close();
            }
            let outgoing = match self.session.next(self.client.chance()) {
                Step::Send(outgoing) => outgoing,
                Step::Over(None) => return,
                Step::Over(Some(error)) => return self.tell(error).await,
            };
            let answer = if leaving {
                Some(self.exchange(outgoing).await)
            } else {
                self.unless_stopped(outgoing).await
            };
            let Some(answer) = answer else { continue };
            let events = match answer {
                Ok(messages) => self.session.received(messages),
                Err(failure) => {
                    note(&failure);
                    self.session.failed(failure);
                    Vec::new()
                }
            };
            if self.ready.is_some() {
                self.delay.send_replace(self.session.crowded().cloned());
            }
            for event in events {
                if !self.hand_on(event).await {
                    break;
                }
            }
            if self.session.is_listening()
                && let Some(ready) = self.ready.take()
            {
                let _ = ready.send(Ok(()));
            }
        }
    }

    /// The answer; nothing if the consumer takes leave meanwhile, who is not kept waiting for it.
    async fn unless_stopped(&mut self, outgoing: Outgoing) -> Option<Result<Vec<Message>, Failure>> {
        let mut stop = self.stop.clone();
        tokio::select! {
            answer = self.exchange(outgoing) => Some(answer),
            // An error means that the consumer is gone without a word.
            _ = stop.wait_for(|stop| *stop) => None,
        }
    }

    async fn exchange(&mut self, outgoing: Outgoing) -> Result<Vec<Message>, Failure> {
        let Outgoing { wait, new_token, message, timeout } = outgoing;
        if !wait.is_zero() {
            sleep(wait).await;
        }
        if new_token && let Some(token) = self.token.take() {
            self.client.reject(&token);
            self.cookies.clear();
        }
        let token = self.client.token_within(LOGIN).await.map_err(|error| {
            // A stream that has begun outlives what an operator mends or what passes: login hours, an inactive
            // user, a page of maintenance.
            let mendable = self.ready.is_none() && error.kind() != ErrorKind::Reauthorization;
            let fatal = error.retry() == Retry::Never && !mendable;
            if fatal { Failure::Fatal(error) } else { Failure::Unsent(error) }
        })?;
        if self.token.as_ref().is_some_and(|before| before.origin() != token.origin()) {
            self.cookies.clear();
        }
        self.token = Some(Arc::clone(&token));
        let request = self.request(&message).map_err(Failure::Fatal)?;
        let answer = self.client.exchange_once(&request, &token, timeout).await;
        let answer = answer.map_err(|error| match error.retry() {
            Retry::Safe => Failure::Unsent(error),
            Retry::IfIdempotent => Failure::Lost(error),
            Retry::Never => Failure::Fatal(error),
        })?;
        self.cookies.keep(answer.headers());
        read(answer, &token).map_err(|failure| failure.named(&request))
    }

    fn request(&self, message: &Value) -> Result<Request> {
        let path = format!("/cometd/{}", self.client.api_version());
        let request = Request::at(Method::POST, path, "cometd/{version}")
            .idempotence(Idempotence::Idempotent)
            .body(json(&[message])?)
            .header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(match self.cookies.header() {
            Some(cookies) => request.header(header::COOKIE, cookies),
            None => request,
        })
    }

    /// Gives an event to the consumer, once there is room; not if the consumer has left.
    async fn hand_on(&mut self, event: Event) -> bool {
        metrics::counter!("salesforce_client_events_total", "kind" => word(&event.kind)).increment(1);
        let mut stop = self.stop.clone();
        tokio::select! {
            taken = self.events.send(Ok(event)) => taken.is_ok(),
            _ = stop.wait_for(|stop| *stop) => false,
        }
    }

    async fn tell(mut self, error: Error) {
        tracing::warn!(kind = ?error.kind(), "the stream of events ended: {error}");
        if let Some(ready) = self.ready.take() {
            let _ = ready.send(Err(error));
            return;
        }
        let _ = self.events.send(Err(error)).await;
    }
}

/// The messages of an answer, or why there are none to act on.
fn read(answer: http::Response<Bytes>, token: &AccessToken) -> Result<Vec<Message>, Failure> {
    let status = answer.status();
    let messages = answer::read(answer.body());
    // Some servers put their refusals under a status of their own; the messages say more.
    if let Ok(messages) = messages
        && (status.is_success() || !messages.is_empty())
    {
        return Ok(messages);
    }
    if status.is_success() {
        return Err(Failure::Lost(answer::read(answer.body()).err().unwrap_or_else(empty)));
    }
    let error = Response::read(answer, token.origin()).err().unwrap_or_else(empty);
    Err(match error.retry() {
        _ if status == StatusCode::UNAUTHORIZED => Failure::Unauthorized(error),
        Retry::Never => Failure::Refused(error),
        _ => Failure::Lost(error),
    })
}

fn empty() -> Error {
    Error::new(ErrorKind::Decode, "the answer is empty")
}

impl Failure {
    fn named(self, request: &Request) -> Self {
        match self {
            Self::Unsent(error) => Self::Unsent(error.with_request(&request.template)),
            Self::Lost(error) => Self::Lost(error.with_request(&request.template)),
            Self::Unauthorized(error) => Self::Unauthorized(error.with_request(&request.template)),
            Self::Refused(error) => Self::Refused(error.with_request(&request.template)),
            Self::Fatal(error) => Self::Fatal(error.with_request(&request.template)),
        }
    }

    fn error(&self) -> &Error {
        let (Self::Unsent(error)
        | Self::Lost(error)
        | Self::Unauthorized(error)
        | Self::Refused(error)
        | Self::Fatal(error)) = self;
        error
    }
}

fn note(failure: &Failure) {
    let error = failure.error();
    tracing::debug!(kind = ?error.kind(), status = error.status().map(|s| s.as_u16()), "an exchange of the stream failed");
    metrics::counter!("salesforce_client_stream_failures_total").increment(1);
}

fn word(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Created => "created",
        EventKind::Updated => "updated",
        EventKind::Deleted => "deleted",
        EventKind::Undeleted => "undeleted",
        EventKind::Published => "published",
        EventKind::Gap => "gap",
        EventKind::Missed => "missed",
        EventKind::Unknown(_) => "unknown",
    }
}

/// How long a login may take.
const LOGIN: Duration = Duration::from_secs(30);
