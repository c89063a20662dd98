//! The client, and the one loop that every request goes through.

mod builder;
mod storage;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time;

pub use self::builder::ClientBuilder;

use crate::auth::{Authorization, Credentials};
use crate::error::{Error, ErrorCode, ErrorKind, Result};
use crate::host::Hosts;
use crate::pace::Pace;
use crate::request::{Operation, Request};
use crate::response::Response;
use crate::retry::{Loss, RetryPolicy, Verdict, judge_answer, judge_loss, retry_after};
use crate::sid::AccountSid;
use crate::transport::{Body, Transport, TransportError};

/// A client of one Twilio account; clones are cheap and share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
}

struct Shared {
    account: AccountSid,
    authorization: Authorization,
    pace: Pace,
    /// One for each request that may be under way.
    slots: Arc<Semaphore>,
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
        let (shared, deadline) = (&self.shared, self.until());
        shared.wait_for_turn(&request, deadline).await?;
        let login = shared.login(deadline).await?;
        match shared.send(&request, Some(&login), deadline).await {
            // A token that was revoked early is worth another; a password is not.
            Err(error)
                if error.kind() == ErrorKind::Authentication && shared.authorization.forget(&login) =>
            {
                let login = shared.login(deadline).await?;
                shared.send(&request, Some(&login), deadline).await
            }
            other => other,
        }
    }

    /// Reads something long, piece by piece. The deadline is for the head of the answer. What is not there is asked for
    /// again as long as the patience lasts, and where Twilio sends us on, we go only to these hosts.
    pub(crate) async fn open(
        &self,
        request: &Request,
        storage: &[String],
        patience: Duration,
    ) -> Result<http::Response<Body>> {
        let (shared, now) = (&self.shared, time::Instant::now());
        let deadline = self.until().max(self.deadline.map_or(now + patience, time::Instant::from_std));
        let login = shared.login(deadline).await?;
        let mut wire = request.to_http(&shared.hosts, &shared.account, Some(&login))?;
        for _ in 0..=MOST_REDIRECTS {
            let attempt = |left, slot| shared.open(request, wire.clone(), left, slot, now + patience);
            let (answer, attempts) = shared.repeat(request.operation(), deadline, attempt).await?;
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            wire = match storage::redirected(answer.headers(), storage) {
                Some(next) => next,
                None => return Err(elsewhere(answer.status(), request, attempts, now.elapsed())),
            };
        }
        Err(Error::new(ErrorKind::Unexpected, request.operation()))
    }

    /// The same request for the page that a link of its answer leads to.
    pub(crate) fn follow(&self, request: &Request, link: &str) -> Result<Request> {
        let local = self.shared.hosts.local(request.product_of(), link);
        let local = local.ok_or_else(|| Error::new(ErrorKind::Unexpected, request.operation()))?;
        Ok(request.at(local))
    }

    fn until(&self) -> time::Instant {
        let total = self.shared.total_timeout;
        self.deadline.map_or_else(|| time::Instant::now() + total, time::Instant::from_std)
    }
}

/// A failed attempt, and whether it may be followed by another.
struct Failure {
    error: Error,
    again: bool,
    /// Whether it only has to be waited for, which attempts do not count against.
    coming: bool,
}

impl Failure {
    fn lost(verdict: Verdict, operation: Operation) -> Self {
        Self { error: Error::judged(verdict, operation), again: verdict.again, coming: false }
    }

    fn pause(&self, policy: &RetryPolicy, attempts: u32, unit: f64) -> Option<Duration> {
        let policy = if self.coming { &COMING } else { policy };
        self.again.then(|| policy.pause(attempts, self.error.retry_after(), unit)).flatten()
    }
}

impl Shared {
    /// Sends a request and reads its whole answer.
    async fn send(
        &self,
        request: &Request,
        login: Option<&HeaderValue>,
        deadline: time::Instant,
    ) -> Result<Response> {
        let started = time::Instant::now();
        let wire = request.to_http(&self.hosts, &self.account, login)?;
        let attempt = |left, slot| self.attempt(request, wire.clone(), left, slot);
        let (answer, attempts) = self.repeat(request.operation(), deadline, attempt).await?;
        Ok(Response::new(request.operation(), answer, attempts, started.elapsed()))
    }

    /// Attempts until one succeeds, none may follow, or time is up.
    async fn repeat<T, F>(
        &self,
        operation: Operation,
        deadline: time::Instant,
        attempt: impl Fn(Duration, OwnedSemaphorePermit) -> F,
    ) -> Result<(T, u32)>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let started = time::Instant::now();
        let mut attempts = 0;
        loop {
            let slot = time::timeout_at(deadline, Arc::clone(&self.slots).acquire_owned()).await;
            let left = deadline.saturating_duration_since(time::Instant::now());
            let Some(slot) = slot.ok().and_then(Result::ok).filter(|_| !left.is_zero()) else {
                return Err(Error::new(ErrorKind::Timeout, operation).after(attempts, started.elapsed()));
            };
            attempts += 1;
            let failure = match attempt(left, slot).await {
                Ok(answer) => return Ok((answer, attempts)),
                Err(failure) => failure,
            };
            tracing::debug!(error = %failure.error, attempts, again = failure.again, "attempt failed");
            let pause = failure.pause(&self.policy, attempts, (self.jitter)());
            let pause = pause.filter(|pause| time::Instant::now() + *pause < deadline);
            let Some(pause) = pause else {
                return Err(failure.error.after(attempts, started.elapsed()));
            };
            time::sleep(pause).await;
        }
    }

    /// What stands in the `Authorization` header; a token is fetched when there is no valid one.
    async fn login(self: &Arc<Self>, deadline: time::Instant) -> Result<HeaderValue> {
        match &self.authorization {
            Authorization::Fixed(header) => Ok(header.clone()),
            Authorization::OAuth(tokens) => {
                let shared = Arc::clone(self);
                // For whoever comes later as well, so with a deadline of its own.
                let send = |request| async move {
                    let deadline = time::Instant::now() + shared.total_timeout;
                    shared.send(&request, None, deadline).await
                };
                tokens.header(deadline, (self.jitter)(), send).await
            }
        }
    }

    /// Waits until it is this call's turn, if it is one that is placed.
    async fn wait_for_turn(&self, request: &Request, deadline: time::Instant) -> Result<()> {
        if !request.is_paced() {
            return Ok(());
        }
        let turn = self.pace.reserve(time::Instant::now(), deadline);
        let turn = turn.ok_or_else(|| Error::new(ErrorKind::Timeout, request.operation()))?;
        time::sleep_until(turn).await;
        Ok(())
    }

    /// One attempt at a whole answer, and what it means.
    async fn attempt(
        &self,
        request: &Request,
        wire: http::Request<Bytes>,
        left: Duration,
        _slot: OwnedSemaphorePermit,
    ) -> Result<http::Response<Bytes>, Failure> {
        let sent = time::timeout(left.min(self.attempt_timeout), self.transport.send(wire)).await;
        let answer = arrived(sent, request)?;
        match judged(&answer, request) {
            None => Ok(answer),
            Some(verdict) => Err(refused(verdict, &answer, request.operation())),
        }
    }

    /// One attempt at the head of an answer whose body is then read piece by piece, in the slot of the request.
    async fn open(
        &self,
        request: &Request,
        wire: http::Request<Bytes>,
        left: Duration,
        slot: OwnedSemaphorePermit,
        coming_until: time::Instant,
    ) -> Result<http::Response<Body>, Failure> {
        let sent = time::timeout(left.min(self.attempt_timeout), self.transport.open(wire)).await;
        let answer = arrived(sent, request)?;
        if answer.status().is_redirection() {
            return Ok(answer);
        }
        let (head, mut body) = answer.into_parts();
        // What is refused says why in a short document; its first piece is enough for that.
        let piece = if head.status.is_success() {
            Bytes::new()
        } else {
            let piece = time::timeout(self.attempt_timeout, body.next()).await;
            piece.ok().flatten().and_then(Result::ok).unwrap_or_default()
        };
        let head = http::Response::from_parts(head, piece);
        let Some(mut verdict) = judged(&head, request) else {
            return Ok(head.map(|_| -> Body {
                Box::pin(body.inspect(move |_| {
                    let _held = &slot;
                }))
            }));
        };
        let coming = verdict.kind == ErrorKind::NotFound && time::Instant::now() < coming_until;
        verdict.again |= coming;
        Err(Failure { coming, ..refused(verdict, &head, request.operation()) })
    }
}

/// The answer of an attempt, if there was one.
fn arrived<T>(
    sent: Result<Result<T, TransportError>, time::error::Elapsed>,
    request: &Request,
) -> Result<T, Failure> {
    let lost = |loss| Failure::lost(judge_loss(loss, request.is_repeatable()), request.operation());
    match sent {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            let mut failure = lost(Loss::Broken(error.reach()));
            failure.error = failure.error.caused_by(error);
            Err(failure)
        }
        Err(_) => Err(lost(Loss::TimedOut)),
    }
}

/// The error of an answer that sends us on to where we do not go.
fn elsewhere(status: StatusCode, request: &Request, attempts: u32, elapsed: Duration) -> Error {
    let mut answer = http::Response::new(Bytes::new());
    *answer.status_mut() = status;
    Error::new(ErrorKind::Unexpected, request.operation())
        .answered(&answer, None)
        .after(attempts, elapsed)
        .caused_by("the sound is kept at a host that was not named")
}

/// The verdict on an answer; an error document may say more than the status.
fn judged(answer: &http::Response<Bytes>, request: &Request) -> Option<Verdict> {
    let status = answer.status();
    let code = if status.is_success() { None } else { ErrorCode::of_document(answer.body()) };
    judge_answer(status, code, request.is_repeatable())
}

fn refused(verdict: Verdict, answer: &http::Response<Bytes>, operation: Operation) -> Failure {
    let pause = retry_after(answer.headers(), Timestamp::now());
    let error = Error::judged(verdict, operation).answered(answer, pause);
    Failure { error, again: verdict.again, coming: false }
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

/// A storage may send us on to another of its hosts, but not round in circles.
const MOST_REDIRECTS: usize = 3;

/// How something that is coming is waited for: until its time is over, with pauses of a few seconds at most.
const COMING: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, base: Duration::from_millis(500), cap: Duration::from_secs(4) };
