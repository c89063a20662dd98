//! One attempt at an HTTP exchange: the seam between the client and the network.

#[cfg(feature = "reqwest")]
mod pooled;

use std::{
    error::Error as StdError,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;

#[cfg(feature = "reqwest")]
pub use pooled::HttpTransport;

/// Sends one request once and gives its answer, of any status.
///
/// An implementation neither repeats a request nor follows a redirect; the client decides both. The client also minds the
/// time and the length of the answer: it drops the future or the body when there has been enough.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request, which carries its absolute URL, its body and the credentials.
    ///
    /// # Errors
    /// [`TransportError`] whenever there is no answer; it says how far the request came. The pieces of the body have errors
    /// of their own.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError>;
}

/// The body of an answer, piece by piece.
pub struct Body(Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>);

impl Body {
    /// These pieces.
    pub fn stream(pieces: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        Self(Box::pin(pieces))
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// [`TransportError`] when the connection broke: what came before it is not the whole.
    pub async fn next(&mut self) -> Option<Result<Bytes, TransportError>> {
        std::future::poll_fn(|cx| self.0.as_mut().poll_next(cx)).await
    }

    /// Reads all of it, or as much as the cap allows.
    pub(crate) async fn read_into(&mut self, all: &mut BytesMut, cap: usize) -> Result<(), TransportError> {
        while let Some(piece) = self.next().await.transpose()? {
            let room = cap - all.len();
            all.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.len() > room {
                return Err(TransportError::new(Reach::MayHaveArrived, AnswerTooLong(cap)));
            }
        }
        Ok(())
    }
}

/// A body of one piece.
impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::stream(futures_util::stream::iter([Ok(bytes)]))
    }
}

impl Stream for Body {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
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
#[derive(Debug, thiserror::Error)]
#[error("{}", if *reach == Reach::NotSent { "the request could not be sent" } else { "the exchange broke before the answer was complete" })]
pub struct TransportError {
    reach: Reach,
    source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// An error and how far the request came. The source must show neither the URL nor the body.
    pub fn new(reach: Reach, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { reach, source: source.into() }
    }

    /// How far the request came.
    pub fn reach(&self) -> Reach {
        self.reach
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {0} bytes")]
struct AnswerTooLong(usize);
