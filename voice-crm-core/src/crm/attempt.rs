//! A write on its way to the CRM, and the way back for what became of it.

use std::fmt;

use tokio::sync::oneshot;
use voice_crm_outbox::{self as outbox, Urgency};

use super::{CallMemo, Change, Crm, CrmError, CrmErrorKind, Receipt, Write};
use crate::deadline::Deadline;

/// A write on its way to the CRM.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs, reason = "a test of a CRM makes them")]
pub struct Attempt {
    /// The write.
    pub write: Write,
    /// Whether an earlier attempt may have taken effect without our hearing of it.
    ///
    /// Then the CRM is asked first, so that nothing a person has changed since is overwritten.
    pub may_have_applied: bool,
    /// What the earlier writes of the same call came to, the oldest first.
    pub earlier: Vec<Receipt>,
    /// What is known of the call from its earlier events.
    pub memo: Option<CallMemo>,
}

impl Attempt {
    /// The first attempt at a write, of which nothing came before.
    pub fn first(write: Write) -> Self {
        Self { write, may_have_applied: false, earlier: Vec::new(), memo: None }
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("key", &self.write.key)
            .field("may_have_applied", &self.may_have_applied)
            .finish_non_exhaustive()
    }
}

/// The only way to say what became of one attempt, so that no answer can go to another.
///
/// One that is dropped without an answer counts as an attempt that may have taken effect.
#[derive(Debug)]
pub struct AttemptAnswer(Hearer);

#[derive(Debug)]
enum Hearer {
    Outbox(outbox::Attempt),
    Caller(oneshot::Sender<Result<Receipt, CrmError>>),
}

impl AttemptAnswer {
    /// Says what became of the write.
    pub fn give(self, result: Result<Receipt, CrmError>) {
        match self.0 {
            Hearer::Outbox(attempt) => {
                let key = Some(attempt.key());
                let stored = result.and_then(|receipt| stored(&Receipt { key, ..receipt }));
                attempt.answer(stored.map_err(Into::into));
            }
            // Whoever has gone does not hear it.
            Hearer::Caller(caller) => drop(caller.send(result)),
        }
    }
}

/// Has a CRM make writes outside of any journal, and gives one result for each, in their order.
///
/// It is for tests of a CRM: nothing is repeated, and nothing outlives this process.
pub async fn apply_all(
    crm: &dyn Crm,
    attempts: Vec<Attempt>,
    urgency: Urgency,
    deadline: Deadline,
) -> Vec<Result<Receipt, CrmError>> {
    let channels = attempts.into_iter().map(|attempt| {
        let (caller, heard) = oneshot::channel();
        ((attempt, AttemptAnswer(Hearer::Caller(caller))), heard)
    });
    let (writes, heard): (Vec<_>, Vec<_>) = channels.unzip();
    crm.apply(writes, urgency, deadline).await;
    let unanswered =
        || CrmError::new(CrmErrorKind::Late, "the CRM did not answer").that_may_have_applied(true);
    heard.into_iter().map(|mut heard| heard.try_recv().unwrap_or_else(|_| Err(unanswered()))).collect()
}

/// Reads what the journal kept of a write. A job that this release cannot read is refused.
pub(crate) fn read(attempt: outbox::Attempt) -> Option<(Attempt, AttemptAnswer)> {
    let Some((write, memo)) = write_and_memo(&attempt) else {
        let error =
            outbox::SinkError::new(outbox::SinkErrorKind::Refused, "this release cannot read the write");
        attempt.answer(Err(error.with_code("UNREADABLE")));
        return None;
    };
    let read = Attempt {
        write,
        may_have_applied: attempt.may_have_applied(),
        earlier: attempt.earlier().iter().map(|receipt| Receipt::from_text(receipt)).collect(),
        memo,
    };
    Some((read, AttemptAnswer(Hearer::Outbox(attempt))))
}

fn write_and_memo(attempt: &outbox::Attempt) -> Option<(Write, Option<CallMemo>)> {
    let write: Write = serde_json::from_str(attempt.body()).ok()?;
    let memo = attempt.memo().map(serde_json::from_str).transpose();
    // An event of a call leaves a new memo, so what the one before tells would be lost. Other writes leave it alone.
    let is_event = matches!(write.change, Change::LogCall(_));
    Some((write, if is_event { memo.ok()? } else { memo.unwrap_or_default() }))
}

fn stored(receipt: &Receipt) -> Result<outbox::Receipt, CrmError> {
    let unwritable = |_| {
        CrmError::new(CrmErrorKind::Unavailable, "the receipt cannot be written down")
            .that_may_have_applied(true)
    };
    let body = serde_json::to_string(receipt).map_err(unwritable)?;
    let stored = outbox::Receipt::new(body);
    match &receipt.memo {
        Some(memo) => Ok(stored.with_memo(serde_json::to_string(memo).map_err(unwritable)?)),
        None => Ok(stored),
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use async_trait::async_trait;
    use voice_crm_outbox::{Digest, JobKey, JobStatus, Outbox, SinkPolicy, journal::MemoryJournal};

    use super::*;
    use crate::{
        call::CallFacts,
        crm::{CallLog, NewCase},
        sinks,
    };

    /// Leaves a memo that nothing can read, and after that takes what can be read.
    struct Spoiler;

    #[async_trait]
    impl outbox::Sink for Spoiler {
        async fn apply(&self, attempts: Vec<outbox::Attempt>, _: Urgency, _: Deadline) {
            for attempt in attempts {
                if attempt.memo().is_none() {
                    attempt.answer(Ok(outbox::Receipt::new("{}").with_memo("unreadable")));
                } else if let Some((_, answer)) = read(attempt) {
                    answer.give(Ok(Receipt::default()));
                }
            }
        }
    }

    #[tokio::test]
    async fn an_event_of_a_call_whose_memo_cannot_be_read_is_refused_and_other_writes_are_not() {
        let outbox = Outbox::builder(Arc::new(MemoryJournal::new()))
            .sink(sinks::CRM, Spoiler, SinkPolicy::default())
            .start()
            .unwrap();
        let submit = async |index, change| {
            let job = sinks::job(JobKey::derive(["test"], index), change, "lane", Digest::default(), None);
            let by = Deadline::after(Duration::from_secs(10));
            outbox.submit(job.unwrap(), by, by).await.unwrap().status
        };
        let log = || {
            let (record, facts) = (JobKey::derive(["record"], 0), CallFacts::default());
            Change::LogCall(Box::new(CallLog { record, facts, person: None }))
        };
        assert!(matches!(submit(0, log()).await, JobStatus::Done(_)));
        let case = Change::CreateCase(NewCase::default());
        assert!(matches!(submit(1, case).await, JobStatus::Done(_)));
        let refused = submit(2, log()).await;
        assert!(matches!(&refused, JobStatus::Dead(reason) if reason.code == "UNREADABLE"), "{refused:?}");
    }
}
