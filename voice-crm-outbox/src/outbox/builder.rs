//! Puts an outbox together, and starts it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{runtime::Handle, task::JoinSet};

use super::{
    Outbox, SinkPolicy,
    drain::lasting,
    housekeeping,
    worker::{Shared, Worker},
};
use crate::{
    Sink, SinkName,
    clock::{Clock, SystemClock},
    journal::Journal,
};

/// How long a job that is done is remembered unless said.
const RETENTION: Duration = Duration::from_secs(14 * 24 * 3600);

/// The parts of an outbox.
#[must_use = "nothing runs until `start`"]
pub struct OutboxBuilder {
    journal: Arc<dyn Journal>,
    sinks: Vec<(SinkName, Arc<dyn Sink>, SinkPolicy)>,
    clock: Arc<dyn Clock>,
    retention: Duration,
}

/// An outbox cannot be started from what was given.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Two sinks have one name.
    #[error("two sinks have the name {0}; give each its own")]
    SinkTwice(SinkName),
    /// There is no tokio runtime to run in.
    #[error("an outbox must be started inside a tokio runtime")]
    NoRuntime,
}

impl OutboxBuilder {
    pub(super) fn new(journal: Arc<dyn Journal>) -> Self {
        Self { journal, sinks: Vec::new(), clock: Arc::new(SystemClock), retention: RETENTION }
    }

    /// Brings the jobs of lanes before this sink there.
    pub fn sink(mut self, name: SinkName, sink: impl Sink, policy: SinkPolicy) -> Self {
        self.sinks.push((name, Arc::new(sink), policy));
        self
    }

    /// The clock; the machine's unless said.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How long a job that is done is remembered, so that a late repeat finds it. 14 days unless said.
    pub fn retention(mut self, span: Duration) -> Self {
        self.retention = span;
        self
    }

    /// Starts a worker for each sink.
    ///
    /// # Errors
    /// [`StartError::SinkTwice`] when two sinks have one name, [`StartError::NoRuntime`] outside a tokio runtime.
    pub fn start(self) -> Result<Outbox, StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let shared = Arc::new(Shared::new(self.journal, self.clock));
        let mut workers = HashMap::new();
        for (name, sink, policy) in self.sinks {
            let worker = Worker::new(shared.clone(), name.clone(), sink, policy);
            if workers.insert(name.clone(), Arc::new(worker)).is_some() {
                return Err(StartError::SinkTwice(name));
            }
        }
        let mut tasks = JoinSet::new();
        for worker in workers.values() {
            tasks.spawn_on(worker.clone().run(), &runtime);
        }
        tasks.spawn_on(
            housekeeping::warn_of_orphans(shared.clone(), workers.keys().cloned().collect()),
            &runtime,
        );
        let (keeper, retention) = (shared.clone(), self.retention);
        tasks.spawn_on(
            async move { lasting(|| housekeeping::run(keeper.clone(), retention)).await },
            &runtime,
        );
        Ok(Outbox { shared, workers, tasks: Mutex::new(tasks), retention: self.retention })
    }
}

impl fmt::Debug for OutboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sinks: Vec<_> = self.sinks.iter().map(|(name, ..)| name).collect();
        f.debug_struct("OutboxBuilder").field("sinks", &sinks).finish_non_exhaustive()
    }
}
