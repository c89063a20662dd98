//! Why a request is refused, and why a verifier cannot be built.

use super::SHORTEST_SECRET;

/// A request is not proven genuine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The signature header is missing or empty.
    #[error("the request carries no signature")]
    MissingSignature,
    /// The signature lacks its prefix or is not of the configured encoding and length.
    #[error("the signature is malformed")]
    MalformedSignature,
    /// The signature was not made over this request with any of the secrets.
    #[error("the signature does not match")]
    WrongSignature,
    /// The time header is missing.
    #[error("the request carries no timestamp")]
    MissingTimestamp,
    /// The time is not a whole number of seconds or milliseconds.
    #[error("the timestamp is malformed")]
    MalformedTimestamp,
    /// The time lies too far in the past or the future.
    #[error("the timestamp is outside the accepted window")]
    OutsideWindow,
    /// The message id header is missing, and the payload names it.
    #[error("the request carries no message id")]
    MissingMessageId,
    /// The header of the secret or token is missing or empty.
    #[error("the request carries no secret")]
    MissingSecret,
    /// The secret or token is another one.
    #[error("the secret does not match")]
    WrongSecret,
    /// The token validator refused the token.
    #[error("the token was refused")]
    TokenRefused,
}

impl VerifyError {
    /// The reason in one word, as the label of a counter.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::WrongSignature => "wrong_signature",
            Self::MissingTimestamp => "missing_timestamp",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::OutsideWindow => "outside_window",
            Self::MissingMessageId => "missing_message_id",
            Self::MissingSecret => "missing_secret",
            Self::WrongSecret => "wrong_secret",
            Self::TokenRefused => "token_refused",
        }
    }
}

/// A verifier cannot work as it is configured.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// An empty secret would let everybody in.
    #[error("the secret is empty")]
    EmptySecret,
    /// A secret that is shorter than [`SHORTEST_SECRET`] can be found by trying.
    #[error(
        "the secret has {0} characters and can be guessed; set one of at least {SHORTEST_SECRET} on both sides, such as \
         `openssl rand -hex 32` prints"
    )]
    ShortSecret(usize),
    /// The plan says the secret is base64, and it is not.
    #[error("the secret is not base64")]
    SecretNotBase64,
    /// The payload format does not cover the body, so a signature would fit any body.
    #[error("the payload format lacks {{body}}")]
    BodyNotSigned,
    /// The payload format names the time, and the plan says no time is sent.
    #[error("the payload format names {{timestamp}}, but the plan includes no timestamp")]
    NoTimestamp,
    /// The payload format holds a placeholder nobody knows, or an unclosed brace.
    #[error("the payload format holds an unknown placeholder {{{0}}}")]
    UnknownPlaceholder(String),
    /// The payload format names the URL, and nothing says by which one this server is called.
    #[error("the payload format names {{url}}, but no public origin is set")]
    NoPublicOrigin,
    /// The public origin is not `http://` or `https://` with a host and perhaps a port and a path.
    #[error(
        "a public origin is https:// or http:// and a host, without user name, query, fragment, backslash and white space"
    )]
    InvalidPublicOrigin,
    /// A name that no HTTP header can have.
    #[error("{0:?} is not a header name")]
    HeaderName(String),
    /// The scheme has no secret that could be rotated.
    #[error("the scheme has no secret to rotate")]
    NothingToRotate,
}

impl ConfigError {
    /// Refuses a secret of this length, if it is one that can be found by trying.
    pub(super) fn if_short(length: usize) -> Result<(), Self> {
        if length < SHORTEST_SECRET { Err(Self::ShortSecret(length)) } else { Ok(()) }
    }
}
