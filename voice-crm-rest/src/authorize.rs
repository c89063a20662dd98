//! Who asks: the seam for credentials that expire.

use async_trait::async_trait;
use http::HeaderValue;
use tokio::time::Instant;

use crate::{Result, Service};

/// Gives each request the value of its `Authorization` header.
///
/// Mark the value as sensitive, so that no transport prints it.
#[async_trait]
pub trait Authorize<S: Service>: Send + Sync + 'static {
    /// A value that is good now; none for a request without credentials.
    ///
    /// # Errors
    /// Any kind; [`Timeout`](crate::ErrorKind::Timeout) when none could be had before the deadline.
    async fn header(&self, deadline: Instant) -> Result<Option<HeaderValue>, S>;

    /// Takes note that a value was refused. True if another may take its place: then the request is sent once more.
    fn forget(&self, _: &HeaderValue) -> bool {
        false
    }
}

/// Nobody asks.
#[async_trait]
impl<S: Service> Authorize<S> for () {
    async fn header(&self, _: Instant) -> Result<Option<HeaderValue>, S> {
        Ok(None)
    }
}

/// A value that never changes.
#[async_trait]
impl<S: Service> Authorize<S> for HeaderValue {
    async fn header(&self, _: Instant) -> Result<Option<HeaderValue>, S> {
        Ok(Some(self.clone()))
    }
}
