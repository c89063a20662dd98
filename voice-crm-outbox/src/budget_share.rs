//! How several replicas agree on their shares of one budget of requests.

use std::time::Duration;

use async_trait::async_trait;

/// Where replicas agree on how many of the requests that all may make together each of them makes.
///
/// `PostgresJournal` is one, in the feature `postgres`.
#[async_trait]
pub trait SharedBudget: Send + Sync + 'static {
    /// Says what a replica holds and wants, and hears what it may hold from now on.
    ///
    /// The shares of all replicas never add up to more than the budget. A replica that is not heard of any more keeps its
    /// share until its lease has ended and a whole window has passed, since its last requests count for so long.
    ///
    /// # Errors
    /// [`SharedBudgetError`] when nothing could be agreed on; the replica asks again.
    async fn agree(&self, request: &ShareRequest<'_>) -> Result<ShareGrant, SharedBudgetError>;
}

/// What a replica says of itself.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "whoever spends from a shared budget makes them")]
pub struct ShareRequest<'a> {
    /// The name of the budget: one for each account that requests are counted for.
    pub budget: &'a str,
    /// Which replica asks; it draws a number when it starts.
    pub replica: [u8; 16],
    /// How many requests all replicas may make together in a window.
    pub calls: usize,
    /// The span in which requests are counted.
    pub window: Duration,
    /// How many of them are this replica's share now.
    pub held: usize,
    /// How many it has use for.
    pub wanted: usize,
    /// How long the share lasts unless the replica asks again.
    pub lease: Duration,
}

/// What a replica may hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "whoever shares a budget in another way makes them")]
pub struct ShareGrant {
    /// How many requests are its share from now on.
    pub granted: usize,
    /// How many its share should be. When these are fewer than are granted, the replica gives the others back once they
    /// are out of its window.
    pub fair: usize,
    /// How many replicas there are, this one included.
    pub replicas: usize,
}

/// Nothing could be agreed on.
#[derive(Debug, thiserror::Error)]
#[error("the shared budget cannot be asked now")]
pub struct SharedBudgetError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl SharedBudgetError {
    /// With the reason.
    pub fn new(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}
