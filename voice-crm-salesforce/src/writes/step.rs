//! A write as a small state machine: what it asks of the org now, and what follows from the answers.

use voice_crm_core::crm::{CrmError, CrmErrorKind, Receipt};

use crate::exchange::operation::{Found, Operation};

/// The answers to the operations of a step, in their order.
pub(crate) type Answers = Vec<Result<Found, CrmError>>;

/// One step of a write.
pub(crate) trait Step: Send {
    /// What it asks of the org.
    fn operations(&self, key_field: &str) -> Vec<Operation>;

    /// What follows from the answers.
    fn next(self: Box<Self>, answers: Answers) -> Next;
}

/// What follows from a step.
pub(crate) enum Next {
    /// The write has come to its end.
    Done(Result<Receipt, CrmError>),
    /// Another step.
    Go(Box<dyn Step>),
}

/// The next answer; one is there for each operation.
pub(crate) fn take(answers: &mut std::vec::IntoIter<Result<Found, CrmError>>) -> Result<Found, CrmError> {
    answers
        .next()
        .unwrap_or_else(|| Err(CrmError::new(CrmErrorKind::Unavailable, "the org left an answer out")))
}

/// Whether the failure says that there is no such record.
pub(crate) fn is_absent(error: &CrmError) -> bool {
    error.code() == Some("NOT_FOUND")
}
