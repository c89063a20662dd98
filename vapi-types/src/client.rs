//! The part of Vapi's REST API that a bridge needs, and the one loop that every request goes through.
//!
//! ```no_run
//! use vapi_types::client::{Client, CreateCall, Say};
//! use vapi_types::customer::Customer;
//!
//! # async fn run() -> vapi_types::client::Result<()> {
//! let client = Client::builder(std::env::var("VAPI_API_KEY").unwrap_or_default()).build()?;
//! let call = CreateCall::default().assistant_id("assistant").phone_number_id("number");
//!
//! let call = client.calls().create(&call, Customer::at("+14155550199")).await?;
//! client.control(&call)?.say(&Say::now("Please hold the line.")).await?;
//!
//! let mut assistants = client.assistants().list();
//! while let Some(page) = assistants.next_page().await? {
//!     println!("{} assistants", page.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What may be repeated is repeated: everything after 429 or when it never left this machine, reads, updates and
//! deletions after 408, 5xx and a broken connection too. A creation whose outcome is unknown is not repeated, since a
//! person would be called twice; it fails with [`ErrorKind::Ambiguous`].

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::HeaderValue;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time;

pub mod assistants;
pub mod calls;
pub mod control;
pub mod list;
pub mod phone_numbers;
pub mod request;
pub mod response;
pub mod retry;
pub mod stored;
pub mod tools;
pub mod transport;

mod builder;
mod error;
mod host;
mod window;

pub use builder::ClientBuilder;
pub use calls::CreateCall;
pub use control::{Control, Say};
pub use error::{Error, ErrorKind, Refusal, Result};
pub use host::Host;
pub use list::List;
pub use request::Request;
pub use response::Response;
pub use retry::{Retry, RetryPolicy};
pub use stored::Stored;

use request::Operation;
use retry::{Loss, Verdict, judge_answer, judge_loss, retry_after};
use transport::Transport;

/// A client of one Vapi organization; clones are cheap and share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
}

struct Shared {
    key: HeaderValue,
    host: Host,
    transport: Box<dyn Transport>,
    policy: RetryPolicy,
    attempt_timeout: Duration,
    total_timeout: Duration,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl Client {
    /// Starts a client with a private API key.
    pub fn builder(api_key: impl Into<SecretString>) -> ClientBuilder {
        ClientBuilder::new(api_key.into())
    }

    /// The same client, whose every request gives up at this instant, pauses and repeats included. Without it
    /// a request has the total timeout of the builder.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        Self { shared: Arc::clone(&self.shared), deadline: Some(deadline) }
    }

    /// Sends any request of Vapi's API, with the same repeats and errors as every other.
    ///
    /// # Errors
    /// [`Error`] of any kind but [`ErrorKind::Decode`].
    pub async fn execute(&self, request: Request) -> Result<Response> {
        let started = time::Instant::now();
        let total = self.shared.total_timeout;
        let deadline = self.deadline.map_or_else(|| started + total, time::Instant::from_std);
        let wire = request.to_http(&self.shared.host, &self.shared.key)?;
        self.shared.send(&request, wire, deadline).await
    }

    /// Deletes something, unless an attempt whose answer was lost has done so.
    pub(crate) async fn delete(&self, request: Request) -> Result<()> {
        match self.execute(request).await {
            Err(error) if error.kind() != ErrorKind::NotFound || error.attempts() == 1 => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) fn host(&self) -> &Host {
        &self.shared.host
    }
}

/// A failed attempt, and whether it may be followed by another.
struct Failure {
    error: Error,
    again: bool,
}

impl Failure {
    fn judged(verdict: Verdict, operation: Operation) -> Self {
        Self { error: Error::judged(verdict, operation), again: verdict.again }
    }
}

impl Shared {
    /// Attempts until one succeeds, none may follow, or time is up.
    async fn send(
        &self,
        request: &Request,
        wire: http::Request<Bytes>,
        deadline: time::Instant,
    ) -> Result<Response> {
        let started = time::Instant::now();
        let mut attempts = 0;
        loop {
            let left = deadline.saturating_duration_since(time::Instant::now());
            if left.is_zero() {
                return Err(
                    Error::new(ErrorKind::Timeout, request.operation()).after(attempts, started.elapsed())
                );
            }
            attempts += 1;
            let failure = match self.attempt(request, wire.clone(), left).await {
                Ok(answer) => {
                    return Ok(Response::new(request.operation(), answer, attempts, started.elapsed()));
                }
                Err(failure) => failure,
            };
            tracing::debug!(error = %failure.error, attempts, again = failure.again, "attempt failed");
            let pause = failure
                .again
                .then(|| self.policy.pause(attempts, failure.error.retry_after(), (self.jitter)()))
                .flatten();
            let Some(pause) = pause.filter(|pause| time::Instant::now() + *pause < deadline) else {
                return Err(failure.error.after(attempts, started.elapsed()));
            };
            time::sleep(pause).await;
        }
    }

    /// One attempt and what it means.
    async fn attempt(
        &self,
        request: &Request,
        wire: http::Request<Bytes>,
        left: Duration,
    ) -> Result<http::Response<Bytes>, Failure> {
        let (operation, repeatable) = (request.operation(), request.is_repeatable());
        match time::timeout(left.min(self.attempt_timeout), self.transport.send(wire)).await {
            Ok(Ok(answer)) => match judge_answer(answer.status(), repeatable) {
                None => Ok(answer),
                Some(verdict) => {
                    let pause = retry_after(answer.headers(), Timestamp::now());
                    let mut failure = Failure::judged(verdict, operation);
                    failure.error = failure.error.answered(&answer, pause);
                    Err(failure)
                }
            },
            Ok(Err(error)) => {
                let verdict = judge_loss(Loss::Broken(error.reach()), repeatable);
                let mut failure = Failure::judged(verdict, operation);
                failure.error = failure.error.caused_by(error);
                Err(failure)
            }
            Err(_) => Err(Failure::judged(judge_loss(Loss::TimedOut, repeatable), operation)),
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("host", &self.host)
            .field("policy", &self.policy)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("total_timeout", &self.total_timeout)
            .finish_non_exhaustive()
    }
}
