//! What can go wrong with a journal.

use std::fmt::Display;

/// The journal cannot do its work.
///
/// A job whose `enqueue` failed is promised to nobody.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The store cannot be opened, or not for us alone.
    #[error("the journal {path} cannot be opened: {problem}")]
    Open {
        /// The file, or `in PostgreSQL`.
        path: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The store failed: the disk is full, not writable, or broken, or the server is away.
    #[error("the journal cannot store: {problem}")]
    Store {
        /// What is wrong.
        problem: String,
    },
    /// More is coming in than the disk takes.
    #[error("the journal is overloaded; fewer calls at a time or a faster disk are needed")]
    Overloaded,
    /// It was closed.
    #[error("the journal is closed")]
    Closed,
}

impl JournalError {
    #[allow(clippy::needless_pass_by_value, reason = "it reads better in `map_err`")]
    pub(crate) fn store(problem: impl Display) -> Self {
        Self::Store { problem: problem.to_string() }
    }
}
