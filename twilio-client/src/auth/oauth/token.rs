//! One token, and how long it may be used.

use std::time::Duration;

use base64::Engine as _;
use http::HeaderValue;
use serde::Deserialize;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind, Result};
use crate::response::Response;

/// A token as it stands in a header, and its two ages.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    /// From when on another is fetched.
    pub(super) ripe: Instant,
    /// From when on it is not used any more.
    pub(super) over: Instant,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<u64>,
}

impl Token {
    /// Reads the answer to a login that was asked for at `asked`; `chance` spreads the renewals of many processes.
    pub(super) fn read(response: &Response, asked: Instant, chance: f64) -> Result<Self> {
        let answer: Answer = response.json()?;
        let token = answer.access_token.as_str();
        let named = answer.expires_in.map(Duration::from_secs);
        let lifetime = named.or_else(|| lifetime(token)).unwrap_or(UNKNOWN).clamp(SHORTEST, LONGEST);
        let mut header = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Error::new(ErrorKind::Decode, response.operation()))?;
        header.set_sensitive(true);
        let ripe = lifetime.mul_f64(0.75 + 0.1 * chance.clamp(0.0, 1.0));
        // A request that leaves with the token's last second arrives after it.
        let margin = (lifetime / 40).min(Duration::from_secs(15));
        Ok(Self { header, ripe: asked + ripe, over: asked + lifetime.saturating_sub(margin) })
    }
}

/// The time from `iat` to `exp` of a JWT. The difference needs no clock that agrees with Twilio's.
fn lifetime(token: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Claims {
        iat: u64,
        exp: u64,
    }
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    claims.exp.checked_sub(claims.iat).map(Duration::from_secs)
}

/// How long a token is trusted that does not say how long it lives.
const UNKNOWN: Duration = Duration::from_secs(300);

/// An odd answer must not make logins run in a loop, nor instants overflow.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_of_a_jwt_is_a_difference() {
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.x", encode("{}"), encode(r#"{"iat":1000,"exp":4600}"#));

        assert_eq!(lifetime(&token), Some(Duration::from_secs(3600)));
        assert_eq!(lifetime("opaque"), None);
        assert_eq!(lifetime(&format!(".{}.", encode(r#"{"iat":2,"exp":1}"#))), None);
    }
}
