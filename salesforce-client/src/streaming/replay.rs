//! Where to begin, and where the place reached is kept.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{Channel, ReplayId};
use crate::error::Result;

/// Where a subscription begins when no position is kept for it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReplayFrom {
    /// With what happens from now on.
    #[default]
    Latest,
    /// With the oldest event that the org still keeps: 24 hours of `PushTopic` and generic events, 72 of
    /// the others.
    Earliest,
    /// After this event.
    After(ReplayId),
}

/// What to do when the org no longer knows the position to go on from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum OnUnknownReplayId {
    /// Go on with the oldest event that the org still keeps. Some may come a second time.
    #[default]
    Earliest,
    /// Go on with what happens from now on.
    Latest,
    /// End the stream with an error.
    Fail,
}

/// Keeps the position reached in each channel, so that a later process goes on there.
#[async_trait]
pub trait ReplayStore: Send + Sync {
    /// The position kept for the channel.
    ///
    /// # Errors
    /// What kept it from being read; nothing is subscribed to then.
    async fn load(&self, channel: &Channel) -> Result<Option<ReplayId>>;

    /// Keeps the position; it must be durable on return.
    ///
    /// # Errors
    /// What kept it from being written; the consumer gets it instead of the next event.
    async fn save(&self, channel: &Channel, position: ReplayId) -> Result<()>;
}

/// Keeps positions as long as it lives.
#[derive(Default)]
pub struct MemoryReplayStore(Mutex<BTreeMap<Channel, ReplayId>>);

impl MemoryReplayStore {
    /// A store that knows no position.
    pub fn new() -> Self {
        Self::default()
    }

    /// The position kept for the channel.
    pub fn get(&self, channel: &Channel) -> Option<ReplayId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(channel).copied()
    }
}

#[async_trait]
impl ReplayStore for MemoryReplayStore {
    async fn load(&self, channel: &Channel) -> Result<Option<ReplayId>> {
        Ok(self.get(channel))
    }

    async fn save(&self, channel: &Channel, position: ReplayId) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(channel.clone(), position);
        Ok(())
    }
}

#[async_trait]
impl<S: ReplayStore + ?Sized> ReplayStore for std::sync::Arc<S> {
    async fn load(&self, channel: &Channel) -> Result<Option<ReplayId>> {
        (**self).load(channel).await
    }

    async fn save(&self, channel: &Channel, position: ReplayId) -> Result<()> {
        (**self).save(channel, position).await
    }
}

impl fmt::Debug for MemoryReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryReplayStore(..)")
    }
}
