//! The one error of a client.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::{ErrorKind, Operation, Retry, Service, retry::retry_after};

/// The result of a request to a service.
pub type Result<T, S> = std::result::Result<T, Error<S>>;

/// A request that did not succeed.
///
/// `Display` and `Debug` name the request by the template of its path, the status, the service's code and the request id.
/// They never show the service's own sentences, which quote what was sent; ask [`refusal`](Self::refusal) for them.
pub struct Error<S: Service>(Box<Inner<S::Refusal>>);

#[derive(Clone)]
struct Inner<R> {
    kind: ErrorKind,
    operation: Operation,
    retry: Retry,
    attempts: u32,
    may_be_done: bool,
    elapsed: Duration,
    status: Option<StatusCode>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    refusal: Option<R>,
    body: Bytes,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl<S: Service> Error<S> {
    /// An error of this kind, for the parts of a client that this crate does not have.
    pub fn new(kind: ErrorKind, operation: Operation) -> Self {
        let retry = if kind == ErrorKind::Timeout { Retry::Safe } else { Retry::Never };
        Self(Box::new(Inner {
            kind,
            operation,
            retry,
            attempts: 0,
            may_be_done: false,
            elapsed: Duration::ZERO,
            status: None,
            request_id: None,
            retry_after: None,
            refusal: None,
            body: Bytes::new(),
            source: None,
        }))
    }

    /// The error of what was put together wrongly, for this reason.
    pub fn configuration(operation: Operation, why: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Configuration, operation).caused_by(why)
    }

    /// With its cause, which must show neither secrets nor what was sent.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    /// With the time after which it may be better.
    #[must_use]
    pub fn waiting(mut self, pause: Duration) -> Self {
        self.0.retry_after = Some(pause);
        self
    }

    pub(crate) fn retrying(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    pub(crate) fn answered(mut self, status: StatusCode, headers: &HeaderMap) -> Self {
        self.0.status = Some(status);
        self.0.request_id = request_id::<S>(headers).map(str::to_owned);
        self.0.retry_after = retry_after(headers, Timestamp::now());
        self
    }

    pub(crate) fn refused(mut self, refusal: Option<S::Refusal>, body: &[u8]) -> Self {
        if refusal.is_none() {
            // A copy, so that the rest of a large answer is freed.
            self.0.body = Bytes::copy_from_slice(&body[..body.len().min(512)]);
        }
        self.0.refusal = refusal;
        self
    }

    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration) -> Self {
        (self.0.attempts, self.0.elapsed) = (attempts, elapsed);
        self
    }

    pub(crate) fn done_perhaps(mut self, may_be_done: bool) -> Self {
        self.0.may_be_done = may_be_done;
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Which request it was.
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// Whether the same request may be made again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The status of the last answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// What the service said, if it answered in its own form. Do not log it: it often quotes what was sent.
    pub fn refusal(&self) -> Option<&S::Refusal> {
        self.0.refusal.as_ref()
    }

    /// The service's code for what is wrong.
    pub fn code(&self) -> Option<S::Code> {
        self.refusal().and_then(S::code)
    }

    /// How long the service asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The id under which the service's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How many attempts were made, 0 if nothing was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether one of the attempts may have done what was asked, whatever became of the last one.
    pub fn may_be_done(&self) -> bool {
        self.0.may_be_done
    }

    /// The time from the request to the failure, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// The first 512 bytes of an answer that is not the service's error document, else empty. It may quote anything.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }
}

/// The id of a request, if it looks like one: it stands in logs and errors.
pub(crate) fn request_id<S: Service>(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(S::REQUEST_ID)?.to_str().ok()?;
    let plain =
        id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    plain.then_some(id)
}

impl<S: Service> Clone for Error<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Service> fmt::Display for Error<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.operation, self.0.kind.sentence(S::NAME))?;
        if let Some(status) = self.0.status {
            write!(f, ", status {}", status.as_u16())?;
        }
        if let Some(code) = self.code() {
            write!(f, ", code {code:#}")?;
        }
        if self.0.attempts > 1 {
            write!(f, ", after {} attempts", self.0.attempts)?;
        }
        self.0.request_id.as_ref().map_or(Ok(()), |id| write!(f, ", request {id}"))
    }
}

impl<S: Service> fmt::Debug for Error<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("said", &self.to_string())
            .field("kind", &self.0.kind)
            .field("retry", &self.0.retry)
            .field("elapsed", &self.0.elapsed)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl<S: Service> StdError for Error<S> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
