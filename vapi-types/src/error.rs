//! Why a body is not a server message.

use std::fmt;

/// A request body could not be decoded.
///
/// The text names the message type, the JSON path and the cause, and never a value of the body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    detail: String,
}

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The body is not JSON text in UTF-8.
    NotJson,
    /// The body is JSON but carries no `message` object.
    NoMessage,
    /// A field without which the message means nothing is of the wrong kind.
    Field,
    /// Objects and lists nest deeper than [`MAX_DEPTH`](crate::message::MAX_DEPTH).
    TooDeep,
    /// The body is longer than [`MAX_BODY`](crate::message::MAX_BODY).
    TooLarge,
}

impl DecodeError {
    /// What is wrong.
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    pub(crate) fn new(kind: DecodeErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    pub(crate) fn not_json(error: &serde_json::Error) -> Self {
        let place = format!("not JSON at line {} column {}", error.line(), error.column());
        Self::new(DecodeErrorKind::NotJson, place)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for DecodeError {}
