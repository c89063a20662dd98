//! Events: what changed in the org, told as it happens.
//!
//! [`Client::subscribe`](crate::Client::subscribe) listens to one or more [`Channel`]s over the Streaming API (Bayeux by long
//! polling). What is listened to is an [`EventStream`]; code that only consumes events can take any
//! [`EventSource`].
//!
//! ```no_run
//! use salesforce_client::streaming::{Channel, FileReplayStore, ReplayFrom};
//!
//! # async fn listen(client: salesforce_client::Client) -> salesforce_client::Result<()> {
//! let mut events = client
//!     .subscribe(Channel::changes("Case")?)
//!     .and(Channel::platform_event("Call_Ended__e")?)
//!     .from(ReplayFrom::Earliest)
//!     .store(FileReplayStore::new("positions.json"))
//!     .await?;
//! while let Some(event) = events.next().await? {
//!     println!("{:?} on {}", event.kind, event.channel);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What holds
//!
//! - **At least once, in order, per channel.** The position is saved once the consumer asks for the next
//!   event, so an event whose handling was cut short comes again after a restart. While the process lives,
//!   an event comes once: what a reconnect repeats is dropped by its replay id.
//! - **No silent gap.** An answer that was lost may have carried events, so the session is begun anew from
//!   the last event that arrived. Where the org cannot say what was missed, an event of the kind
//!   [`EventKind::Missed`] says so.
//! - **Bounded.** At most a buffer of events waits for the consumer; until there is room, nothing more is
//!   asked of the org. A session that ends meanwhile is begun anew from the position reached.
//! - **It goes on.** Lost connections, ended sessions and ended tokens are mended, with jittered waits, and
//!   where as many listen as may at once it waits for room. It ends with an error only where no repeat can
//!   help: a channel that does not exist, a login that is refused when it begins.
//!
//! See \[Salesforce/Streaming API Developer Guide\].

mod advice;
mod answer;
mod channel;
mod cookies;
mod driver;
mod event;
mod file_store;
mod replay;
mod session;
mod stream;
mod subscribe;
mod subscription;

use async_trait::async_trait;

use crate::error::Result;

pub use self::channel::Channel;
pub use self::event::{Event, EventKind, ReplayId};
pub use self::file_store::FileReplayStore;
pub use self::replay::{MemoryReplayStore, OnUnknownReplayId, ReplayFrom, ReplayStore};
pub use self::stream::EventStream;
pub use self::subscribe::Subscribe;

/// Where events come from, whatever carries them.
#[async_trait]
pub trait EventSource: Send {
    /// The next event; nothing once the source has ended. Asking for it says that the one before has
    /// been dealt with.
    ///
    /// # Errors
    /// What ended the source, or kept the position from being saved.
    async fn next(&mut self) -> Result<Option<Event>>;

    /// Saves the position after the last event given, without asking for another.
    ///
    /// # Errors
    /// What kept the position from being saved; it can be asked for again.
    async fn commit(&mut self) -> Result<()>;

    /// Saves the position and takes leave of the org.
    ///
    /// # Errors
    /// What kept the position from being saved.
    async fn close(self: Box<Self>) -> Result<()>;
}
