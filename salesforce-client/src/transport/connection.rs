//! One HTTP/1.1 connection, driven by the task that waits for its answer.
//!
//! It has no task of its own, so no request and no piece of an answer goes from task to task; while nobody
//! waits for an answer, it stands still.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};

use super::bell::Bell;
use super::outgoing::Outgoing;

/// How often a poll goes round before it lets other tasks run.
const ROUNDS: usize = 16;

/// What a connection is made of.
pub(super) trait Wire: Read + Write + Send + Unpin {}

impl<T: Read + Write + Send + Unpin> Wire for T {}

type Driver = http1::Connection<Box<dyn Wire>, Outgoing>;

/// A connection to one host.
pub(super) struct Connection {
    sender: http1::SendRequest<Outgoing>,
    /// What moves the bytes; `None` once the connection has ended.
    driver: Option<Box<Driver>>,
    bell: Arc<Bell>,
    waker: Waker,
}

/// A request without an answer.
pub(super) enum Lost {
    /// Nothing of it was sent; here it is.
    Unsent(Box<http::Request<Outgoing>>),
    /// It may have arrived.
    Maybe(hyper::Error),
}

impl Connection {
    pub(super) async fn open(wire: Box<dyn Wire>) -> hyper::Result<Self> {
        let (sender, driver) = http1::handshake(wire).await?;
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        Ok(Self { sender, driver: Some(Box::new(driver)), bell, waker })
    }

    /// Sends a request, and waits for the head of its answer.
    pub(super) async fn send(
        &mut self,
        request: http::Request<Outgoing>,
    ) -> Result<http::Response<Incoming>, Lost> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let answer = poll_fn(|cx| self.poll(cx, |cx| answer.as_mut().poll(cx))).await;
        answer.map_err(|mut lost| {
            let unsent = lost.take_message().map(|request| Lost::Unsent(Box::new(request)));
            unsent.unwrap_or_else(|| Lost::Maybe(lost.into_error()))
        })
    }

    /// The next piece of an answer's body.
    pub(super) fn poll_piece(
        &mut self,
        body: &mut Incoming,
        cx: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Bytes>>> {
        self.poll(cx, |cx| {
            loop {
                match std::task::ready!(Pin::new(&mut *body).poll_frame(cx)) {
                    // Trailers tell us nothing.
                    Some(Ok(frame)) => {
                        if let Ok(piece) = frame.into_data() {
                            return Poll::Ready(Some(Ok(piece)));
                        }
                    }
                    Some(Err(cut)) => return Poll::Ready(Some(Err(cut))),
                    None => return Poll::Ready(None),
                }
            }
        })
    }

    /// Whether it can take the next request.
    pub(super) fn is_free(&self) -> bool {
        self.sender.is_ready()
    }

    /// Moves bytes until `part` has what it waits for.
    fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut part: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.bell.begin(cx.waker());
        let mut inner = Context::from_waker(&self.waker);
        for _ in 0..ROUNDS {
            if let Some(driver) = &mut self.driver
                && Pin::new(driver).poll(&mut inner).is_ready()
            {
                // How it ended is told by the part; one that was not begun is told only now.
                self.driver = None;
            }
            if let Poll::Ready(done) = part(&mut inner) {
                return Poll::Ready(done);
            }
            if self.bell.rest() {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
