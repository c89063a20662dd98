//! The one error of the client, and its kinds.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::StatusCode;

mod refusal;

pub use refusal::Refusal;

use super::{
    request::Operation,
    retry::{Retry, Verdict},
};

/// The result of a request to Vapi.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A request to Vapi that did not succeed.
///
/// `Display` and `Debug` name the request by the template of its path, the status and the kind. They never show Vapi's
/// own sentences, which quote what was sent; ask [`refusal`](Self::refusal) for them.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Operation,
    retry: Retry,
    attempts: u32,
    elapsed: Duration,
    status: Option<StatusCode>,
    retry_after: Option<Duration>,
    refusal: Option<Refusal>,
    body: Bytes,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client or the request was put together wrongly; nothing was sent.
    Configuration,
    /// Vapi does not accept the API key.
    Authentication,
    /// The API key is good, but not for this.
    Forbidden,
    /// There is no such thing, or not in this organization or region.
    NotFound,
    /// It is in use: an assistant or tool that something refers to cannot be deleted.
    Conflict,
    /// Vapi refused the request; [`Error::refusal`] says why.
    Refused,
    /// Too many requests. Nothing was done.
    RateLimited,
    /// Vapi failed, and went on failing as often as it was asked again.
    Unavailable,
    /// Vapi could not be reached, or the connection broke.
    Network,
    /// No answer came in time.
    Timeout,
    /// The request was sent and its outcome is not known: what it asks for may have been done. The client did not
    /// repeat it, for it might be done twice. Look before asking again.
    Ambiguous,
    /// Vapi did what was asked, and its answer cannot be read.
    Decode,
    /// An answer that this API does not give, such as a redirect or a list that cannot be paged.
    Unexpected,
}

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same request may be made again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The status of the last answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// What Vapi said, if it answered in its own form.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal.as_ref()
    }

    /// How long Vapi asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many attempts were made, 0 if nothing was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The time from the request to the failure, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// The first 512 bytes of an answer that is not Vapi's error document, else empty. It may quote anything.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    pub(crate) fn new(kind: ErrorKind, operation: Operation) -> Self {
        let retry = if kind == ErrorKind::Timeout { Retry::Safe } else { Retry::Never };
        Self(Box::new(Inner {
            kind,
            operation,
            retry,
            attempts: 0,
            elapsed: Duration::ZERO,
            status: None,
            retry_after: None,
            refusal: None,
            body: Bytes::new(),
            source: None,
        }))
    }

    pub(crate) fn configuration(
        operation: Operation,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::new(ErrorKind::Configuration, operation).caused_by(source)
    }

    pub(crate) fn judged(verdict: Verdict, operation: Operation) -> Self {
        let mut error = Self::new(verdict.kind, operation);
        error.0.retry = verdict.retry;
        error
    }

    pub(crate) fn answered(mut self, answer: &http::Response<Bytes>, retry_after: Option<Duration>) -> Self {
        self.0.status = Some(answer.status());
        self.0.retry_after = retry_after;
        self.0.refusal = Refusal::parse(answer.body());
        if self.0.refusal.is_none() {
            let body = answer.body();
            // A copy, so that the rest of a large answer is freed.
            self.0.body = Bytes::copy_from_slice(&body[..body.len().min(512)]);
        }
        self
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }
}

impl ErrorKind {
    fn sentence(self) -> &'static str {
        match self {
            Self::Configuration => "the request cannot be made",
            Self::Authentication => "vapi does not accept the api key",
            Self::Forbidden => "the api key does not allow this",
            Self::NotFound => "there is no such thing",
            Self::Conflict => "it is in use",
            Self::Refused => "vapi refused the request",
            Self::RateLimited => "too many requests",
            Self::Unavailable => "vapi is failing",
            Self::Network => "vapi cannot be reached",
            Self::Timeout => "no answer came in time",
            Self::Ambiguous => "it is not known whether vapi did what was asked",
            Self::Decode => "the answer cannot be read",
            Self::Unexpected => "an answer that was not expected",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.operation, self.0.kind.sentence())?;
        if let Some(status) = self.0.status {
            write!(f, ", status {}", status.as_u16())?;
        }
        if self.0.attempts > 1 {
            write!(f, ", after {} attempts", self.0.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation.to_string())
            .field("retry", &self.0.retry)
            .field("status", &self.0.status)
            .field("attempts", &self.0.attempts)
            .field("elapsed", &self.0.elapsed)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
