//! A write on its way to the CRM, and the way back for what became of it.

use std::fmt;

use tokio::sync::oneshot;
use voice_crm_outbox::{self as outbox, Urgency};

use super::{CallMemo, Crm, CrmError, CrmErrorKind, Receipt, Write};
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
                attempt.answer(result.and_then(|receipt| stored(&receipt)).map_err(Into::into));
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

/// Reads what the journal kept of a write. A job that no release of this program wrote is refused.
pub(crate) fn read(attempt: outbox::Attempt) -> Option<(Attempt, AttemptAnswer)> {
    let Ok(write) = serde_json::from_str::<Write>(attempt.body()) else {
        let error =
            outbox::SinkError::new(outbox::SinkErrorKind::Refused, "this release cannot read the write");
        attempt.answer(Err(error.with_code("UNREADABLE")));
        return None;
    };
    let read = Attempt {
        write,
        may_have_applied: attempt.may_have_applied(),
        earlier: attempt.earlier().iter().map(|receipt| Receipt::from_text(receipt)).collect(),
        memo: attempt.memo().and_then(|memo| serde_json::from_str(memo).ok()),
    };
    Some((read, AttemptAnswer(Hearer::Outbox(attempt))))
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
