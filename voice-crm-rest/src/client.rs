//! The client, and the one loop that every request goes through.

mod builder;

use std::{
    fmt,
    marker::PhantomData,
    sync::Arc,
    time::{Duration, Instant as StdInstant},
};

use bytes::{Bytes, BytesMut};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{self, Instant},
};

pub use builder::ClientBuilder;

use crate::{
    Authorize, Download, Error, ErrorKind, Next, Pages, Request, Response, Result, RetryPolicy, Service,
    Verdict,
    transport::{Body, Transport, TransportError},
};

/// A client of one service; clones are cheap and share their connections and their slots.
pub struct Client<S: Service> {
    shared: Arc<Shared>,
    authorize: Arc<dyn Authorize<S>>,
    deadline: Option<Instant>,
}

struct Shared {
    base: String,
    transport: Box<dyn Transport>,
    /// One for each request that may be under way.
    slots: Arc<Semaphore>,
    policy: RetryPolicy,
    attempt_timeout: Duration,
    total_timeout: Duration,
    answer_cap: usize,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl<S: Service> Client<S> {
    /// Starts a client whose paths are put after this address.
    pub fn builder(base: impl Into<String>) -> ClientBuilder<S> {
        ClientBuilder::new(base.into())
    }

    /// The same client with other credentials.
    #[must_use]
    pub fn authorized(&self, authorize: impl Authorize<S>) -> Self {
        Self { authorize: Arc::new(authorize), ..self.clone() }
    }

    /// The same client, whose every request gives up at this instant, pauses and repeats included. Without it a request has
    /// the total timeout of the builder.
    #[must_use]
    pub fn with_deadline(&self, deadline: StdInstant) -> Self {
        Self { deadline: Some(Instant::from_std(deadline)), ..self.clone() }
    }

    /// When a request that is made now gives up.
    pub fn deadline(&self) -> Instant {
        self.deadline.unwrap_or_else(|| after(self.shared.total_timeout))
    }

    /// The same for what is waited for that long, unless there is a deadline.
    pub(crate) fn patient_deadline(&self, patience: Duration) -> Instant {
        self.deadline.unwrap_or_else(|| after(self.shared.total_timeout.max(patience)))
    }

    /// A number between 0 and 1 from where the jitter comes from.
    pub fn chance(&self) -> f64 {
        (self.shared.jitter)()
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// [`Error`] of any kind but [`ErrorKind::Decode`].
    pub async fn execute(&self, request: Request) -> Result<Response<S>, S> {
        let attempt = |attempt: Attempt| self.whole(&request, attempt);
        let done = self.repeat(&request, self.deadline(), attempt).await?;
        Ok(Response {
            operation: request.operation(),
            url: request.url(&self.shared.base).map_err(|fault| wrong(&request, fault))?,
            answer: done.answer,
            attempts: done.attempts,
            elapsed: done.elapsed,
            service: PhantomData,
        })
    }

    /// Sends a request that deletes something. If the answer of an attempt was lost and the next one finds nothing, it is
    /// deleted.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); [`ErrorKind::NotFound`] when there was nothing to delete.
    pub async fn delete(&self, request: Request) -> Result<(), S> {
        match self.execute(request).await {
            Err(error) if error.kind() == ErrorKind::NotFound && error.may_be_done() => Ok(()),
            other => other.map(drop),
        }
    }

    /// Reads a list page by page. `read` takes the items out of an answer and says where the next page is.
    pub fn pages<T>(
        &self,
        request: Request,
        read: impl Fn(&Response<S>) -> Result<(Vec<T>, Next), S> + Send + Sync + 'static,
    ) -> Pages<S, T> {
        Pages::new(self.clone(), request, read)
    }

    /// Reads something long as a stream.
    pub fn download(&self, request: Request) -> Download<S> {
        Download::new(self.clone(), request)
    }

    /// Attempts until one succeeds, none may follow, or time is up; with other credentials once, if there are any.
    pub(crate) async fn repeat<T, F>(
        &self,
        request: &Request,
        deadline: Instant,
        attempt: impl Fn(Attempt) -> F,
    ) -> Result<Done<T>, S>
    where
        F: Future<Output = std::result::Result<T, Failure<S>>>,
    {
        let started = Instant::now();
        let mut may_login_again = true;
        let (mut attempts, mut may_be_done) = (0, false);
        'login: loop {
            let login = if request.is_anonymous() { None } else { self.authorize.header(deadline).await? };
            let wire = request
                .to_http(&self.shared.base, S::USER_AGENT, login.as_ref())
                .map_err(|fault| wrong(request, fault))?;
            let mut repeats = 0;
            loop {
                let slot = time::timeout_at(deadline, Arc::clone(&self.shared.slots).acquire_owned()).await;
                let Some(slot) = slot.ok().and_then(std::result::Result::ok).filter(|_| !is_over(deadline))
                else {
                    let late = Error::new(ErrorKind::Timeout, request.operation());
                    return Err(late.after(attempts, started.elapsed()).done_perhaps(may_be_done));
                };
                (attempts, repeats) = (attempts + 1, repeats + 1);
                let until = deadline.min(after(self.shared.attempt_timeout));
                let failure = match attempt(Attempt { wire: wire.clone(), until, slot }).await {
                    Ok(answer) => return Ok(Done { answer, attempts, elapsed: started.elapsed() }),
                    Err(failure) => failure,
                };
                tracing::debug!(error = %failure.error, attempts, again = failure.again, "attempt failed");
                let refused = failure.error.kind() == ErrorKind::Authentication && may_login_again;
                if refused && login.as_ref().is_some_and(|login| self.authorize.forget(login)) {
                    may_login_again = false;
                    continue 'login;
                }
                may_be_done |= failure.unclear;
                let pause = failure.pause(&self.shared.policy, repeats, self.chance());
                let left = deadline.saturating_duration_since(Instant::now());
                let Some(pause) = pause.filter(|pause| *pause < left) else {
                    let error = failure.error.after(attempts, started.elapsed());
                    return Err(error.done_perhaps(may_be_done));
                };
                time::sleep(pause).await;
            }
        }
    }

    /// One attempt at a whole answer.
    async fn whole(
        &self,
        request: &Request,
        attempt: Attempt,
    ) -> std::result::Result<http::Response<Bytes>, Failure<S>> {
        let (until, slot) = (attempt.until, attempt.slot);
        let (head, mut body) = self.head(request, attempt.wire, until, false).await?.into_parts();
        let mut all = BytesMut::new();
        let read = time::timeout_at(until, body.read_into(&mut all, self.shared.answer_cap)).await;
        drop(slot);
        arrived(read, request).map(|()| http::Response::from_parts(head, all.freeze()))
    }

    /// One attempt at the head of an answer: one of success, or one that sends us on if that is wanted.
    pub(crate) async fn head(
        &self,
        request: &Request,
        wire: http::Request<Bytes>,
        until: Instant,
        or_elsewhere: bool,
    ) -> std::result::Result<http::Response<Body>, Failure<S>> {
        let answer = arrived(time::timeout_at(until, self.shared.transport.send(wire)).await, request)?;
        let status = answer.status();
        let by_status = match Verdict::of_status(status) {
            Some(verdict) if !(or_elsewhere && status.is_redirection()) => verdict,
            _ => return Ok(answer),
        };
        let (head, mut body) = answer.into_parts();
        // Whatever comes of the explanation is enough: the status alone says most.
        let mut said = BytesMut::new();
        let _ = time::timeout_at(until, body.read_into(&mut said, EXPLANATION_CAP)).await;
        let refusal = S::refusal(&said);
        let verdict = S::judge(request.operation(), status, refusal.as_ref()).unwrap_or(by_status);
        let failure = Failure::judged(verdict, request);
        Err(failure.told(|error| error.answered(status, &head.headers).refused(refusal, &said)))
    }
}

/// One attempt that may be made.
pub(crate) struct Attempt {
    pub(crate) wire: http::Request<Bytes>,
    pub(crate) until: Instant,
    pub(crate) slot: OwnedSemaphorePermit,
}

/// A request that succeeded.
pub(crate) struct Done<T> {
    pub(crate) answer: T,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

/// A failed attempt, and whether it may be followed by another.
pub(crate) struct Failure<S: Service> {
    pub(crate) error: Error<S>,
    again: bool,
    /// Whether it may have been done all the same.
    unclear: bool,
    /// Whether it only has to be waited for, which attempts do not count against.
    coming: bool,
}

impl<S: Service> Failure<S> {
    fn judged(verdict: Verdict, request: &Request) -> Self {
        let (kind, retry, again) = verdict.apply(request.is_repeatable());
        let error = Error::new(kind, request.operation()).retrying(retry);
        Self { error, again, unclear: matches!(verdict, Verdict::Unclear(_)), coming: false }
    }

    fn told(self, tell: impl FnOnce(Error<S>) -> Error<S>) -> Self {
        Self { error: tell(self.error), ..self }
    }

    /// The same, but it is on its way and asked for again.
    pub(crate) fn coming(self) -> Self {
        Self { again: true, coming: true, ..self }
    }

    fn pause(&self, policy: &RetryPolicy, repeats: u32, unit: f64) -> Option<Duration> {
        let policy = if self.coming { &COMING } else { policy };
        self.again.then(|| policy.pause(repeats, self.error.retry_after(), unit)).flatten()
    }
}

/// What came of an attempt, if anything did.
fn arrived<T, S: Service>(
    sent: std::result::Result<std::result::Result<T, TransportError>, time::error::Elapsed>,
    request: &Request,
) -> std::result::Result<T, Failure<S>> {
    match sent {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(broken)) => {
            let failure = Failure::judged(Verdict::of_reach(broken.reach()), request);
            Err(failure.told(|error| error.caused_by(broken)))
        }
        Err(_) => Err(Failure::judged(Verdict::Unclear(ErrorKind::Timeout), request)),
    }
}

fn wrong<S: Service>(request: &Request, fault: &'static str) -> Error<S> {
    Error::configuration(request.operation(), fault)
}

fn is_over(deadline: Instant) -> bool {
    deadline <= Instant::now()
}

/// So long from now; a time without end is a year.
pub(crate) fn after(time: Duration) -> Instant {
    Instant::now() + time.min(Duration::from_secs(365 * 24 * 3600))
}

impl<S: Service> Clone for Client<S> {
    fn clone(&self) -> Self {
        let (shared, authorize) = (Arc::clone(&self.shared), Arc::clone(&self.authorize));
        Self { shared, authorize, deadline: self.deadline }
    }
}

impl<S: Service> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.shared.base)
            .field("policy", &self.shared.policy)
            .field("attempt_timeout", &self.shared.attempt_timeout)
            .field("total_timeout", &self.shared.total_timeout)
            .finish_non_exhaustive()
    }
}

/// As much of an explanation as is read.
const EXPLANATION_CAP: usize = 64 << 10;

/// How something that is coming is waited for: until its time is over, with pauses of a few seconds at most.
const COMING: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, base: Duration::from_millis(500), cap: Duration::from_secs(4) };
