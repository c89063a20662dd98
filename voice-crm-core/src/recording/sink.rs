//! The store of recordings as a sink of the outbox: a recording takes long, so it has health and patience of its own.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::future::join_all;
use voice_crm_outbox::{Attempt, Sink, SinkPolicy, Urgency, deadline::Deadline};

use super::RecordingSource;
use crate::crm::{self, Change, Crm, CrmError, CrmErrorKind, Receipt, read_attempt};

/// How long one recording may take: 100 MB over a slow line.
const ONE: Duration = Duration::from_secs(600);
/// How many are on their way at once.
const AT_ONCE: usize = 4;

/// How patiently recordings are kept. Each is a batch of its own, and a stop does not wait for it: it is looked for in the
/// CRM and begun anew.
pub(crate) fn policy(delivery: &SinkPolicy) -> SinkPolicy {
    SinkPolicy { batch: 1, batches: AT_ONCE, batch_timeout: ONE, finish_on_stop: false, ..delivery.clone() }
}

/// Keeps recordings as files of their calls.
pub(crate) struct RecordingSink {
    pub(crate) crm: Arc<dyn Crm>,
    pub(crate) source: Arc<dyn RecordingSource>,
}

#[async_trait]
impl Sink for RecordingSink {
    async fn apply(&self, attempts: Vec<Attempt>, _: Urgency, _: Deadline) {
        let keeping = attempts.into_iter().filter_map(read_attempt).map(|(attempt, answer)| async move {
            answer.give(self.keep(&attempt).await);
        });
        join_all(keeping).await;
    }
}

impl RecordingSink {
    async fn keep(&self, attempt: &crm::Attempt) -> Result<Receipt, CrmError> {
        let refused = |detail| Err(CrmError::new(CrmErrorKind::Refused, detail));
        let Change::KeepRecording(recording) = &attempt.write.change else {
            return refused("a store of recordings keeps recordings alone");
        };
        let Some(store) = self.crm.recordings() else { return refused("this CRM keeps no recordings") };
        let (key, may_have_applied) = (attempt.write.key, attempt.may_have_applied);
        store.keep_recording(key, recording, self.source.as_ref(), may_have_applied).await
    }
}
