//! When an access token in JWT form ends. Nothing is verified: the org does that.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    #[serde(default)]
    iat: Option<i64>,
}

/// The time the token has from `now`; `None` when it is not a JWT or carries no `exp`.
///
/// A token that seems to be over although it has just come means that our clock is wrong; then its
/// own `iat` tells how long it lives.
pub(super) fn lifetime(token: &str, now: Timestamp) -> Option<Duration> {
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let claims: Claims =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?).ok()?;
    let by_our_clock = claims.exp.saturating_sub(now.as_second());
    let by_its_own = claims.iat.map(|iat| claims.exp.saturating_sub(iat));
    let seconds = if by_our_clock > 0 { by_our_clock } else { by_its_own? };
    u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn exp_tells_the_lifetime() {
        assert_eq!(lifetime(&jwt(r#"{"exp":1900}"#), at(1000)), Some(Duration::from_secs(900)));
    }

    #[test]
    fn a_wrong_clock_does_not_end_a_token_that_has_just_come() {
        let token = jwt(r#"{"exp":1900,"iat":1000}"#);
        assert_eq!(lifetime(&token, at(5000)), Some(Duration::from_secs(900)));
    }

    #[test]
    fn anything_else_is_not_a_jwt() {
        for token in ["00Dxx!opaque", "a.b", "a.b.c", "a.b.c.d", &jwt("{}"), &jwt(r#"{"exp":"soon"}"#)] {
            assert_eq!(lifetime(token, at(0)), None);
        }
    }
}
