//! The bodies of requests and answers.

use std::{
    error::Error,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;

use super::connection::{Connection, Phase};
use crate::bridge::ReplyBody;

/// An error of a body.
pub(super) type BodyError = Box<dyn Error + Send + Sync>;

/// The body of a request, as routes of one's own get it.
#[derive(Debug)]
pub struct RequestBody(pub(super) hyper::body::Incoming);

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.0).poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// The body of an answer.
pub(super) enum AnswerBody {
    /// It is the bridge's own, and whole.
    Whole(ReplyBody),
    /// It is of a route of one's own, whole or streamed.
    OfRoutes {
        /// The body.
        body: UnsyncBoxBody<Bytes, BodyError>,
        /// Says when it is dropped.
        _streaming: Streaming,
    },
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Whole(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Self::OfRoutes { body, .. } => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::OfRoutes { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::OfRoutes { body, .. } => body.size_hint(),
        }
    }
}

/// A connection that streams an answer, until this is dropped.
pub(super) struct Streaming(Arc<Connection>);

impl Streaming {
    pub(super) fn on(connection: Arc<Connection>) -> Self {
        Self(connection)
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        if self.0.phase() == Phase::Streaming {
            self.0.enter(Phase::Idle);
        }
    }
}
