//! The CRM as a sink of the outbox.

use std::sync::Arc;

use async_trait::async_trait;
use voice_crm_outbox::{self as outbox, Capacity, Sink, Urgency, deadline::Deadline};

use super::{Crm, attempt::read};

/// Hands the jobs of the outbox to the CRM as the writes that they are.
pub(crate) struct CrmSink(pub(crate) Arc<dyn Crm>);

#[async_trait]
impl Sink for CrmSink {
    async fn apply(&self, attempts: Vec<outbox::Attempt>, urgency: Urgency, deadline: Deadline) {
        let writes: Vec<_> = attempts.into_iter().filter_map(read).collect();
        self.0.apply(writes, urgency, deadline).await;
    }

    fn capacity(&self, urgency: Urgency) -> Capacity {
        self.0.capacity(urgency)
    }
}
