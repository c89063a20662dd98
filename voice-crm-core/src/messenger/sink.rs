//! The messenger as a sink of the outbox.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use voice_crm_outbox::{Attempt, Sink, SinkPolicy, Urgency, deadline::Deadline};

use super::Messenger;
use crate::crm::{Change, CrmError, CrmErrorKind, read_attempt};

/// How many messages of one batch are sent at once.
const AT_ONCE: usize = 8;

/// How patiently messages are sent: few at a time, since each is a request of its own.
pub(crate) fn policy(delivery: &SinkPolicy) -> SinkPolicy {
    SinkPolicy { batch: 32, batches: 2, live_batch: AT_ONCE, ..delivery.clone() }
}

/// Sends the text messages of the outbox.
pub(crate) struct TextSink(pub(crate) Arc<dyn Messenger>);

#[async_trait]
impl Sink for TextSink {
    async fn apply(&self, attempts: Vec<Attempt>, _: Urgency, deadline: Deadline) {
        let sending = stream::iter(attempts.into_iter().filter_map(read_attempt));
        sending
            .for_each_concurrent(AT_ONCE, |(attempt, answer)| async move {
                answer.give(match &attempt.write.change {
                    Change::SendText(text) => {
                        let sent = self.0.send(text, attempt.may_have_applied, deadline).await;
                        sent.map_err(CrmError::from)
                    }
                    _ => Err(CrmError::new(CrmErrorKind::Refused, "a messenger sends text messages alone")),
                });
            })
            .await;
    }
}
