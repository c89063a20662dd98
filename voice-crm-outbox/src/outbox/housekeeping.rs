//! Forgets jobs that are long done, and says what waits for a sink that is not there.

use std::{collections::HashSet, sync::Arc, time::Duration};

use super::worker::Shared;
use crate::SinkName;

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

/// Warns of jobs whose sink this process does not have: a setting was removed while they waited.
pub(super) async fn warn_of_orphans(shared: Arc<Shared>, sinks: HashSet<SinkName>) {
    let Ok(stats) = shared.journal.stats().await else { return };
    for ((sink, kind), jobs) in stats.waiting {
        if !sinks.contains(sink.as_str()) {
            tracing::warn!(sink, kind, jobs, "jobs wait for a sink that this process does not have");
        }
    }
}

/// Forgets some of them, and gives how many.
pub(super) async fn forget(shared: &Shared, retention: Duration) -> usize {
    let Ok(before) = shared.clock.now().checked_sub(retention) else { return 0 };
    shared.journal.forget(before, AT_ONCE).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "old jobs of the journal could not be forgotten");
        0
    })
}
