//! The port to whatever several replicas agree by on their shares of one budget.

use std::time::Duration;

use async_trait::async_trait;

/// Where replicas agree on how the calls of an integration user are shared out among them.
///
/// `PostgresJournal` is one, in the feature `postgres`.
#[async_trait]
pub trait SharedBudget: Send + Sync + 'static {
    /// Says what a replica holds and wants, and hears what it may hold from now on.
    ///
    /// What all replicas hold never adds up to more than the budget. Whatever a replica holds stays taken for a
    /// whole window after its last word has lost its force.
    ///
    /// # Errors
    /// [`SharedBudgetError`] when nothing could be agreed on; the replica asks again.
    async fn agree(&self, request: &ShareRequest<'_>) -> Result<ShareGrant, SharedBudgetError>;
}

/// What a replica says of itself.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "whoever spends from a shared budget makes them")]
pub struct ShareRequest<'a> {
    /// The name of the budget: one for each integration user.
    pub budget: &'a str,
    /// Which replica asks; it draws a number when it starts.
    pub replica: [u8; 16],
    /// How many calls all replicas may make together.
    pub calls: usize,
    /// In how long.
    pub window: Duration,
    /// How many of them this replica holds.
    pub held: usize,
    /// How many it has use for.
    pub wanted: usize,
    /// For how long its word is good.
    pub lease: Duration,
}

/// What a replica may hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "whoever shares a budget in another way makes them")]
pub struct ShareGrant {
    /// How many calls are now written down as its own.
    pub granted: usize,
    /// How many it should hold; when fewer than are granted, it lets the others go once they are out of its window.
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
