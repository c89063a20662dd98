//! The `Transport` over reqwest: no redirects, no retries of its own, no unbounded answers.

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;

use super::{BodyStream, Reached, Transport, TransportError};
use crate::error::{Error, ErrorKind, Result};

/// An answer larger than this is not read to its end, unless set otherwise.
pub(crate) const MAX_RESPONSE_BYTES: usize = 16 << 20;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Sends requests over a pooled HTTP client.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    http: reqwest::Client,
    max_response_bytes: usize,
}

impl HttpTransport {
    /// A client with this crate's settings. Loopback hosts are reached without a proxy, whatever
    /// the environment says.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when TLS cannot be set up.
    pub fn new(host: &crate::LoginHost) -> Result<Self> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("salesforce-client-rust/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(Duration::from_secs(50))
            .tcp_nodelay(true);
        if host.is_loopback() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| {
            Error::new(
                ErrorKind::Configuration,
                "the HTTP client cannot be set up: check the system's TLS roots",
            )
            .with_source(error.without_url())
        })?;
        Ok(Self::with_client(http))
    }

    /// Your own client. Switch off its redirects: a redirected request is reported as a failure.
    pub fn with_client(http: reqwest::Client) -> Self {
        Self { http, max_response_bytes: MAX_RESPONSE_BYTES }
    }

    /// The largest answer that is read, in bytes.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn attempt(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let mut answer = self.exchange(request).await?;
        let body = self.read_body(&mut answer).await?;
        Ok(with_body(&mut answer, body))
    }

    async fn attempt_streamed(
        &self,
        request: http::Request<BodyStream>,
    ) -> Result<http::Response<BodyStream>, TransportError> {
        let mut answer = self.exchange(request.map(reqwest::Body::wrap_stream)).await?;
        let length = answer.content_length();
        let head = with_body(&mut answer, ());
        let pieces = answer.bytes_stream().map_err(|error| io::Error::other(error.without_url()));
        Ok(head.map(|()| BodyStream::new(pieces, length)))
    }
}

impl HttpTransport {
    async fn exchange<B: Into<reqwest::Body>>(
        &self,
        request: http::Request<B>,
    ) -> Result<reqwest::Response, TransportError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|error| unsent("the request's address cannot be used", error))?;
        let asked = request.url().clone();
        let answer = self.http.execute(request).await.map_err(send_failed)?;
        if *answer.url() != asked {
            return Err(TransportError::new(
                Reached::Maybe,
                "the HTTP client followed a redirect: switch redirects off in the client you brought",
            )
            .permanent());
        }
        Ok(answer)
    }

    async fn read_body(&self, answer: &mut reqwest::Response) -> Result<Bytes, TransportError> {
        let too_large = || {
            let hint = "the answer is larger than the client reads: ask for fewer fields or rows";
            TransportError::new(Reached::Maybe, hint).permanent()
        };
        let announced = answer.content_length().and_then(|length| usize::try_from(length).ok());
        if announced.is_some_and(|length| length > self.max_response_bytes) {
            return Err(too_large());
        }
        let mut body = BytesMut::with_capacity(announced.unwrap_or(0));
        while let Some(chunk) = answer.chunk().await.map_err(|error| {
            TransportError::new(Reached::Maybe, "the connection was cut inside the answer")
                .with_source(error.without_url())
        })? {
            if body.len() + chunk.len() > self.max_response_bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

/// Status and headers of `answer`, with this body.
fn with_body<B>(answer: &mut reqwest::Response, body: B) -> http::Response<B> {
    let mut whole = http::Response::new(body);
    *whole.status_mut() = answer.status();
    *whole.headers_mut() = std::mem::take(answer.headers_mut());
    whole
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
