//! Why the CRM did not do what was asked, for the operator and the outbox; never for the caller's ear.

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use voice_crm_outbox::{SinkError, SinkErrorKind};

/// The classes of failure that call for different acts.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CrmErrorKind {
    /// It is down, or cannot be reached.
    Unavailable,
    /// It answers, but asks for a pause, or the allowance is used up.
    Throttled,
    /// It did not answer by the deadline.
    Late,
    /// It is at work on it, or waits for something else that is on its way: nothing is wrong.
    InProgress,
    /// It answered, and this record failed for a reason of its own that may pass, such as a lock on the row; it says
    /// nothing of other records.
    Transient,
    /// It does not accept who we are; an operator must mend the credentials.
    Unauthorized,
    /// It understood and refused: a rule, a missing field, no access. Repeating does not help.
    Refused,
}

/// A failure of the CRM.
pub struct CrmError {
    kind: CrmErrorKind,
    code: Option<String>,
    detail: Cow<'static, str>,
    may_have_applied: bool,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl CrmError {
    /// A failure of a kind; `detail` is for the operator and quotes nothing a caller said.
    pub fn new(kind: CrmErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code: None,
            detail: detail.into(),
            may_have_applied: false,
            retry_after: None,
            source: None,
        }
    }

    /// With the CRM's own code for it.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With the CRM's own code for it, where there is one.
    #[must_use]
    pub fn with_optional_code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// With the word that a write may have taken effect all the same.
    #[must_use]
    pub fn that_may_have_applied(mut self, may: bool) -> Self {
        self.may_have_applied = may;
        self
    }

    /// The same, but not to be repeated.
    #[must_use]
    pub fn that_is_final(mut self) -> Self {
        self.kind = CrmErrorKind::Refused;
        self
    }

    /// With the pause that the CRM asked for.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.retry_after = pause;
        self
    }

    /// With what lies beneath.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same failure for another of those who waited for it; the source stays with the first.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            kind: self.kind,
            code: self.code.clone(),
            detail: self.detail.clone(),
            may_have_applied: self.may_have_applied,
            retry_after: self.retry_after,
            source: None,
        }
    }

    /// With what the CRM itself said, behind the detail; like the detail it quotes nothing a caller said.
    #[must_use]
    pub fn with_explanation(mut self, said: &str) -> Self {
        self.detail = format!("{}; the CRM says: {said}", self.detail).into();
        self
    }

    /// The class of failure.
    pub fn kind(&self) -> CrmErrorKind {
        self.kind
    }

    /// The CRM's own code, such as `FIELD_CUSTOM_VALIDATION_EXCEPTION`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether a write may have taken effect all the same.
    pub fn may_have_applied(&self) -> bool {
        self.may_have_applied
    }

    /// The pause that the CRM asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for CrmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} ({code})", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl fmt::Debug for CrmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrmError")
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("may_have_applied", &self.may_have_applied)
            .finish_non_exhaustive()
    }
}

impl StdError for CrmError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<CrmError> for SinkError {
    fn from(error: CrmError) -> Self {
        let kind = match error.kind {
            CrmErrorKind::Unavailable => SinkErrorKind::Unavailable,
            CrmErrorKind::Throttled => SinkErrorKind::Throttled,
            CrmErrorKind::Late => SinkErrorKind::Late,
            CrmErrorKind::InProgress => SinkErrorKind::InProgress,
            CrmErrorKind::Transient => SinkErrorKind::Transient,
            CrmErrorKind::Unauthorized => SinkErrorKind::Unauthorized,
            CrmErrorKind::Refused => SinkErrorKind::Refused,
        };
        let mut converted = Self::new(kind, error.detail)
            .that_may_have_applied(error.may_have_applied)
            .with_retry_after(error.retry_after);
        if let Some(code) = error.code {
            converted = converted.with_code(code);
        }
        match error.source {
            Some(source) => converted.with_source(source),
            None => converted,
        }
    }
}
