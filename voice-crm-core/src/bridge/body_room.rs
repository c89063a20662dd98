//! How much of long bodies is held at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Up to here a body is held without asking. Function calls of a voice model are shorter by far.
pub(super) const SHORT: usize = 32 * 1_024;
/// So many of the longest bodies have room at once.
const LONGEST_AT_ONCE: usize = 4;
/// Room is given in units of so many bytes, since a semaphore counts no further than 32 bits.
const UNIT: usize = 1_024;

/// The room for long bodies. It is shared by all of them, and function calls need none of it.
#[derive(Clone)]
pub(super) struct BodyRoom(Arc<Semaphore>);

/// Room for one body, until this is dropped.
pub(super) type Room = Option<OwnedSemaphorePermit>;

impl BodyRoom {
    /// The room for bodies of at most `limit` bytes each.
    pub(super) fn new(limit: usize) -> Self {
        let units = limit.div_ceil(UNIT).saturating_mul(LONGEST_AT_ONCE);
        Self(Arc::new(Semaphore::new(units.min(Semaphore::MAX_PERMITS))))
    }

    /// Waits for room for a body of so many bytes; those who came first get it first.
    pub(super) async fn take(&self, bytes: usize) -> Room {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        // It is never closed.
        self.0.clone().acquire_many_owned(units).await.ok()
    }
}
