//! The `Transport` over a reqwest client of the user's own.

use std::io;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;

use super::reading::{MAX_RESPONSE_BYTES, whole};
use super::{BodyStream, Reached, Transport, TransportError};

/// Sends requests with your own [`reqwest::Client`].
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    http: reqwest::Client,
    max_response_bytes: usize,
}

impl ReqwestTransport {
    /// Switch off the client's redirects: a redirected request is reported as a failure.
    pub fn new(http: reqwest::Client) -> Self {
        Self { http, max_response_bytes: MAX_RESPONSE_BYTES }
    }

    /// The largest answer that is read, in bytes.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    async fn exchange<B: Into<reqwest::Body>>(
        &self,
        request: http::Request<B>,
    ) -> Result<http::Response<BodyStream>, TransportError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|error| unsent("the request's address cannot be used", error))?;
        let asked = request.url().clone();
        let mut answer = self.http.execute(request).await.map_err(send_failed)?;
        if *answer.url() != asked {
            return Err(TransportError::new(
                Reached::Maybe,
                "the HTTP client followed a redirect: switch redirects off in the client you brought",
            )
            .permanent());
        }
        let (status, length) = (answer.status(), answer.content_length());
        let headers = std::mem::take(answer.headers_mut());
        let pieces = answer.bytes_stream().map_err(|error| io::Error::other(error.without_url()));
        let mut whole = http::Response::new(BodyStream::new(pieces, length));
        *whole.status_mut() = status;
        *whole.headers_mut() = headers;
        Ok(whole)
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn attempt(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let (head, body) = self.exchange(request).await?.into_parts();
        let length = body.length();
        let body = whole(body, length, self.max_response_bytes).await?;
        Ok(http::Response::from_parts(head, body))
    }

    async fn attempt_streamed(
        &self,
        request: http::Request<BodyStream>,
    ) -> Result<http::Response<BodyStream>, TransportError> {
        self.exchange(request.map(reqwest::Body::wrap_stream)).await
    }
}

fn unsent(hint: &'static str, error: reqwest::Error) -> TransportError {
    TransportError::new(Reached::NotSent, hint).with_source(error.without_url())
}

fn send_failed(error: reqwest::Error) -> TransportError {
    if error.is_connect() {
        return unsent("no connection to the org: check the host name, the network and TLS", error);
    }
    TransportError::new(Reached::Maybe, "the connection was cut before the answer came")
        .with_source(error.without_url())
}
