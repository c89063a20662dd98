//! What was promised and what is in the org, over time.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use salesforce_emulator::Org;

use crate::fate::Blow;

/// How often it is looked.
const INTERVAL: Duration = Duration::from_millis(250);

/// How many cases were promised and not yet made at a moment since the beginning.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) at: Duration,
    pub(crate) backlog: usize,
}

/// The time since the storm began, and what was seen in it.
pub(crate) struct Timeline {
    begun: Instant,
    promised: AtomicUsize,
    samples: Mutex<Vec<Sample>>,
    blows: Mutex<Vec<(Duration, Blow)>>,
}

impl Timeline {
    /// A timeline that begins now.
    pub(crate) fn begin() -> Self {
        Self {
            begun: Instant::now(),
            promised: AtomicUsize::new(0),
            samples: Mutex::default(),
            blows: Mutex::default(),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// One more case was promised.
    pub(crate) fn promised(&self) {
        self.promised.fetch_add(1, Ordering::Relaxed);
    }

    /// A blow falls now.
    pub(crate) fn struck(&self, blow: Blow) {
        self.blows.lock().unwrap_or_else(PoisonError::into_inner).push((self.elapsed(), blow));
    }

    /// Looks again and again, until it is aborted.
    pub(crate) async fn watch(self: Arc<Self>, org: Arc<Org>) {
        loop {
            let promised = self.promised.load(Ordering::Relaxed);
            let sample = Sample { at: self.elapsed(), backlog: promised.saturating_sub(org.count("Case")) };
            self.samples.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
            tokio::time::sleep(INTERVAL).await;
        }
    }

    pub(crate) fn samples(&self) -> Vec<Sample> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn blows(&self) -> Vec<(Duration, Blow)> {
        self.blows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
