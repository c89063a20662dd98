//! The facts of calls as a sink of the outbox: they gather in a lane of their own, and come into the lane of the call's
//! writes when there is something to write.
//!
//! So an event that tells something while the call goes on never stands before a write that a caller waits for, and no
//! write stands before it.

use std::{
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use async_trait::async_trait;
use voice_crm_outbox::{
    Attempt, Digest, EnqueueError, JobKey, Outbox, Receipt, Sink, SinkError, SinkErrorKind, SinkPolicy,
    Urgency, deadline::Deadline,
};

use super::job;
use crate::{
    call::CallFacts,
    crm::{CallLog, Change, Write},
};

/// How long facts wait for others at most: nothing is asked of anybody for them.
const LINGER: Duration = Duration::from_millis(50);

/// How patiently facts are gathered.
pub(super) fn policy(delivery: &SinkPolicy) -> SinkPolicy {
    SinkPolicy { linger: delivery.linger.min(LINGER), ..delivery.clone() }
}

/// The key of what an event has written into the CRM, by the key of the event.
pub(crate) fn log_key(event: JobKey) -> JobKey {
    JobKey::derive(["log", &event.to_string()], 0)
}

/// Where the facts go when they are complete: the outbox that has this sink.
pub(crate) type Onward = Arc<OnceLock<Weak<Outbox>>>;

/// Gathers what events tell of a call until it is over, and then has it written.
pub(super) struct FactSink(pub(super) Onward);

#[async_trait]
impl Sink for FactSink {
    async fn apply(&self, attempts: Vec<Attempt>, _: Urgency, deadline: Deadline) {
        for attempt in attempts {
            let result = self.gather(&attempt, deadline).await;
            attempt.answer(result);
        }
    }
}

impl FactSink {
    async fn gather(&self, attempt: &Attempt, deadline: Deadline) -> Result<Receipt, SinkError> {
        let (log, known) = read(attempt).ok_or_else(|| {
            SinkError::new(SinkErrorKind::Refused, "this release cannot read the event")
                .with_code("UNREADABLE")
        })?;
        let (onward, left) = next(log, known);
        if let Some(log) = onward {
            self.write(attempt, log, deadline).await?;
        }
        let memo =
            serde_json::to_string(&left).map_err(|error| unavailable("unwritable").with_source(error))?;
        Ok(Receipt::new("{}").with_memo(memo))
    }

    async fn write(&self, attempt: &Attempt, log: CallLog, deadline: Deadline) -> Result<(), SinkError> {
        let caller = log.facts.phone.clone();
        let change = Change::LogCall(Box::new(log));
        let job =
            job(log_key(attempt.key()), change, attempt.lane().name(), Digest::default(), caller.as_ref());
        let job = job.map_err(|error| unavailable("the event cannot be written down").with_source(error))?;
        // It is gone when the bridge stops; the next one does it.
        let outbox = self.0.get().and_then(Weak::upgrade);
        let outbox = outbox.ok_or_else(|| unavailable("the outbox is not there"))?;
        match outbox.enqueue(job, deadline).await {
            // An attempt that broke off had it written.
            Ok(()) | Err(EnqueueError::Conflict) => Ok(()),
            Err(error) => Err(unavailable("the journal did not take it").with_source(error)),
        }
    }
}

fn unavailable(detail: &'static str) -> SinkError {
    SinkError::new(SinkErrorKind::Unavailable, detail)
}

/// The event, and what is known of its call from those before it.
fn read(attempt: &Attempt) -> Option<(CallLog, CallFacts)> {
    let write: Write = serde_json::from_str(attempt.body()).ok()?;
    let known = attempt.memo().map(serde_json::from_str).transpose().ok()?;
    match write.change {
        Change::LogCall(log) => Some((*log, known.unwrap_or_default())),
        _ => None,
    }
}

/// What is written now, and what is left to gather with.
///
/// Once a call is over its facts are with its log, and a later event only adds its own.
fn next(log: CallLog, known: CallFacts) -> (Option<CallLog>, CallFacts) {
    if known.over {
        return (Some(log), known);
    }
    let facts = known.merge(log.facts);
    if facts.over {
        let left = CallFacts { over: true, ..CallFacts::default() };
        (Some(CallLog { facts, ..log }), left)
    } else {
        (None, facts)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn log(facts: CallFacts) -> CallLog {
        CallLog { record: JobKey::from_bytes([1; 16]), facts, person: None }
    }

    fn held(second: i64) -> CallFacts {
        CallFacts {
            holds: [Timestamp::from_second(second).unwrap()].into(),
            phone: crate::phone::PhoneNumber::parse("+14155550142", crate::phone::Region::US).ok(),
            ..CallFacts::default()
        }
    }

    #[test]
    fn facts_gather_until_the_end_and_go_on_together_and_then_each_by_itself() {
        let (onward, known) = next(log(held(1)), CallFacts::default());
        assert!(onward.is_none());
        let end = CallFacts { over: true, ..held(2) };
        let (onward, known) = next(log(end.clone()), known);
        assert_eq!(onward.unwrap().facts, held(1).merge(end));
        assert_eq!(known, CallFacts { over: true, ..CallFacts::default() }, "no number is left here");
        let (onward, known) = next(log(held(3)), known);
        assert_eq!(onward.unwrap().facts, held(3));
        assert!(known.over);
    }
}
