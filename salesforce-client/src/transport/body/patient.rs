//! A body that is given up when it stands still.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Pieces, each of which comes within a time of being waited for.
pub(super) struct Patient {
    pieces: Pieces,
    longest: Duration,
    state: State,
}

enum State {
    /// Nobody waits for a piece. A slow reader is not the sender's fault.
    Idle,
    /// Somebody waits, until then at most.
    Waiting(Pin<Box<Sleep>>),
    /// It was given up.
    Over,
}

impl Patient {
    pub(super) fn new(pieces: Pieces, longest: Duration) -> Self {
        Self { pieces, longest, state: State::Idle }
    }
}

impl Stream for Patient {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if matches!(this.state, State::Over) {
            return Poll::Ready(None);
        }
        if let Poll::Ready(piece) = this.pieces.as_mut().poll_next(cx) {
            this.state = State::Idle;
            return Poll::Ready(piece);
        }
        if matches!(this.state, State::Idle) {
            let Some(until) = Instant::now().checked_add(this.longest) else { return Poll::Pending };
            this.state = State::Waiting(Box::pin(sleep_until(until)));
        }
        if let State::Waiting(sleep) = &mut this.state {
            ready!(sleep.as_mut().poll(cx));
        }
        this.state = State::Over;
        Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};
    use tokio::time::sleep;

    use super::*;

    const LONGEST: Duration = Duration::from_secs(10);

    fn after(seconds: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
        stream::once(async move {
            sleep(Duration::from_secs(seconds)).await;
            Ok(Bytes::from_static(b"piece"))
        })
    }

    #[tokio::test(start_paused = true)]
    async fn pieces_that_keep_coming_may_take_for_ever_and_one_that_does_not_ends_it() {
        let pieces = after(9).chain(after(9)).chain(after(9)).chain(after(11));
        let mut body = Patient::new(Box::pin(pieces), LONGEST);
        for _ in 0..3 {
            assert!(body.next().await.unwrap().is_ok());
        }
        assert_eq!(body.next().await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(body.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_takes_its_time_is_not_punished() {
        let mut body = Patient::new(Box::pin(after(9).chain(after(9))), LONGEST);
        assert!(body.next().await.unwrap().is_ok());
        sleep(LONGEST * 5).await;
        assert!(body.next().await.unwrap().is_ok());
    }
}
