//! `HttpTransport`: HTTP/1.1 over connections that are kept. No redirects, no retries, no unbounded answers.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri, header};
use http_body::Body;
use hyper::body::Incoming;

use super::connection::{Connection, Lost};
use super::connector::Connector;
use super::outgoing::Outgoing;
use super::pool::{Origin, Pool};
use super::reading::{MAX_RESPONSE_BYTES, whole};
use super::{BodyStream, Reached, Transport, TransportError};
use crate::error::{Error, ErrorKind, Result};

const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("salesforce-client-rust/", env!("CARGO_PKG_VERSION")));

/// Whoever stands between may forget a connection that is idle for longer.
const KEEP_ALIVE: Duration = Duration::from_secs(50);

/// Sends requests over connections that are kept open between them. Clones share the connections.
///
/// A connection that the org closed while it was idle is noticed before anything is sent on it, and let go with
/// the next request. HTTPS trusts whom the system trusts, and goes through the proxies that `HTTPS_PROXY`,
/// `ALL_PROXY` and `NO_PROXY` name.
#[derive(Clone)]
pub struct HttpTransport {
    pool: Arc<Pool>,
    connector: Arc<Connector>,
    keep_alive: Duration,
    max_response_bytes: usize,
}

impl HttpTransport {
    /// A transport to this host. Loopback hosts are reached without a proxy, whatever the environment says.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when TLS cannot be set up.
    pub fn new(host: &crate::LoginHost) -> Result<Self> {
        let connector = Connector::new(!host.is_loopback()).map_err(|error| {
            Error::new(ErrorKind::Configuration, "TLS cannot be set up: check the system's TLS roots")
                .with_source(error)
        })?;
        Ok(Self {
            pool: Arc::default(),
            connector: Arc::new(connector),
            keep_alive: KEEP_ALIVE,
            max_response_bytes: MAX_RESPONSE_BYTES,
        })
    }

    /// How long a connection is kept for the next request; 50 seconds unless set, and zero keeps none.
    #[must_use]
    pub fn keep_alive(mut self, time: Duration) -> Self {
        self.keep_alive = time;
        self
    }

    /// The largest answer that is read, in bytes; 16 MiB unless set.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    async fn exchange(
        &self,
        mut request: http::Request<Outgoing>,
    ) -> Result<http::Response<Answer>, TransportError> {
        let address = request.uri().clone();
        let origin = prepare(&mut request)?;
        // A connection that ended while it was idle gives the request back.
        while let Some(mut connection) = self.pool.take(&origin, self.keep_alive) {
            match connection.send(request).await {
                Ok(answer) => return Ok(self.answer(answer, connection, origin)),
                Err(Lost::Unsent(back)) => request = *back,
                Err(Lost::Maybe(error)) => return Err(cut(error)),
            }
        }
        let wire = self.connector.connect(address).await.map_err(unreached)?;
        let mut connection = Connection::open(wire).await.map_err(unreached)?;
        match connection.send(request).await {
            Ok(answer) => Ok(self.answer(answer, connection, origin)),
            Err(Lost::Unsent(_)) => Err(unreached(io::Error::from(io::ErrorKind::ConnectionAborted))),
            Err(Lost::Maybe(error)) => Err(cut(error)),
        }
    }

    fn answer(
        &self,
        answer: http::Response<Incoming>,
        connection: Connection,
        origin: Origin,
    ) -> http::Response<Answer> {
        let (pool, keep_alive) = (Arc::clone(&self.pool), self.keep_alive);
        answer.map(|body| Answer { body, under_way: Some((connection, origin)), pool, keep_alive })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn attempt(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let (head, body) = self.exchange(request.map(Outgoing::Whole)).await?.into_parts();
        let length = body.length();
        let body = whole(body, length, self.max_response_bytes).await?;
        Ok(http::Response::from_parts(head, body))
    }

    async fn attempt_streamed(
        &self,
        request: http::Request<BodyStream>,
    ) -> Result<http::Response<BodyStream>, TransportError> {
        let answer = self.exchange(request.map(Outgoing::Pieces)).await?;
        Ok(answer.map(|body| {
            let length = body.length();
            BodyStream::new(body, length)
        }))
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("connector", &self.connector).finish_non_exhaustive()
    }
}

/// The body of an answer. Read to its end it gives its connection back; dropped before, it closes it.
struct Answer {
    body: Incoming,
    under_way: Option<(Connection, Origin)>,
    pool: Arc<Pool>,
    keep_alive: Duration,
}

impl Answer {
    fn length(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }
}

impl Stream for Answer {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let this = &mut *self;
        let Some((connection, _)) = &mut this.under_way else { return Poll::Ready(None) };
        let piece = ready!(connection.poll_piece(&mut this.body, cx));
        if matches!(piece, Some(Ok(_))) {
            return Poll::Ready(piece.map(|piece| piece.map_err(io::Error::other)));
        }
        if let Some((connection, origin)) = this.under_way.take()
            && piece.is_none()
            && connection.is_free()
        {
            this.pool.put(origin, connection, this.keep_alive);
        }
        Poll::Ready(piece.map(|piece| piece.map_err(io::Error::other)))
    }
}

/// Makes the request one to its host alone, and tells where that is.
fn prepare(request: &mut http::Request<Outgoing>) -> Result<Origin, TransportError> {
    let unusable = || TransportError::new(Reached::NotSent, "the request's address cannot be used");
    let address = std::mem::take(request.uri_mut());
    let origin = Origin::of(&address).ok_or_else(unusable)?;
    let host = HeaderValue::from_str(origin.authority.as_str()).map_err(|_| unusable())?;
    let path = address.into_parts().path_and_query;
    *request.uri_mut() = Uri::from(path.unwrap_or(PathAndQuery::from_static("/")));
    let headers = request.headers_mut();
    headers.insert(header::HOST, host);
    headers.entry(header::USER_AGENT).or_insert(USER_AGENT);
    Ok(origin)
}

fn unreached(error: impl std::error::Error + Send + Sync + 'static) -> TransportError {
    let hint = "no connection to the org: check the host name, the network and TLS";
    TransportError::new(Reached::NotSent, hint).with_source(error)
}

fn cut(error: hyper::Error) -> TransportError {
    TransportError::new(Reached::Maybe, "the connection was cut before the answer came").with_source(error)
}
