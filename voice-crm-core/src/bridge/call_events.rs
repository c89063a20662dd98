//! What is kept of the events of a call: each one durable in the lane of its call, under a key made of what it tells.

use super::Bridge;
use crate::{
    call::{CallEvent, CallFacts, Happening},
    crm::{CallLog, CallerMatch, Change, ChangeKind, JobKey, NewRecording},
    deadline::Deadline,
    function::{Need, lane},
    outbox::{Digest, EnqueueError},
    sinks,
};

/// An event is not durable, so it must be told again.
#[derive(Debug, thiserror::Error)]
#[error("the event was not made durable; tell it again")]
pub struct EventError(#[source] EnqueueError);

impl Bridge {
    /// Takes an event that came in another way than by a webhook, such as over a socket that a program holds open.
    ///
    /// It is made durable and shown exactly as a webhook's event is. `channel` names the way it came: it is part of
    /// every write key, so it never changes once in use. The same event again changes nothing.
    ///
    /// # Errors
    /// [`EventError`] when the journal did not take it in time; whoever has the event must tell it again.
    pub async fn event(&self, channel: &'static str, event: CallEvent) -> Result<(), EventError> {
        match self.record(channel, &event).await {
            // A second report of the same end changes nothing.
            Ok(()) | Err(EnqueueError::Conflict) => {}
            Err(error) => return Err(EventError(error)),
        }
        self.show(&event).await;
        Ok(())
    }

    /// Makes durable what is to be remembered of an event.
    ///
    /// The same event again has the same key and changes nothing, on whichever replica it comes in.
    async fn record(&self, channel: &str, event: &CallEvent) -> Result<(), EnqueueError> {
        let facts = CallFacts::from(event);
        tracing::debug!(call = %event.call.id(), what = event.what.kind(), "a call event");
        for fault in &facts.faults {
            let (category, code) = (fault.category.as_str(), fault.code.as_str());
            tracing::warn!(call = %event.call.id(), category, code, "a fault on a call");
        }
        let services = &self.inner.services;
        // Which call it is matters, even when nothing else is known yet; that it has an owner is for the live feed alone.
        let identifies = matches!(event.what, Happening::Identified) && facts.tells_more_than_ids();
        let is_kept = identifies || facts.is_worth_keeping();
        if !is_kept || !services.served.has(Need::Change(ChangeKind::LogCall)) {
            return Ok(());
        }
        // Who called is often known from the call itself; if not, the writer asks.
        let caller = match event.call.caller.number() {
            Some(number) if facts.over => services.reads.known_caller(number).await.unwrap_or_default(),
            _ => CallerMatch::Nobody,
        };
        let lane = lane(channel, &event.call);
        let key = |origin: &str| JobKey::derive([&services.organisation, "call", &lane, origin], 0);
        // Facts are maps in order, so that the same facts are the same text.
        let told = serde_json::to_string(&facts).unwrap_or_default();
        let record = key("call-log");
        let recordings: Vec<_> = self
            .recordings_to_keep(&facts)
            .map(|url| NewRecording::new(url, record, lane.as_str()))
            .collect();
        let log = CallLog { record, facts, person: caller.one().and_then(|caller| caller.person().cloned()) };
        let caller = event.call.caller.number();
        let deadline = Deadline::after(self.inner.event_deadline);
        let event_key = key(&told);
        let event = sinks::event(event_key, log, &lane, caller).map_err(|error| unwritable(&error))?;
        services.outbox.enqueue(event, deadline).await?;
        for recording in recordings {
            // In a lane of its own, since nothing of the call waits for it; but it belongs to the call's record.
            let key = key(&format!("recording\n{}", recording.url));
            let (lane, change) = (key.to_string(), Change::KeepRecording(recording));
            let job = sinks::job(key, change, &lane, Digest::default(), caller)
                .map_err(|error| unwritable(&error))?;
            services.outbox.enqueue(job.after(sinks::log_key(event_key)), deadline).await?;
        }
        Ok(())
    }

    /// The recordings that are kept as files: of several that hold the same sound, those that are best to listen to.
    fn recordings_to_keep<'a>(&self, facts: &'a CallFacts) -> impl Iterator<Item = &'a String> {
        let source = self.inner.recordings.as_ref();
        let here: Vec<_> =
            facts.recordings.iter().filter(|(url, _)| source.is_some_and(|source| source.has(url))).collect();
        let best = here.iter().map(|(_, known)| known.tracks).min();
        here.into_iter().filter(move |(_, known)| Some(known.tracks) == best).map(|(url, _)| url)
    }
}

pub(super) fn unwritable(error: &serde_json::Error) -> EnqueueError {
    tracing::error!(%error, "what a webhook told cannot be written down");
    EnqueueError::NotEnqueued(None)
}
