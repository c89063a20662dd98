//! Bodies that pass through piece by piece.

mod patient;

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream::{self, StreamExt};

use self::patient::Patient;

/// A body on its way.
pub struct BodyStream {
    pieces: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
    length: Option<u64>,
}

impl BodyStream {
    /// A body of these pieces; `length` in bytes, where it is known.
    pub fn new(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: Option<u64>) -> Self {
        Self { pieces: Box::pin(pieces), length }
    }

    /// A body that is there already.
    pub fn whole(body: Bytes) -> Self {
        let length = body.len() as u64;
        Self::new(stream::iter((!body.is_empty()).then_some(Ok(body))), Some(length))
    }

    /// Its length in bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The same body, which ends with an error when somebody waits for a piece for so long.
    pub(crate) fn patient(self, longest: Duration) -> Self {
        let length = self.length;
        Self::new(Patient::new(self.pieces, longest), length)
    }
}

impl Stream for BodyStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyStream").field("length", &self.length).finish_non_exhaustive()
    }
}

/// A body that can be begun anew, so that an attempt of which nothing was applied can be repeated.
#[derive(Clone)]
pub struct BodySource {
    open: Arc<dyn Fn() -> BodyStream + Send + Sync>,
    length: Option<u64>,
}

impl BodySource {
    /// A body of `length` bytes, where that is known; `open` begins it, and is called once per attempt.
    pub fn new<S>(length: Option<u64>, open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self { open: Arc::new(move || BodyStream::new(open(), length)), length }
    }

    /// Its length in bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    pub(crate) fn open(&self) -> BodyStream {
        (self.open)()
    }

    /// The same body between two others.
    pub(crate) fn between(self, before: Bytes, after: Bytes) -> Self {
        let around = (before.len() + after.len()) as u64;
        let length = self.length.map(|length| length + around);
        Self::new(length, move || {
            let before = BodyStream::whole(before.clone());
            before.chain(self.open()).chain(BodyStream::whole(after.clone()))
        })
    }
}

impl From<Bytes> for BodySource {
    fn from(body: Bytes) -> Self {
        Self { length: Some(body.len() as u64), open: Arc::new(move || BodyStream::whole(body.clone())) }
    }
}

impl From<Vec<u8>> for BodySource {
    fn from(body: Vec<u8>) -> Self {
        Bytes::from(body).into()
    }
}

impl From<String> for BodySource {
    fn from(body: String) -> Self {
        Bytes::from(body).into()
    }
}

impl fmt::Debug for BodySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodySource").field("length", &self.length).finish_non_exhaustive()
    }
}
