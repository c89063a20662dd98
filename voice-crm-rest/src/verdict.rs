//! What a failed attempt means: pure decisions.

use http::StatusCode;

use crate::transport::Reach;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client or the request was put together wrongly; nothing was sent.
    Configuration,
    /// The service does not accept the credentials.
    Authentication,
    /// The credentials are good, but not for this.
    Forbidden,
    /// There is no such thing, or not where these credentials lead.
    NotFound,
    /// What was to be acted on is over: somebody else was faster. Expect it.
    Gone,
    /// It is in use, or somebody else changed it.
    Conflict,
    /// The service refused the request; [`Error::refusal`](crate::Error::refusal) says why.
    Refused,
    /// Too many requests. Nothing was done.
    RateLimited,
    /// The service failed, and went on failing as often as it was asked again.
    Unavailable,
    /// The service could not be reached, or the connection broke.
    Network,
    /// No answer came in time.
    Timeout,
    /// The request was sent and its outcome is not known: what it asks for may have been done. The client did not repeat
    /// it, for it might be done twice. Look before asking again.
    Ambiguous,
    /// The service did what was asked, and its answer cannot be read.
    Decode,
    /// An answer that this API does not give, such as a redirect or a list without an end.
    Unexpected,
}

/// May the same request be made again?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Retry {
    /// The service refused before acting, or nothing was sent; a repeat is safe.
    Safe,
    /// It may have been applied; repeat only what does no harm when it is done twice.
    IfIdempotent,
    /// A repeat fails the same way.
    Never,
}

/// What an attempt came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing was done, and later it may be: whatever was asked is asked again after a pause.
    Wait(ErrorKind),
    /// Nobody knows whether it was done. What does no harm twice is asked again; anything else is
    /// [`ErrorKind::Ambiguous`].
    Unclear(ErrorKind),
    /// It was not done, and would not be.
    Refused(ErrorKind),
}

impl Verdict {
    /// What a status means by itself; none if it is one of success.
    pub fn of_status(status: StatusCode) -> Option<Self> {
        Some(match status {
            status if status.is_success() => return None,
            StatusCode::TOO_MANY_REQUESTS => Self::Wait(ErrorKind::RateLimited),
            StatusCode::UNAUTHORIZED => Self::Refused(ErrorKind::Authentication),
            StatusCode::FORBIDDEN => Self::Refused(ErrorKind::Forbidden),
            StatusCode::NOT_FOUND => Self::Refused(ErrorKind::NotFound),
            StatusCode::GONE => Self::Refused(ErrorKind::Gone),
            StatusCode::CONFLICT => Self::Refused(ErrorKind::Conflict),
            StatusCode::REQUEST_TIMEOUT => Self::Unclear(ErrorKind::Unavailable),
            status if status.is_server_error() => Self::Unclear(ErrorKind::Unavailable),
            status if status.is_client_error() => Self::Refused(ErrorKind::Refused),
            _ => Self::Refused(ErrorKind::Unexpected),
        })
    }

    pub(crate) fn of_reach(reach: Reach) -> Self {
        match reach {
            Reach::NotSent => Self::Wait(ErrorKind::Network),
            Reach::MayHaveArrived => Self::Unclear(ErrorKind::Network),
        }
    }

    /// The kind of error it is, and whether the client tries again.
    pub(crate) fn apply(self, repeatable: bool) -> (ErrorKind, Retry, bool) {
        match self {
            Self::Wait(kind) => (kind, Retry::Safe, true),
            Self::Unclear(kind) if repeatable => (kind, Retry::IfIdempotent, true),
            Self::Unclear(_) => (ErrorKind::Ambiguous, Retry::IfIdempotent, false),
            Self::Refused(kind) => (kind, Retry::Never, false),
        }
    }
}

impl ErrorKind {
    /// What happened, said of the service of this name.
    pub(crate) fn sentence(self, name: &str) -> String {
        match self {
            Self::Configuration => "the request cannot be made".to_owned(),
            Self::Authentication => format!("{name} does not accept the credentials"),
            Self::Forbidden => "the credentials do not allow this".to_owned(),
            Self::NotFound => "there is no such thing".to_owned(),
            Self::Gone => "it is over".to_owned(),
            Self::Conflict => "it is in use, or was changed by somebody else".to_owned(),
            Self::Refused => format!("{name} refused the request"),
            Self::RateLimited => "too many requests".to_owned(),
            Self::Unavailable => format!("{name} is failing"),
            Self::Network => format!("{name} cannot be reached"),
            Self::Timeout => "no answer came in time".to_owned(),
            Self::Ambiguous => format!("it is not known whether {name} did what was asked"),
            Self::Decode => "the answer cannot be read".to_owned(),
            Self::Unexpected => "an answer that was not expected".to_owned(),
        }
    }
}
