//! The one error of the client, and its kinds.

mod code;
mod document;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

pub use self::code::ErrorCode;
pub use crate::retry::Retry;

use self::document::Document;
use crate::request::Operation;
use crate::response::request_id;
use crate::retry::Verdict;

/// The result of a call to Twilio.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A call to Twilio that did not succeed.
///
/// Clones share the source. `Display` and `Debug` name the call by the template of its path, the status, Twilio's code with the
/// meaning we know for it, and the request id. They never show Twilio's own message, which quotes numbers;
/// ask [`message`](Self::message) for it.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Operation,
    retry: Retry,
    attempts: u32,
    elapsed: Duration,
    status: Option<StatusCode>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    document: Option<Document>,
    body: Bytes,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client or the request was put together wrongly; nothing was sent.
    Configuration,
    /// Twilio does not accept the credentials.
    Authentication,
    /// The credentials are good, but not for this.
    Forbidden,
    /// There is no such resource, or not in this account or region.
    NotFound,
    /// Twilio refused the request; [`Error::code`] says why.
    Refused,
    /// Too many requests. Nothing was done.
    RateLimited,
    /// Twilio failed, and went on failing as often as it was asked again.
    Unavailable,
    /// Twilio could not be reached, or the connection broke.
    Network,
    /// No answer came in time.
    Timeout,
    /// The request was sent and its outcome is not known: what it asks for may have been done. The client
    /// did not repeat it, for it might be done twice. Look before asking again.
    Ambiguous,
    /// Twilio did what was asked, and its answer cannot be read.
    Decode,
    /// An answer that this API does not give, such as a redirect.
    Unexpected,
}

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same call may be made again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The status of the last answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Twilio's code for what is wrong.
    pub fn code(&self) -> Option<ErrorCode> {
        self.0.document.as_ref().and_then(|document| document.code)
    }

    /// How long Twilio asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The id under which Twilio's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How many attempts were made, 0 if nothing was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The time from the call to the failure, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Twilio's own sentence. It often quotes telephone numbers: do not log it.
    pub fn message(&self) -> Option<&str> {
        self.0.document.as_ref().and_then(|document| document.message.as_deref())
    }

    /// The page that Twilio names for this error.
    pub fn more_info(&self) -> Option<&str> {
        self.0.document.as_ref().and_then(|document| document.more_info.as_deref())
    }

    /// Which parameters Twilio complains about, in whatever form it says so. It may quote their values.
    pub fn details(&self) -> Option<&Value> {
        self.0.document.as_ref().and_then(|document| document.details.as_ref())
    }

    /// The first 512 bytes of an answer that is not one of Twilio's error documents, else empty. It may
    /// quote anything.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// Whether the call to act on is over: the other side won the race and hung up. Expect it.
    pub fn is_call_over(&self) -> bool {
        self.code() == Some(ErrorCode::CALL_NOT_IN_PROGRESS)
    }

    /// Whether the limits of a trial account are the cause: it reaches only numbers that were verified.
    pub fn is_trial_limit(&self) -> bool {
        self.code().is_some_and(ErrorCode::is_trial_limit)
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
            request_id: None,
            retry_after: None,
            document: None,
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
        self.0.request_id = request_id(answer.headers()).map(str::to_owned);
        self.0.retry_after = retry_after;
        self.0.document = Document::parse(answer.body());
        if self.0.document.is_none() {
            let body = answer.body();
            // A copy, so that the rest of a large answer is freed.
            self.0.body = Bytes::copy_from_slice(&body[..body.len().min(512)]);
        }
        self
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    pub(crate) fn waiting(mut self, pause: Duration) -> Self {
        self.0.retry_after = Some(pause);
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
            Self::Authentication => "twilio does not accept the credentials",
            Self::Forbidden => "the credentials do not allow this",
            Self::NotFound => "there is no such resource",
            Self::Refused => "twilio refused the request",
            Self::RateLimited => "too many requests",
            Self::Unavailable => "twilio is failing",
            Self::Network => "twilio cannot be reached",
            Self::Timeout => "no answer came in time",
            Self::Ambiguous => "it is not known whether twilio did what was asked",
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
        if let Some(code) = self.code() {
            write!(f, ", code {code}")?;
            if let Some(meaning) = code.meaning() {
                write!(f, " ({meaning})")?;
            }
        }
        if self.0.attempts > 1 {
            write!(f, ", after {} attempts", self.0.attempts)?;
        }
        self.0.request_id.as_ref().map_or(Ok(()), |id| write!(f, ", request {id}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation.to_string())
            .field("retry", &self.0.retry)
            .field("status", &self.0.status)
            .field("code", &self.code())
            .field("attempts", &self.0.attempts)
            .field("elapsed", &self.0.elapsed)
            .field("request_id", &self.0.request_id)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
