//! `EventStream`: the consumer's end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_core::Stream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{Channel, Event, EventSource, ReplayId, ReplayStore};
use crate::error::Result;

/// Events of one session, in the order in which they came.
///
/// A task of its own keeps the session and fills the buffer; it ends when this is dropped. Only
/// [`close`](Self::close) takes leave of the org and saves the position of the last event given.
#[must_use = "events stop when the stream is dropped"]
pub struct EventStream {
    pub(super) events: mpsc::Receiver<Result<Event>>,
    pub(super) store: Option<Arc<dyn ReplayStore>>,
    /// The event given last, until its position is saved.
    pub(super) given: Option<(Channel, ReplayId)>,
    pub(super) stop: watch::Sender<bool>,
    pub(super) driver: JoinHandle<()>,
}

impl EventStream {
    /// The next event; nothing once the stream has ended. Asking for it says that the one before has
    /// been dealt with: its position is saved first.
    ///
    /// It may be cancelled at any point; no event is lost by it.
    ///
    /// # Errors
    /// What ended the stream, or what the store says.
    pub async fn next(&mut self) -> Result<Option<Event>> {
        self.commit().await?;
        let Some(event) = self.events.recv().await.transpose()? else { return Ok(None) };
        self.given = event.replay_id.map(|place| (event.channel.clone(), place));
        Ok(Some(event))
    }

    /// Saves the position after the last event given.
    ///
    /// # Errors
    /// What the store says; the position is kept in mind and can be saved again.
    pub async fn commit(&mut self) -> Result<()> {
        if let (Some(store), Some((channel, place))) = (&self.store, &self.given) {
            store.save(channel, *place).await?;
        }
        self.given = None;
        Ok(())
    }

    /// Saves the position after the last event given, and takes leave of the org.
    ///
    /// # Errors
    /// What the store says; the session is ended all the same.
    pub async fn close(mut self) -> Result<()> {
        let saved = self.commit().await;
        self.stop.send_replace(true);
        // Room for whatever is on its way, so that the task comes to its end.
        self.events.close();
        // An org that does not hear it ends the session by itself.
        let _ = tokio::time::timeout(FAREWELL, &mut self.driver).await;
        saved
    }

    /// The events as a `Stream`, which ends after its first error. Asking for the next one says that the
    /// one before has been dealt with.
    pub fn into_stream(self) -> impl Stream<Item = Result<Event>> + Send {
        futures_util::stream::try_unfold(self, |mut events| async move {
            Ok(events.next().await?.map(|event| (event, events)))
        })
    }
}

#[async_trait]
impl EventSource for EventStream {
    async fn next(&mut self) -> Result<Option<Event>> {
        Self::next(self).await
    }

    async fn commit(&mut self) -> Result<()> {
        Self::commit(self).await
    }

    async fn close(self: Box<Self>) -> Result<()> {
        Self::close(*self).await
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("waiting", &self.events.len()).finish_non_exhaustive()
    }
}

/// How long leaving may take.
const FAREWELL: Duration = Duration::from_secs(5);
