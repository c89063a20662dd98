//! The transport over HTTP, with kept-alive connections.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;

use super::{Body, Reach, Transport, TransportError};

/// Sends requests through a pool of connections.
#[derive(Clone, Debug)]
pub struct HttpTransport(reqwest::Client);

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
            .map(Self)
            .map_err(|error| TransportError::new(Reach::NotSent, error))
    }
}

/// Brings your own connections: a proxy, other roots, another pool.
///
/// Switch its redirects and its retries off: a redirected POST would be sent a second time, and the credentials with it.
impl From<reqwest::Client> for HttpTransport {
    fn from(http: reqwest::Client) -> Self {
        Self(http)
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let request = request
            .try_into()
            .map_err(|error: reqwest::Error| TransportError::new(Reach::NotSent, error.without_url()))?;
        let mut answer = self.0.execute(request).await.map_err(broken)?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let mut response = http::Response::new(Body::stream(answer.bytes_stream().map_err(broken)));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// Without its URL, which can name people and be a secret.
fn broken(error: reqwest::Error) -> TransportError {
    let reach = if error.is_connect() { Reach::NotSent } else { Reach::MayHaveArrived };
    TransportError::new(reach, error.without_url())
}

/// Shorter than the patience of one attempt, so that a host that cannot be reached is known as such.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that the other side has quietly dropped breaks the next request after it was sent, and a POST is then
/// ambiguous for no good reason. So connections are given up before others lose patience with them.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
