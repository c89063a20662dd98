//! Calls that come in or move on: who it is, where it goes, and what is said, in the time that there is.

use super::{Bridge, call_events::unwritable};
use crate::{
    call::{Call, CallId, Platform},
    caller::{Attestation, Caller},
    channel::{Answered, Arrival, Channel, Render, Reply},
    crm::{
        CallTag, CallerMatch, Change, ChangeKind, JobKey, NewComment, ReadOptions, RecordHandle, RecordRef,
    },
    deadline::Deadline,
    function::{Need, lane},
    outbox::{Digest, EnqueueError},
    routing::Profile,
    sinks, telemetry,
};

/// What a platform asks of a call.
#[derive(Clone, Copy)]
pub(super) enum Question {
    /// Who is to speak.
    Assistant,
    /// Where to transfer it.
    Transfer,
    /// Who it is, for a flow.
    Caller,
}

impl Question {
    /// Whether the call is one that other webhooks tell of. A flow asks of a number alone.
    fn names_a_call(self) -> bool {
        !matches!(self, Self::Caller)
    }
}

impl Bridge {
    /// Answers with what is known of the caller by then; by the default of the rules where nothing is.
    ///
    /// The look-up is remembered, so that the functions of the call need none of their own.
    pub(super) async fn arrive(
        &self,
        channel: &'static str,
        question: Question,
        call: &Call,
        render: Render,
    ) -> Reply {
        let patience = Deadline::after(self.inner.arrival_deadline);
        // A number that the network denies is nobody's: who merely shows it is neither greeted nor routed by it.
        let number = call.caller.number().filter(|_| call.attestation != Attestation::Failed);
        let found = match number {
            Some(number) => {
                let mut options = ReadOptions::by(patience);
                // Else all flows together would have the share of one call.
                if question.names_a_call() {
                    options = options.for_call(CallTag::new(channel, call.id().as_str()));
                }
                let asked = self.inner.services.reads.find_caller(number, options);
                match tokio::time::timeout_at(patience.instant().into(), asked).await {
                    Ok(found) => found
                        .map_err(|error| tracing::warn!(call = %call.id(), %error, "nobody knows who calls"))
                        .ok(),
                    Err(_) => None,
                }
            }
            None => Some(CallerMatch::Nobody),
        };
        let looked_up = found.is_some();
        let rules = &self.inner.rules;
        let route = match &found {
            Some(caller) => rules.route(&Profile::new(caller).attestation(call.attestation)),
            None => rules.default_route(),
        };
        let caller = found.unwrap_or_default();
        let manifest = self.inner.dispatcher.manifest();
        tracing::debug!(call = %call.id(), rule = route.rule, queue = route.queue, candidates = caller.count(), "a call is routed");
        if self.inner.live.is_on() && question.names_a_call() {
            let comes_in = matches!(question, Question::Assistant);
            self.inner.live.arrived(call, &caller, &route, comes_in, self.inner.clock.now());
        }
        let services = &self.inner.services;
        let (book, language) = (&services.phrasebook, services.language_of(call));
        let arrival = Arrival { call, manifest, caller: &caller, route: &route, looked_up, book, language };
        render(match question {
            Question::Assistant => Answered::Assistant(arrival),
            Question::Transfer => Answered::Transfer(arrival),
            Question::Caller => Answered::Caller(arrival),
        })
    }

    /// Makes a comment durable that a flow leaves on a case: once for a call, a case and a text.
    pub(super) async fn comment(
        &self,
        channel: &dyn Channel,
        id: &CallId,
        case: RecordRef,
        text: String,
        render: Render,
    ) -> Reply {
        telemetry::webhook_taken(channel.name(), "comment");
        let services = &self.inner.services;
        if !services.served.has(Need::Change(ChangeKind::AddComment)) {
            tracing::error!("a comment on a case is turned away: the CRM does not take add_comment");
            return Reply::empty(501);
        }
        let origin = format!("comment:{}:{text}", case.as_str());
        let key = JobKey::derive([&services.organisation, channel.name(), id.as_str(), &origin], 0);
        let call = Call::new(Platform::new(channel.name()).call(id.clone()), Caller::Unknown);
        let comment = NewComment { case: RecordHandle::Known(case), body: text, published: false };
        let change = Change::AddComment(comment);
        let job = match sinks::job(key, change, &lane(channel.name(), &call), Digest::default(), None) {
            Ok(job) => job,
            Err(error) => {
                unwritable(&error);
                return Reply::empty(500);
            }
        };
        match services.outbox.enqueue(job, Deadline::after(self.inner.event_deadline)).await {
            Ok(()) | Err(EnqueueError::Conflict) => render(Answered::Noted),
            Err(_) => Reply::empty(503),
        }
    }
}
