//! `Transport`: one attempt of one HTTP exchange. It never retries and never follows a redirect.

mod bell;
mod body;
mod connection;
mod connector;
mod http_client;
mod outgoing;
mod pool;
mod reading;
#[cfg(feature = "reqwest")]
mod reqwest_client;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::{Error, ErrorKind, Retry};

pub use self::body::{BodySource, BodyStream};
pub use self::http_client::HttpTransport;
#[cfg(feature = "reqwest")]
pub use self::reqwest_client::ReqwestTransport;

/// Sends one request and reads one answer, of any status.
///
/// The client drops the future at its deadline.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// One attempt.
    ///
    /// # Errors
    /// A [`TransportError`] when there is no whole answer; it says how far the request got.
    async fn attempt(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;

    /// One attempt whose bodies pass through piece by piece, however large they are. Only files and
    /// bulk jobs need it.
    ///
    /// # Errors
    /// As [`attempt`](Self::attempt); always, unless the transport can do this.
    async fn attempt_streamed(
        &self,
        _request: http::Request<BodyStream>,
    ) -> Result<http::Response<BodyStream>, TransportError> {
        let hint = "this transport cannot stream: files and bulk jobs need one that can";
        Err(TransportError::new(Reached::NotSent, hint).permanent())
    }
}

/// How far the request got before the attempt failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reached {
    /// No byte of it left this process.
    NotSent,
    /// It may have been received and applied.
    Maybe,
}

/// An attempt without a whole answer.
#[derive(Debug)]
pub struct TransportError {
    reached: Reached,
    hint: &'static str,
    retry: Option<Retry>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    /// `hint` is a lower-case sentence without data.
    pub fn new(reached: Reached, hint: &'static str) -> Self {
        Self { reached, hint, retry: None, source: None }
    }

    /// Keeps the cause; its text must be free of secrets and URLs.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The answer came, but a repeat would bring the same.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.retry = Some(Retry::Never);
        self
    }

    /// How far the request got.
    pub fn reached(&self) -> Reached {
        self.reached
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.hint)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// The cause of a [`TransportError`], once its own sentence has moved into [`Error`].
#[derive(Debug)]
struct Cause(Box<dyn std::error::Error + Send + Sync>);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<TransportError> for Error {
    fn from(failed: TransportError) -> Self {
        let retry = failed.retry.unwrap_or(match failed.reached {
            Reached::NotSent => Retry::Safe,
            Reached::Maybe => Retry::IfIdempotent,
        });
        let error = Self::new(ErrorKind::Transport, failed.hint).with_retry(retry);
        match failed.source {
            Some(source) => error.with_source(Cause(source)),
            None => error,
        }
    }
}
