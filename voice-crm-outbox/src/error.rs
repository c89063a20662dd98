//! Why a sink did not do what was asked, for the operator and for the outbox.

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

/// The classes of failure that call for different acts.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SinkErrorKind {
    /// The sink is down, or cannot be reached. Counts against the sink's health.
    Unavailable,
    /// The sink answers, but asks for a pause, or an allowance is used up. No sign of an outage.
    Throttled,
    /// The sink did not answer by the deadline. Counts against the sink's health.
    Late,
    /// The sink does not accept who we are; an operator must mend the credentials. Counts against the sink's health.
    Unauthorized,
    /// The sink answered, and this job failed for a reason of its own that may pass, such as a lock on its record. Says
    /// nothing of other jobs.
    Transient,
    /// The sink is at work on the job, or waits for something else that is on its way: nothing is wrong.
    InProgress,
    /// The sink understood and refused: a rule, a missing field, no access. A repeat does not help.
    Refused,
}

impl SinkErrorKind {
    /// Whether the failure is the job's own, so that it says nothing of the sink.
    pub fn is_of_the_job(self) -> bool {
        matches!(self, Self::Transient | Self::InProgress | Self::Refused)
    }
}

/// A failure of a sink.
pub struct SinkError {
    kind: SinkErrorKind,
    code: Option<String>,
    detail: Cow<'static, str>,
    may_have_applied: bool,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl SinkError {
    /// A failure of a kind. `detail` is for the operator and quotes nothing that a person said.
    pub fn new(kind: SinkErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = detail.into();
        Self { kind, code: None, detail, may_have_applied: false, retry_after: None, source: None }
    }

    /// With the sink's own code for it.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Says whether the job may have taken effect in spite of the failure.
    ///
    /// Then the next attempt is told so, and the sink looks before it does anything twice.
    #[must_use]
    pub fn that_may_have_applied(mut self, may: bool) -> Self {
        self.may_have_applied = may;
        self
    }

    /// With the pause that the sink asked for.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.retry_after = pause;
        self
    }

    /// With the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The class of failure.
    pub fn kind(&self) -> SinkErrorKind {
        self.kind
    }

    /// The sink's own code, such as `FIELD_CUSTOM_VALIDATION_EXCEPTION`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether the job may have taken effect in spite of the failure.
    pub fn may_have_applied(&self) -> bool {
        self.may_have_applied
    }

    /// The pause that the sink asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} ({code})", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl fmt::Debug for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkError")
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("may_have_applied", &self.may_have_applied)
            .finish_non_exhaustive()
    }
}

impl StdError for SinkError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
