//! `Gate`: asked before each attempt, for a budget of API calls that is kept outside of the client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Limit, Result, Retry};
use crate::usage::ApiUsage;

/// Decides which attempts may be sent; for a budget of API calls that several clients or programs share.
///
/// It is asked for every attempt, repeats included, and never for a login, which costs no API call. What
/// it does not admit is not sent and not repeated: the call fails at once with [`ErrorKind::Limit`].
pub trait Gate: Send + Sync + 'static {
    /// Lets one attempt through.
    ///
    /// # Errors
    /// How long until one may be let through, when none may be now.
    fn admit(&self) -> std::result::Result<(), Duration>;

    /// An attempt that was let through came to its end, or was given up.
    fn ended(&self, end: &AttemptEnd);
}

/// What an attempt told about the budget.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AttemptEnd {
    /// Whether an answer came, of whatever kind.
    pub answered: bool,
    /// The org's API calls of the day, when an answer told them.
    pub usage: Option<ApiUsage>,
    /// The limit that the org says is reached.
    pub limit: Option<Limit>,
    /// The pause that the org asks for.
    pub retry_after: Option<Duration>,
}

/// An attempt that was let through; its gate is told when this is dropped.
pub(crate) struct Passage {
    gate: Option<Arc<dyn Gate>>,
    end: AttemptEnd,
}

impl Passage {
    /// Asks the gate, where there is one.
    pub(crate) fn through(gate: Option<&Arc<dyn Gate>>) -> Result<Self> {
        if let Some(gate) = gate {
            gate.admit().map_err(|wait| {
                Error::new(ErrorKind::Limit, "our own budget of API calls is used up for now")
                    .with_retry(Retry::Safe)
                    .with_retry_after(Some(wait))
            })?;
        }
        Ok(Self { gate: gate.cloned(), end: AttemptEnd::default() })
    }

    /// Notes what an answer told of the day's calls.
    pub(crate) fn told(&mut self, usage: Option<ApiUsage>) {
        self.end.answered = true;
        self.end.usage = usage;
    }

    /// Notes how the attempt failed.
    pub(crate) fn failed(&mut self, error: &Error) {
        self.end.limit = error.limit();
        self.end.retry_after = error.retry_after();
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        if let Some(gate) = &self.gate {
            gate.ended(&self.end);
        }
    }
}

impl fmt::Debug for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passage").field("end", &self.end).finish_non_exhaustive()
    }
}
