//! The one error of this crate: opaque, typed by accessors, and free of anybody's data.

pub(crate) mod classify;
mod code;
pub(crate) mod document;
mod kind;
pub(crate) mod login;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

pub use self::code::ErrorCode;
pub use self::document::{ApiError, OAuthError};
pub use self::kind::{ErrorKind, Limit, Retry};

/// What this crate's calls return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How many bytes of an answer that was not understood are kept.
const EXCERPT_BYTES: usize = 512;

/// Why a call failed, and what may be done about it.
///
/// `Display` is one sentence made of our own words, error codes and field names. The org's message
/// text can quote a caller's data, so it is reached through [`Error::entries`] only.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Inner {
    kind: ErrorKind,
    retry: Retry,
    limit: Option<Limit>,
    hint: Cow<'static, str>,
    status: Option<StatusCode>,
    entries: Vec<ApiError>,
    leading: usize,
    oauth: Option<OAuthError>,
    retry_after: Option<Duration>,
    request: Option<Arc<str>>,
    attempts: u32,
    elapsed: Duration,
    after_ambiguity: bool,
    unsent: bool,
    of_part: bool,
    org_down: bool,
    reference_injection: bool,
    excerpt: Option<Bytes>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of your own [`TokenSource`](crate::auth::TokenSource) or
    /// [`Transport`](crate::transport::Transport); `hint` is a lower-case sentence without data.
    pub fn new(kind: ErrorKind, hint: &'static str) -> Self {
        Self::described(kind, Cow::Borrowed(hint))
    }

    /// As [`Error::new`]; the text may be built, of names that stand in the program only.
    pub(crate) fn described(kind: ErrorKind, hint: impl Into<Cow<'static, str>>) -> Self {
        let retry = match kind {
            ErrorKind::Limit => Retry::Safe,
            ErrorKind::Transport | ErrorKind::Deadline | ErrorKind::Unavailable => Retry::IfIdempotent,
            _ => Retry::Never,
        };
        Self(Box::new(Inner {
            kind,
            retry,
            limit: None,
            hint: hint.into(),
            status: None,
            entries: Vec::new(),
            leading: 0,
            oauth: None,
            retry_after: None,
            request: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            after_ambiguity: false,
            unsent: false,
            of_part: false,
            org_down: false,
            reference_injection: false,
            excerpt: None,
            source: None,
        }))
    }

    /// A request refused here, before anything was sent.
    pub(crate) fn invalid(hint: impl Into<Cow<'static, str>>) -> Self {
        Self::described(ErrorKind::InvalidRequest, hint)
    }

    /// Says whether a repeat is safe, where the kind alone does not.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Keeps the cause; its text must be free of secrets, because loggers print it.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// What failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status, when the org answered.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The error code that decided; with several entries it is the strictest one.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.0.entries.get(self.0.leading).map(|entry| &entry.code)
    }

    /// Every entry of the org's error array. The messages can hold callers' data.
    pub fn entries(&self) -> &[ApiError] {
        &self.0.entries
    }

    /// The login endpoint's answer, which has a shape of its own.
    pub fn oauth(&self) -> Option<&OAuthError> {
        self.0.oauth.as_ref()
    }

    /// May the same call be sent again?
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// Whether the call, or a part of it, may have taken effect in spite of the error: the answer was
    /// lost or not understood, or an earlier attempt's was.
    pub fn may_be_applied(&self) -> bool {
        let not_understood = self.0.kind == ErrorKind::Decode && !self.0.unsent;
        self.0.retry == Retry::IfIdempotent || self.0.after_ambiguity || not_understood
    }

    /// What it means and what to do, in our own words alone: without codes, fields or anybody's data.
    pub fn sentence(&self) -> &str {
        &self.0.hint
    }

    /// The names of the fields that the org names in its entries.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.0.entries.iter().flat_map(ApiError::field_names)
    }

    /// Which limit was hit, when one was.
    pub fn limit(&self) -> Option<Limit> {
        self.0.limit
    }

    /// How long the org, or our own back-off, asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The call as a template without data, such as `PATCH sobjects/Case/Voice_Key__c/{key}`.
    pub fn request(&self) -> Option<&str> {
        self.0.request.as_deref()
    }

    /// How many attempts were made; 0 when nothing was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call took, waits included.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// The first 512 bytes of an answer that was not understood. It can hold callers' data.
    pub fn body_excerpt(&self) -> Option<&[u8]> {
        self.0.excerpt.as_deref()
    }

    /// Whether the record does not exist, or no longer.
    pub fn is_not_found(&self) -> bool {
        // The page of a proxy with this status is no word about a record.
        (self.0.kind == ErrorKind::Rejected && self.0.status == Some(StatusCode::NOT_FOUND))
            || self
                .code()
                .is_some_and(|code| *code == ErrorCode::NOT_FOUND || *code == ErrorCode::ENTITY_IS_DELETED)
    }

    /// Whether the org accepted the request and refused this one record or part of it.
    pub fn is_of_part(&self) -> bool {
        self.0.of_part
    }

    /// Whether a composite request was refused because a value contains `@{`, which the org would
    /// read as a reference. The same values are harmless in plain requests.
    pub fn is_reference_injection(&self) -> bool {
        self.0.reference_injection
    }

    /// Whether it shows that the org cannot answer, and not only that one request failed.
    pub(crate) fn is_org_down(&self) -> bool {
        self.0.org_down
    }

    pub(crate) fn of_an_org_down(mut self, down: bool) -> Self {
        self.0.org_down = down;
        self
    }

    pub(crate) fn after_ambiguity(&self) -> bool {
        self.0.after_ambiguity
    }

    /// The same failure, understood better.
    pub(crate) fn with_kind(mut self, kind: ErrorKind, hint: &'static str) -> Self {
        self.0.kind = kind;
        self.0.hint = hint.into();
        self
    }

    /// Adds to the sentence.
    pub(crate) fn with_note(mut self, note: &'static str) -> Self {
        self.0.hint = format!("{}; {note}", self.0.hint).into();
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_entries(mut self, entries: Vec<ApiError>, leading: usize) -> Self {
        self.0.entries = entries;
        self.0.leading = leading;
        self
    }

    pub(crate) fn with_oauth(mut self, oauth: OAuthError) -> Self {
        self.0.oauth = Some(oauth);
        self
    }

    pub(crate) fn with_limit(mut self, limit: Option<Limit>) -> Self {
        self.0.limit = limit;
        self
    }

    pub(crate) fn with_retry_after(mut self, after: Option<Duration>) -> Self {
        self.0.retry_after = after;
        self
    }

    pub(crate) fn with_excerpt(mut self, body: &Bytes) -> Self {
        self.0.excerpt = Some(Bytes::copy_from_slice(&body[..body.len().min(EXCERPT_BYTES)]));
        self
    }

    pub(crate) fn of_part(mut self) -> Self {
        self.0.of_part = true;
        self
    }

    pub(crate) fn with_request(mut self, template: &str) -> Self {
        self.0.request.get_or_insert_with(|| template.into());
        self
    }

    pub(crate) fn with_run(mut self, attempts: u32, elapsed: Duration, after_ambiguity: bool) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self.after_attempts(after_ambiguity)
    }

    /// Remembers that an earlier attempt of the same call may have been applied, if it is so: a later
    /// one cannot undo it.
    pub(crate) fn after_attempts(mut self, ambiguous: bool) -> Self {
        self.0.after_ambiguity |= ambiguous;
        if ambiguous && self.0.retry == Retry::Safe {
            self.0.retry = Retry::IfIdempotent;
        }
        self
    }

    /// The same failure for something that was not sent because of it.
    pub(crate) fn of_the_unsent(mut self) -> Self {
        self.0.unsent = true;
        self.0.after_ambiguity = false;
        if self.0.retry == Retry::IfIdempotent {
            self.0.retry = Retry::Safe;
        }
        self
    }

    pub(crate) fn reference_injection() -> Self {
        let mut error = Self::invalid(
            "a value contains `@{`, which a composite request would read as a reference; send it as a plain \
             request",
        );
        error.0.reference_injection = true;
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.hint)?;
        let mut open = " [";
        for entry in &self.0.entries {
            write!(f, "{open}{}", entry.code)?;
            let names: Vec<&str> = entry.field_names().collect();
            if !names.is_empty() {
                write!(f, ": {}", names.join(", "))?;
            }
            open = "; ";
        }
        if let Some(oauth) = &self.0.oauth {
            write!(f, "{open}{}", oauth.word())?;
            open = "; ";
        }
        if open == "; " {
            f.write_str("]")?;
        }
        self.0.request.as_ref().map_or(Ok(()), |request| write!(f, " ({request})"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("status", &self.0.status.map(|status| status.as_u16()))
            .field("entries", &self.0.entries)
            .field("oauth", &self.0.oauth)
            .field("retry", &self.0.retry)
            .field("request", &self.0.request)
            .field("attempts", &self.0.attempts)
            .field("elapsed", &self.0.elapsed)
            .field("hint", &self.0.hint)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn display_names_codes_and_fields_but_not_the_orgs_words() {
        let entries = document::entries(
            br#"[{"message":"bad value: +14155550142","errorCode":"STRING_TOO_LONG","fields":["Phone","x y"]}]"#,
        );
        let error = Error::new(ErrorKind::Rejected, "shorten the named fields")
            .with_entries(entries, 0)
            .with_request("POST sobjects/Contact");

        assert_eq!(
            error.to_string(),
            "shorten the named fields [STRING_TOO_LONG: Phone] (POST sobjects/Contact)"
        );
        assert!(!format!("{error:?}").contains("4155550142"));
        assert_eq!(error.entries()[0].message(), "bad value: +14155550142");
    }
}
