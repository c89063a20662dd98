//! An answer as a value.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{
    error::{Error, ErrorKind, Result},
    request::Operation,
};
use crate::wire::{DecodeIssue, Object, parse, parse_object};

/// A complete answer of Vapi's. `Debug` shows the status and the size, not the body.
pub struct Response {
    operation: Operation,
    answer: http::Response<Bytes>,
    attempts: u32,
    elapsed: Duration,
}

impl Response {
    pub(crate) fn new(
        operation: Operation,
        answer: http::Response<Bytes>,
        attempts: u32,
        elapsed: Duration,
    ) -> Self {
        Self { operation, answer, attempts, elapsed }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.answer.headers()
    }

    /// The raw body.
    pub fn body(&self) -> &Bytes {
        self.answer.body()
    }

    /// How many attempts it took.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Reads the body as JSON of your own shape.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when it is no JSON or not of this shape. What was asked has been done.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        parse(self.text()?).map_err(|issue| self.unreadable(issue))
    }

    /// Reads the body as an object of this crate, and insists on what `complete` asks for.
    pub(crate) fn object<T: Object>(&self, complete: impl Fn(&T) -> bool) -> Result<T> {
        let object = parse_object(self.text()?).map_err(|issue| self.unreadable(issue))?;
        if complete(&object) { Ok(object) } else { Err(self.error()) }
    }

    pub(crate) fn text(&self) -> Result<&str> {
        std::str::from_utf8(self.body()).map_err(|_| self.error())
    }

    pub(crate) fn unreadable(&self, issue: DecodeIssue) -> Error {
        self.error().caused_by(issue)
    }

    pub(crate) fn error(&self) -> Error {
        Error::new(ErrorKind::Decode, self.operation)
            .answered(&self.answer, None)
            .after(self.attempts, self.elapsed)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("operation", &self.operation.to_string())
            .field("status", &self.status())
            .field("bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}
