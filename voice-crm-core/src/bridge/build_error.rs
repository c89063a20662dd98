//! What keeps a bridge from starting: all of it at once, each with what to do.

use std::{error::Error as StdError, fmt};

use crate::{dispatch::DispatcherError, outbox::StartError, phrase::PhraseError};

/// A bridge cannot be started from what was given.
///
/// Its text has a line for each [problem](BuildError::problems), so that all are mended at once.
#[derive(Debug)]
pub struct BuildError {
    problems: Vec<SetupProblem>,
}

/// One thing that keeps a bridge from starting, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupProblem {
    /// A part is missing.
    #[error("a bridge needs {0}; give it to the builder")]
    Missing(&'static str),
    /// Two channels have one path.
    #[error("two channels are mounted at {0}; give each a path of its own")]
    Path(String),
    /// A channel cannot be mounted at such a path.
    #[error("no channel can be mounted at {path:?}: {reason}")]
    InvalidPath {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A setting has a value with which nothing can work.
    #[error("{setting} cannot be {value}: {instead}")]
    Setting {
        /// The method of the builder, or the field of its argument.
        setting: &'static str,
        /// The value.
        value: String,
        /// What to give instead.
        instead: &'static str,
    },
    /// A function cannot be registered.
    #[error(transparent)]
    Function(#[from] DispatcherError),
    /// A sentence of one's own is not what it says.
    #[error(transparent)]
    Phrase(#[from] PhraseError),
    /// The outbox cannot be started.
    #[error(transparent)]
    Outbox(#[from] StartError),
}

impl BuildError {
    /// All problems, in the order in which they were found; at least one.
    pub fn problems(&self) -> &[SetupProblem] {
        &self.problems
    }
}

impl From<Vec<SetupProblem>> for BuildError {
    fn from(problems: Vec<SetupProblem>) -> Self {
        Self { problems }
    }
}

impl From<SetupProblem> for BuildError {
    fn from(problem: SetupProblem) -> Self {
        vec![problem].into()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bridge cannot start")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}

impl StdError for BuildError {}
