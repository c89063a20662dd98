//! An answer as a value.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::request::Operation;

/// A complete answer of Twilio's.
///
/// `Debug` shows the status and the size, not the body.
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

    pub(crate) fn operation(&self) -> Operation {
        self.operation
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

    /// The id under which Twilio's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers())
    }

    /// How many attempts it took.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is no JSON or not of this shape. What was asked has been done.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(self.body()).map_err(|error| self.unreadable(&error))
    }

    /// Reads a part of the body that was parsed before.
    pub(crate) fn value<T: DeserializeOwned>(&self, value: Value) -> Result<T> {
        serde_json::from_value(value).map_err(|error| self.unreadable(&error))
    }

    /// The version of what was read, for a change that must not overwrite another's: the `ETag`.
    pub fn etag(&self) -> Option<&str> {
        self.headers().get(http::header::ETAG)?.to_str().ok()
    }

    /// How many requests of the account Twilio was at when it answered.
    pub fn concurrent_requests(&self) -> Option<u32> {
        self.headers().get("twilio-concurrent-requests")?.to_str().ok()?.parse().ok()
    }

    /// The parser's own words quote the body.
    fn unreadable(&self, error: &serde_json::Error) -> Error {
        let (category, line, column) = (error.classify(), error.line(), error.column());
        Error::new(ErrorKind::Decode, self.operation)
            .answered(&self.answer, None)
            .after(self.attempts, self.elapsed)
            .caused_by(Unreadable { category, line, column })
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("operation", &self.operation.to_string())
            .field("status", &self.status())
            .field("bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// The id of a request, if it looks like one: it stands in logs and errors.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("twilio-request-id")?.to_str().ok()?;
    let plain = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain.then_some(id)
}

#[derive(Debug, thiserror::Error)]
#[error("unreadable JSON ({category:?}) at line {line}, column {column}")]
struct Unreadable {
    category: serde_json::error::Category,
    line: usize,
    column: usize,
}
