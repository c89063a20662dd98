//! Bearer tokens made by an OAuth 2 server.

use std::str;

use jiff::Timestamp;

use super::{Verified, VerifyError, token::bearer_token};

/// Judges the access tokens Vapi fetched from your OAuth 2 server.
///
/// How is up to you: a signature check against cached keys, or a look into a cache that a background task
/// fills by introspection. It is asked on every request, before the body is read and after, so it must not wait.
pub trait TokenValidator: Send + Sync {
    /// True if the token is genuine, meant for this server, and valid at `now`.
    fn is_valid(&self, token: &str, now: Timestamp) -> bool;
}

pub(super) fn verify<'a>(
    validator: &dyn TokenValidator,
    header: &dyn Fn(&str) -> Option<&'a [u8]>,
    now: Timestamp,
) -> Result<Verified, VerifyError> {
    let value = header("authorization").ok_or(VerifyError::MissingSecret)?;
    let token = bearer_token(value).ok_or(VerifyError::MissingSecret)?;
    let token = str::from_utf8(token).map_err(|_| VerifyError::TokenRefused)?;
    if validator.is_valid(token, now) {
        return Ok(Verified { secret_index: 0, signed_at: None });
    }
    Err(VerifyError::TokenRefused)
}
