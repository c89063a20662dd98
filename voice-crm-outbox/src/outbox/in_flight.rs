//! Jobs that are being tried while somebody waits. A repeat that comes from then on, before the journal knows the outcome,
//! hears the same as the first.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::watch, time::timeout_at};

use crate::{JobKey, JobStatus, deadline::Deadline, journal::Outcome};

/// The jobs that are tried live, until the journal knows their outcome.
#[derive(Default)]
pub(super) struct InFlight(Mutex<HashMap<JobKey, watch::Sender<JobStatus>>>);

impl InFlight {
    /// A job is tried.
    pub(super) fn begin(&self, key: JobKey) {
        self.lock().insert(key, watch::Sender::new(JobStatus::Pending));
    }

    /// What became of a job is known, though not yet to the journal.
    pub(super) fn heard(&self, key: JobKey, outcome: &Outcome) {
        let status = match outcome {
            Outcome::Done(receipt) => JobStatus::Done(receipt.body.clone()),
            Outcome::Dead(reason) => JobStatus::Dead(reason.clone()),
            // It is pending still, and whoever waits is told so.
            Outcome::Retry { .. } | Outcome::Snooze { .. } => {
                self.lock().remove(&key);
                return;
            }
        };
        if let Some(known) = self.lock().get(&key) {
            known.send_replace(status);
        }
    }

    /// The journal knows what became of jobs, or nobody does.
    pub(super) fn forget(&self, keys: impl Iterator<Item = JobKey>) {
        let mut known = self.lock();
        keys.for_each(|key| drop(known.remove(&key)));
    }

    /// Where a job stands that is pending as far as the journal knows; `None` when it is not tried here, or not any more.
    pub(super) async fn status(&self, key: JobKey, deadline: Deadline) -> Option<JobStatus> {
        let mut known = self.lock().get(&key).map(watch::Sender::subscribe)?;
        let heard = known.wait_for(|status| *status != JobStatus::Pending);
        Some(match timeout_at(deadline.tokio(), heard).await {
            Ok(Ok(status)) => status.clone(),
            Ok(Err(_)) | Err(_) => JobStatus::Pending,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobKey, watch::Sender<JobStatus>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
