//! The transport over HTTP, with kept-alive connections.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};

use super::{Reach, Transport, TransportError};

/// Sends requests through a pool of connections, and reads answers up to a cap.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    http: reqwest::Client,
    answer_cap: usize,
}

impl HttpTransport {
    /// A pool of its own, over TLS with the system's roots.
    ///
    /// # Errors
    /// [`TransportError`] when TLS cannot be set up.
    pub fn new() -> Result<Self, TransportError> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()
            .map(Self::from)
            .map_err(|error| TransportError::new(Reach::NotSent, error))
    }

    /// Refuses answers of more bytes than this; 64 MiB unless set, since a page of calls carries their transcripts.
    #[must_use]
    pub fn answer_cap(mut self, bytes: usize) -> Self {
        self.answer_cap = bytes;
        self
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<Bytes, TransportError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > self.answer_cap {
                return Err(TransportError::new(Reach::MayHaveArrived, AnswerTooLong(self.answer_cap)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

/// Brings your own connections: a proxy, other roots, another pool.
///
/// Switch its redirects and its retries off: a redirected POST would be sent a second time, and the API key with it.
impl From<reqwest::Client> for HttpTransport {
    fn from(http: reqwest::Client) -> Self {
        Self { http, answer_cap: 64 << 20 }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let request = request
            .try_into()
            .map_err(|error: reqwest::Error| TransportError::new(Reach::NotSent, error.without_url()))?;
        let mut answer = self.http.execute(request).await.map_err(broken)?;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        let body = self.read(answer).await?;
        let mut response = http::Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// Without its URL, which for live control is a secret.
fn broken(error: reqwest::Error) -> TransportError {
    let reach = if error.is_connect() { Reach::NotSent } else { Reach::MayHaveArrived };
    TransportError::new(reach, error.without_url())
}

#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {0} bytes")]
struct AnswerTooLong(usize);

/// Shorter than the patience of one attempt, so that a host that cannot be reached is known as such.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that the other side has quietly dropped breaks the next request after it was sent, and a POST is then
/// ambiguous for no good reason. So connections are given up before others lose patience with them.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
