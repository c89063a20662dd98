//! A write on its way to the CRM, and the way back for what became of it.

use std::fmt;

use voice_crm_outbox as outbox;

use super::{CallMemo, CrmError, CrmErrorKind, Receipt, Write};

/// A write on its way to the CRM.
#[derive(Clone)]
#[non_exhaustive]
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
pub struct AttemptAnswer(outbox::Attempt);

impl AttemptAnswer {
    /// Says what became of the write.
    pub fn give(self, result: Result<Receipt, CrmError>) {
        self.0.answer(result.and_then(stored).map_err(Into::into));
    }
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
    Some((read, AttemptAnswer(attempt)))
}

fn stored(receipt: Receipt) -> Result<outbox::Receipt, CrmError> {
    let unwritable = |_| {
        CrmError::new(CrmErrorKind::Unavailable, "the receipt cannot be written down")
            .that_may_have_applied(true)
    };
    let body = serde_json::to_string(&receipt).map_err(unwritable)?;
    let stored = outbox::Receipt::new(body);
    match &receipt.memo {
        Some(memo) => Ok(stored.with_memo(serde_json::to_string(memo).map_err(unwritable)?)),
        None => Ok(stored),
    }
}
