//! The client, and the one loop that every request goes through.

mod builder;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderValue;
use jiff::Timestamp;
use tokio::time;

pub use self::builder::ClientBuilder;

use crate::auth::Credentials;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Hosts;
use crate::request::{Operation, Request};
use crate::resource::calls::Calls;
use crate::response::Response;
use crate::retry::{Loss, RetryPolicy, Verdict, judge_answer, judge_loss, retry_after};
use crate::sid::AccountSid;
use crate::transport::Transport;

/// A client of one Twilio account; clones are cheap and share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
}

struct Shared {
    account: AccountSid,
    authorization: HeaderValue,
    hosts: Hosts,
    transport: Box<dyn Transport>,
    policy: RetryPolicy,
    attempt_timeout: Duration,
    total_timeout: Duration,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl Client {
    /// Starts a client of this account.
    pub fn builder(account: AccountSid, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(account, credentials)
    }

    /// The account this client acts in.
    pub fn account(&self) -> &AccountSid {
        &self.shared.account
    }

    /// The calls of the account.
    pub fn calls(&self) -> Calls<'_> {
        Calls::new(self)
    }

    /// The same client, whose every call gives up at this instant, pauses and repeats included. Without it
    /// a call has the total timeout of the builder.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        Self { shared: Arc::clone(&self.shared), deadline: Some(deadline) }
    }

    /// Sends any request of Twilio's API, with the same repeats and errors as every other call.
    ///
    /// # Errors
    ///
    /// [`Error`] of any kind but [`ErrorKind::Decode`].
    pub async fn execute(&self, request: Request) -> Result<Response> {
        let shared = &*self.shared;
        let started = time::Instant::now();
        let deadline = self.deadline.map_or_else(|| started + shared.total_timeout, time::Instant::from_std);
        let wire = request.to_http(&shared.hosts, &shared.account, &shared.authorization)?;
        let mut attempts = 0;
        loop {
            let left = deadline.saturating_duration_since(time::Instant::now());
            if left.is_zero() {
                return Err(Error::new(ErrorKind::Timeout, request.operation()));
            }
            attempts += 1;
            let failure = match shared.attempt(&request, wire.clone(), left).await {
                Ok(answer) => {
                    return Ok(Response::new(request.operation(), answer, attempts, started.elapsed()));
                }
                Err(failure) => failure,
            };
            tracing::debug!(error = %failure.error, attempts, again = failure.again, "attempt failed");
            let pause = failure.pause(&shared.policy, attempts, (shared.jitter)());
            let pause = pause.filter(|pause| time::Instant::now() + *pause < deadline);
            let Some(pause) = pause else {
                return Err(failure.error.after(attempts, started.elapsed()));
            };
            time::sleep(pause).await;
        }
    }
}

/// A failed attempt, and whether it may be followed by another.
struct Failure {
    error: Error,
    again: bool,
}

impl Failure {
    fn lost(verdict: Verdict, operation: Operation) -> Self {
        Self { error: Error::judged(verdict, operation), again: verdict.again }
    }

    fn pause(&self, policy: &RetryPolicy, attempts: u32, unit: f64) -> Option<Duration> {
        self.again.then(|| policy.pause(attempts, self.error.retry_after(), unit)).flatten()
    }
}

impl Shared {
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
                    let error = Error::judged(verdict, operation).answered(&answer, pause);
                    Err(Failure { error, again: verdict.again })
                }
            },
            Ok(Err(error)) => {
                let mut failure =
                    Failure::lost(judge_loss(Loss::Broken(error.reach()), repeatable), operation);
                failure.error = failure.error.caused_by(error);
                Err(failure)
            }
            Err(_) => Err(Failure::lost(judge_loss(Loss::TimedOut, repeatable), operation)),
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("account", &self.account)
            .field("hosts", &self.hosts)
            .field("policy", &self.policy)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("total_timeout", &self.total_timeout)
            .finish_non_exhaustive()
    }
}
