//! `Client`, and the one loop that every call goes through.

mod builder;
mod exchange;
#[cfg(feature = "streaming")]
mod once;
mod streamed;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use tracing::Instrument;

use crate::api_version::ApiVersion;
use crate::auth::TokenProvider;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::gate::Gate;
use crate::login_host::{HostPolicy, LoginHost};
use crate::request::Request;
use crate::resource::describe::Descriptions;
use crate::response::{Response, Run};
use crate::retry::{Breaker, Budget, Progress, RetryPolicy, Sign, Verdict, is_charged, sign, verdict};
use crate::telemetry;
use crate::transport::{BodySource, Transport};
use crate::usage::{ApiUsage, LastUsage};

use self::exchange::{Exchange, Whole};
use self::streamed::Streamed;

pub use self::builder::ClientBuilder;

pub(crate) use self::streamed::{Opened, cut};

const LONGEST_CALL: Duration = Duration::from_secs(24 * 60 * 60);

/// A client of one org. Clones are cheap and share the token, the connections and the limits.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    gate: Option<Arc<dyn Gate>>,
}

struct Inner {
    hosts: HostPolicy,
    version: ApiVersion,
    timeout: Duration,
    retry: RetryPolicy,
    idle_timeout: Duration,
    budget: Budget,
    breaker: Breaker,
    provider: Arc<dyn TokenProvider>,
    transport: Arc<dyn Transport>,
    permits: Semaphore,
    usage: LastUsage,
    descriptions: Descriptions,
    chance: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl Client {
    /// Sets up a client for the org at `host`.
    pub fn builder(host: LoginHost) -> ClientBuilder {
        ClientBuilder::new(host)
    }

    /// API calls used and allowed, as the last answer told; `None` before the first one.
    pub fn usage(&self) -> Option<ApiUsage> {
        self.inner.usage.get()
    }

    /// The same client, whose attempts are sent only as a gate admits them.
    ///
    /// Several gates before one client let several kinds of work share a budget unequally.
    #[must_use]
    pub fn gated(&self, gate: Arc<dyn Gate>) -> Self {
        Self { inner: Arc::clone(&self.inner), gate: Some(gate) }
    }

    /// The API version in the paths.
    pub fn api_version(&self) -> ApiVersion {
        self.inner.version
    }

    /// Gets a token if there is none yet, so that the first call need not wait for it; tells a
    /// readiness check whether the login works. It costs no API call.
    ///
    /// # Errors
    /// Whatever keeps the login from giving a token.
    pub async fn ready(&self) -> Result<()> {
        self.token(self.default_deadline(Instant::now())).await.map(drop)
    }

    pub(crate) fn descriptions(&self) -> &Descriptions {
        &self.inner.descriptions
    }

    fn default_deadline(&self, start: Instant) -> Instant {
        // A timeout beyond what the clock can hold means "in a very long time".
        start.checked_add(self.inner.timeout).unwrap_or(start + LONGEST_CALL)
    }

    /// A number in 0..1 that spreads waits.
    pub(crate) fn chance(&self) -> f64 {
        (self.inner.chance)()
    }

    /// Sends the request until it succeeds, fails for good, or its time is over.
    pub(crate) async fn execute(
        &self,
        request: &Request,
        deadline: Option<std::time::Instant>,
    ) -> Result<Response> {
        self.perform(&Whole, request, deadline).await
    }

    /// As [`Self::execute`], with a body that is sent and an answer that is read piece by piece.
    pub(crate) async fn open(
        &self,
        request: &Request,
        body: Option<&BodySource>,
        deadline: Option<std::time::Instant>,
    ) -> Result<Opened> {
        self.perform(&Streamed(body), request, deadline).await
    }

    async fn perform<E: Exchange>(
        &self,
        exchange: &E,
        request: &Request,
        deadline: Option<std::time::Instant>,
    ) -> Result<E::Answer> {
        let span = telemetry::span(request);
        let started = Instant::now();
        let deadline = deadline.map_or_else(|| self.default_deadline(started), Instant::from_std);
        let mut progress = Progress::default();
        let outcome = self.run(exchange, request, deadline, &mut progress).instrument(span.clone()).await;
        let elapsed = started.elapsed();
        let ended = outcome.as_ref().map(E::status);
        telemetry::finished(&span, request, ended, progress.attempts, elapsed);
        let run = Run { attempts: progress.attempts, elapsed };
        outcome.map(|answer| E::of(request, answer, run, progress.ambiguous)).map_err(|error| {
            error.with_request(&request.template).with_run(progress.attempts, elapsed, progress.ambiguous)
        })
    }

    async fn run<E: Exchange>(
        &self,
        exchange: &E,
        request: &Request,
        deadline: Instant,
        progress: &mut Progress,
    ) -> Result<E::Answer> {
        loop {
            let started = Instant::now();
            let admitted = self.inner.breaker.admit(started).map_err(down)?;
            progress.attempts += 1;
            let failed = match exchange.attempt(self, request, deadline).await {
                Ok(answer) => {
                    self.inner.budget.earn();
                    self.inner.breaker.note(admitted, Instant::now(), Sign::Up, 0.0);
                    return Ok(answer);
                }
                Err(failed) => failed,
            };
            telemetry::failed_attempt(&failed.error, progress.attempts);
            let ended = Instant::now();
            let sign = sign(&failed.error, ended - started);
            if let Some(rest) = self.inner.breaker.note(admitted, ended, sign, self.chance()) {
                telemetry::resting(rest);
            }
            progress.ambiguous |= failed.error.retry() == Retry::IfIdempotent;
            let chance = self.chance();
            match verdict(&self.inner.retry, request.idempotence, &failed.error, *progress, chance) {
                Verdict::Reauthenticate => {
                    if let Some(token) = &failed.token {
                        self.inner.provider.invalidate(token);
                    }
                    progress.reauthenticated = true;
                }
                Verdict::Wait(delay) if Instant::now() + delay < deadline => {
                    if is_charged(&failed.error) && !self.inner.budget.spend() {
                        telemetry::withheld("repeat");
                        return Err(failed.error.with_note("not sent again, because too many calls failed"));
                    }
                    progress.raced |= failed.error.retry() == Retry::Never;
                    sleep(delay).await;
                }
                Verdict::Wait(_) | Verdict::Stop => return Err(failed.error),
            }
        }
    }
}

/// What a call gets that is not sent, so long before the next one is.
fn down(wait: Duration) -> Error {
    telemetry::withheld("call");
    let hint = "not sent, because the org has not answered for a while: try again in some seconds";
    Error::new(ErrorKind::Unavailable, hint).with_retry(Retry::Safe).with_retry_after(Some(wait))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("host", self.inner.hosts.login())
            .field("api_version", &self.inner.version)
            .finish_non_exhaustive()
    }
}
