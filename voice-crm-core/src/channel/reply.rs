//! The HTTP answer to a webhook, and the task that goes with it.

use std::{fmt, future::Future, pin::Pin};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};

/// An HTTP answer.
#[non_exhaustive]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The media type of the body; empty for an empty body.
    pub content_type: &'static str,
    /// Further headers, in the order in which they are sent. The media type is not among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
    after: Option<After>,
}

/// What a channel does besides its answer.
pub(crate) type After = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Reply {
    /// An answer with a body of a media type.
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status, content_type, headers: Vec::new(), body: body.into(), after: None }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, "application/json", body)
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self::new(status, "", Bytes::new())
    }

    /// With another header. The same name may be there more than once, as `Set-Cookie` does.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Starts this task just before the answer is handed to the server, so it may run before the platform has the
    /// answer. A refused request starts none.
    ///
    /// It is for what goes with an answer, such as an update of the call that the platform has just asked about.
    /// It runs once, for 30 s at most, and not at all when the process ends or when 256 of them run
    /// already; [`Bridge::shutdown`](crate::Bridge::shutdown) waits for it. What must not get lost goes through
    /// the journal instead.
    #[must_use]
    pub fn then(mut self, act: impl Future<Output = ()> + Send + 'static) -> Self {
        self.after = Some(Box::pin(act));
        self
    }

    pub(crate) fn take_after(&mut self) -> Option<After> {
        self.after.take()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A header may carry a cookie.
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &headers)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
