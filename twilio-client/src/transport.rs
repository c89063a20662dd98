//! One attempt at an HTTP exchange: the seam between the client and the network.

mod pooled;

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;

pub use self::pooled::HttpTransport;

/// Sends one request once and reads its whole answer.
///
/// An implementation neither repeats a request nor follows a redirect; the client decides both. The client
/// also minds the time: it drops the future when no time is left.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request, which carries its absolute URL, its body and the credentials.
    ///
    /// # Errors
    ///
    /// [`TransportError`] whenever there is no complete answer; it says how far the request came.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;

    /// Sends the request and gives the answer's body piece by piece, for recordings. Unless an implementation
    /// does better, it is read whole first.
    ///
    /// # Errors
    ///
    /// [`TransportError`] whenever there is no answer; the pieces have errors of their own.
    async fn open(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        Ok(self.send(request).await?.map(|body| -> Body { Box::pin(Whole(Some(body))) }))
    }
}

/// The pieces of an answer's body.
pub type Body = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// A body of one piece.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// How far a request came before the exchange broke.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reach {
    /// Not one byte of it left: no connection was made.
    NotSent,
    /// It may have arrived, and may have been acted on.
    MayHaveArrived,
}

/// An exchange that broke.
#[derive(Debug)]
pub struct TransportError {
    reach: Reach,
    source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// An error and how far the request came. The source must not show the URL's query or the body.
    pub fn new(reach: Reach, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { reach, source: source.into() }
    }

    /// How far the request came.
    pub fn reach(&self) -> Reach {
        self.reach
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reach {
            Reach::NotSent => "the request could not be sent",
            Reach::MayHaveArrived => "the exchange broke before the answer was complete",
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
