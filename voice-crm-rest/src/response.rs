//! An answer as a value.

use std::{error::Error as StdError, fmt, marker::PhantomData, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{Error, ErrorKind, Operation, Result, Service, error::request_id};

/// A complete answer. `Debug` shows the status and the size, not the body.
pub struct Response<S> {
    pub(crate) operation: Operation,
    pub(crate) url: Url,
    pub(crate) answer: http::Response<Bytes>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) service: PhantomData<fn() -> S>,
}

impl<S: Service> Response<S> {
    /// The request that it answers.
    pub fn operation(&self) -> Operation {
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

    /// How many attempts it took.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The id under which the service's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        request_id::<S>(self.headers())
    }

    /// The version of what was read, for a change that must not overwrite another's: the `ETag`.
    pub fn etag(&self) -> Option<&str> {
        self.headers().get(header::ETAG)?.to_str().ok()
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when it is none. What was asked has been done.
    pub fn text(&self) -> Result<&str, S> {
        std::str::from_utf8(self.body()).map_err(|error| self.unreadable(error))
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when it is no JSON or not of this shape. What was asked has been done.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, S> {
        serde_json::from_slice(self.body()).map_err(|error| self.not_this_json(&error))
    }

    /// The error of JSON that cannot be read. The parser's own words quote what they did not expect.
    pub fn not_this_json(&self, error: &serde_json::Error) -> Error<S> {
        let (category, line, column) = (error.classify(), error.line(), error.column());
        self.unreadable(format!("unreadable JSON ({category:?}) at line {line}, column {column}"))
    }

    /// The error of an answer that cannot be read for this reason, which must not quote it.
    pub fn unreadable(&self, why: impl Into<Box<dyn StdError + Send + Sync>>) -> Error<S> {
        Error::new(ErrorKind::Decode, self.operation)
            .answered(self.status(), self.headers())
            .refused(None, self.body())
            .after(self.attempts, self.elapsed)
            .caused_by(why)
    }
}

impl<S: Service> fmt::Debug for Response<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("operation", &self.operation.to_string())
            .field("status", &self.status())
            .field("bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}
