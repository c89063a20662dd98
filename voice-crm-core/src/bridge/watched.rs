//! What of the bridge's work is shown to those who watch calls.

use super::Bridge;
use crate::{call::CallEvent, caller::Attestation, live::LiveFeed};

impl Bridge {
    /// The calls that go on, for whoever watches.
    pub fn live(&self) -> &LiveFeed {
        &self.inner.live
    }

    /// Shows an event, with whoever is known to have the number.
    pub(super) async fn show(&self, event: &CallEvent) {
        if !self.inner.live.is_on() {
            return;
        }
        let number = event.call.caller.number().filter(|_| event.call.attestation != Attestation::Failed);
        let caller = match number {
            Some(number) => self.inner.services.reads.known_caller(number).await,
            None => None,
        };
        self.inner.live.happened(event, caller.as_ref(), self.inner.clock.now());
    }
}
