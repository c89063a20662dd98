//! What becomes of a job.

use std::{fmt, sync::Arc};

/// What a sink gives back for a job that is done.
///
/// It is kept as long as the job is remembered. Keep what is needed in it, and no content.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Receipt {
    /// What whoever asks for the job is told, and what later jobs of the lane see. Text, such as JSON.
    pub body: Arc<str>,
    /// What the sink wants to know at the next job of the lane. It takes the place of the memo before it; `None` leaves
    /// that as it is.
    pub memo: Option<Arc<str>>,
}

impl Receipt {
    /// A receipt with this body and no memo.
    pub fn new(body: impl Into<Arc<str>>) -> Self {
        Self { body: body.into(), memo: None }
    }

    /// With a memo for the next job of the lane.
    #[must_use]
    pub fn with_memo(mut self, memo: impl Into<Arc<str>>) -> Self {
        self.memo = Some(memo.into());
        self
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("bytes", &self.body.len())
            .field("has_memo", &self.memo.is_some())
            .finish()
    }
}

/// The status of a job.
#[derive(Clone, Eq, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "a journal of your own gives them")]
pub enum JobStatus {
    /// It is durable here and not yet known to be done.
    Pending,
    /// The sink took it. The text is the body of its receipt.
    Done(Arc<str>),
    /// It is dead: it is not tried any more.
    Dead(Reason),
}

impl fmt::Debug for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("Pending"),
            Self::Done(_) => f.write_str("Done(..)"),
            Self::Dead(reason) => f.debug_tuple("Dead").field(reason).finish(),
        }
    }
}

/// Why a job is dead.
#[derive(Clone, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    /// The sink's code, or the outbox's own.
    pub code: String,
    /// A sentence for the operator.
    pub sentence: String,
}

impl Reason {
    /// A reason with its code and a sentence for the operator.
    pub fn new(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { code: code.into(), sentence: sentence.into() }
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn unreadable() -> Self {
        Self::new(
            "unreadable",
            "this program cannot read the job; the release that wrote it, or its key, can",
        )
    }

    pub(crate) fn erased() -> Self {
        Self::new("erased", "all that was kept of the person was erased")
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reason").field("code", &self.code).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_of_a_status_shows_no_word_of_its_receipt_or_its_sentence() {
        let reason = Reason::new("RULE", "the canary sang");
        let statuses = [JobStatus::Pending, JobStatus::Done("canary".into()), JobStatus::Dead(reason)];
        assert_eq!(format!("{statuses:?}"), r#"[Pending, Done(..), Dead(Reason { code: "RULE", .. })]"#);
    }
}
