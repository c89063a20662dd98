//! The closed words in which an error says what failed and what may be done.

/// The stage and nature of a failure.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was set up wrongly: host, version, credentials of the wrong sort.
    Configuration,
    /// The call was refused here, before anything was sent.
    InvalidRequest,
    /// The org did not accept the login or the session.
    Authentication,
    /// The refresh token is spent: a person must allow the app again.
    Reauthorization,
    /// The connection failed, or the answer never came whole.
    Transport,
    /// The time given to the call was over.
    Deadline,
    /// The org's API budget or concurrency limit is used up.
    Limit,
    /// The org is down, overloaded, or the record is locked just now.
    Unavailable,
    /// The next page of a query is gone, or the user has too many queries open: run it again.
    PageExpired,
    /// The org understood the request and refused it.
    Rejected,
    /// The answer does not have the documented shape.
    Decode,
}

/// May the same call be sent again?
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Retry {
    /// Nothing was applied; a repeat is safe once [`Error::limit`](crate::Error::limit) and
    /// [`Error::retry_after`](crate::Error::retry_after) allow it.
    Safe,
    /// It may have been applied; repeat only an idempotent call.
    IfIdempotent,
    /// A repeat fails the same way.
    Never,
}

/// Which of the org's limits was hit.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// Too many long requests run at once; it passes within seconds.
    Concurrent,
    /// The rolling 24-hour budget is used up; it passes within hours.
    Daily,
    /// The user logged in too often; it passes within the hour.
    Login,
    /// The endpoint asked for fewer requests (429).
    Rate,
}
