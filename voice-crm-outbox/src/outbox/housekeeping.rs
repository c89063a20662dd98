//! Forgets jobs that are long done.

use std::{sync::Arc, time::Duration};

use super::worker::Shared;

/// How often.
const EVERY: Duration = Duration::from_secs(600);
/// Few at a time, so that nobody's job waits behind it.
const AT_ONCE: usize = 500;

/// Forgets, again and again, all that was done longer ago than a span.
pub(super) async fn run(shared: Arc<Shared>, retention: Duration) {
    loop {
        while forget(&shared, retention).await == AT_ONCE {}
        tokio::time::sleep(EVERY).await;
    }
}

async fn forget(shared: &Shared, retention: Duration) -> usize {
    let Ok(before) = shared.clock.now().checked_sub(retention) else { return 0 };
    shared.journal.forget(before, AT_ONCE).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "old jobs of the journal could not be forgotten");
        0
    })
}
