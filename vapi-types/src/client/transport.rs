//! One attempt at an HTTP exchange: the seam between the client and the network.

use std::{error::Error as StdError, fmt};

use async_trait::async_trait;
use bytes::Bytes;

mod pooled;

pub use pooled::HttpTransport;

/// Sends one request once and reads its whole answer.
///
/// An implementation neither repeats a request nor follows a redirect; the client decides both. The client also minds
/// the time: it drops the future when no time is left.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request, which carries its absolute URL, its body and the API key.
    ///
    /// # Errors
    /// [`TransportError`] whenever there is no complete answer; it says how far the request came.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;
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
    /// An error and how far the request came. The source must not show the URL or the body.
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
