//! A log to standard error that holds nobody up: when nobody reads it, lines are dropped and counted.

use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// Lines that wait to be written.
const WAITING: usize = 512;
/// How often dropped lines are counted.
const COUNTED: Duration = Duration::from_secs(5);

/// Writes what is left of the log when it is dropped, for a second at most.
#[must_use]
pub(crate) struct Log {
    dropped: ErrorCounter,
    _writer: WorkerGuard,
}

/// Begins to log, at `info` unless `RUST_LOG` says otherwise.
pub(crate) fn begin() -> Log {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lossy = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING);
    let (writer, guard) = lossy.finish(std::io::stderr());
    let dropped = writer.error_counter();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).init();
    Log { dropped, _writer: guard }
}

impl Log {
    /// Counts the dropped lines in the metric `voice_crm_log_lines_dropped_total`, for as long as the runtime runs.
    pub(crate) fn count_dropped_lines(&self) {
        let dropped = self.dropped.clone();
        tokio::spawn(async move {
            loop {
                let lines = u64::try_from(dropped.dropped_lines()).unwrap_or(u64::MAX);
                metrics::counter!("voice_crm_log_lines_dropped_total").absolute(lines);
                tokio::time::sleep(COUNTED).await;
            }
        });
    }
}
