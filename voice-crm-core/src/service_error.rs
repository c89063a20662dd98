//! Why a service beside the CRM did not do what was asked: text messages, codes, recordings.

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use crate::crm::{CrmError, CrmErrorKind};

#[cfg(feature = "twilio")]
pub(crate) mod twilio;

/// A service beside the CRM.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Service {
    /// Text messages, by a [`Messenger`](crate::messenger::Messenger).
    Texts,
    /// Codes that prove who is calling, by a [`CodeSender`](crate::code_sender::CodeSender).
    Codes,
    /// Recordings, from a [`RecordingSource`](crate::recording::RecordingSource).
    Recordings,
}

/// The classes of failure that call for different reactions.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ServiceErrorKind {
    /// It is down, or cannot be reached.
    Unavailable,
    /// It answers, but asks for a pause.
    Throttled,
    /// It did not answer by the deadline.
    Late,
    /// It needs a moment to make ready what was asked for; nothing is wrong.
    NotReady,
    /// It does not accept the credentials; an operator must correct them.
    Unauthorized,
    /// It understood and refused. Repeating does not help.
    Refused,
    /// The code that is to be checked is no longer valid; a new one can be sent.
    Expired,
    /// Too many codes were sent or tried. Repeating does not help.
    Locked,
}

/// A failure of a service beside the CRM.
pub struct ServiceError {
    service: Service,
    kind: ServiceErrorKind,
    code: Option<String>,
    detail: Cow<'static, str>,
    may_have_applied: bool,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ServiceError {
    /// A failure of a kind; `detail` is for the operator and quotes nothing a caller said.
    pub fn new(service: Service, kind: ServiceErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            service,
            kind,
            code: None,
            detail: detail.into(),
            may_have_applied: false,
            retry_after: None,
            source: None,
        }
    }

    /// With the service's own code for it.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With the service's own code for it, where there is one.
    #[must_use]
    pub fn with_optional_code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// With the word that the request may have taken effect all the same.
    #[must_use]
    pub fn that_may_have_applied(mut self, may: bool) -> Self {
        self.may_have_applied = may;
        self
    }

    /// With the pause that the service asked for.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.retry_after = pause;
        self
    }

    /// With the error that caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The service that failed.
    pub fn service(&self) -> Service {
        self.service
    }

    /// The class of failure.
    pub fn kind(&self) -> ServiceErrorKind {
        self.kind
    }

    /// The service's own code, such as `60202`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether the request may have taken effect all the same.
    pub fn may_have_applied(&self) -> bool {
        self.may_have_applied
    }

    /// The pause that the service asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl From<ServiceError> for CrmError {
    /// The failure of a write that a service takes and not the CRM.
    fn from(error: ServiceError) -> Self {
        let kind = match error.kind {
            ServiceErrorKind::Unavailable => CrmErrorKind::Unavailable,
            ServiceErrorKind::Throttled => CrmErrorKind::Throttled,
            ServiceErrorKind::Late => CrmErrorKind::Late,
            ServiceErrorKind::NotReady => CrmErrorKind::InProgress,
            ServiceErrorKind::Unauthorized => CrmErrorKind::Unauthorized,
            ServiceErrorKind::Refused | ServiceErrorKind::Expired | ServiceErrorKind::Locked => {
                CrmErrorKind::Refused
            }
        };
        let same = Self::new(kind, error.detail)
            .with_optional_code(error.code)
            .that_may_have_applied(error.may_have_applied)
            .with_retry_after(error.retry_after);
        match error.source {
            Some(source) => same.with_source(source),
            None => same,
        }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} ({code})", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("service", &self.service)
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("may_have_applied", &self.may_have_applied)
            .finish_non_exhaustive()
    }
}

impl StdError for ServiceError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_a_service_takes_fails_as_the_service_did() {
        let error = ServiceError::new(Service::Texts, ServiceErrorKind::Throttled, "slow down")
            .with_code("20429")
            .that_may_have_applied(true)
            .with_retry_after(Some(Duration::from_secs(3)))
            .with_source("beneath");
        let error = CrmError::from(error);
        assert_eq!((error.kind(), error.code()), (CrmErrorKind::Throttled, Some("20429")));
        assert!(error.may_have_applied() && error.source().is_some());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        for (kind, same) in [
            (ServiceErrorKind::NotReady, CrmErrorKind::InProgress),
            (ServiceErrorKind::Locked, CrmErrorKind::Refused),
            (ServiceErrorKind::Late, CrmErrorKind::Late),
        ] {
            assert_eq!(CrmError::from(ServiceError::new(Service::Codes, kind, "")).kind(), same);
        }
    }
}
