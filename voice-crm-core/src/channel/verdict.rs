//! Whether a request is genuine: said at once, or after another system was asked.

use std::{fmt, future::Future, pin::Pin};

/// What a channel says of a request's authenticity.
#[non_exhaustive]
pub enum Verdict<'a> {
    /// It is known at once, as with a signature under a shared secret. This costs no allocation.
    Now(Result<(), VerifyError>),
    /// Another system has to be asked first, such as a key server or an issuer of tokens.
    Later(Pin<Box<dyn Future<Output = Result<(), VerifyError>> + Send + 'a>>),
}

impl<'a> Verdict<'a> {
    /// A verdict that takes time.
    pub fn later(verdict: impl Future<Output = Result<(), VerifyError>> + Send + 'a) -> Self {
        Self::Later(Box::pin(verdict))
    }
}

impl From<Result<(), VerifyError>> for Verdict<'_> {
    fn from(verdict: Result<(), VerifyError>) -> Self {
        Self::Now(verdict)
    }
}

impl fmt::Debug for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(verdict) => f.debug_tuple("Now").field(verdict).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

/// The request was not proved genuine, and why.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the webhook was not proved genuine: {reason}")]
#[non_exhaustive]
pub struct VerifyError {
    /// One word for a counter, such as `wrong_signature`.
    pub reason: &'static str,
    /// Whether nothing could be decided, because another system did not answer. The sender is asked to try again.
    pub undecided: bool,
}

impl VerifyError {
    /// The request is not genuine.
    pub const fn new(reason: &'static str) -> Self {
        Self { reason, undecided: false }
    }

    /// Another system that has to be asked did not answer.
    pub const fn undecided(reason: &'static str) -> Self {
        Self { reason, undecided: true }
    }
}
