//! The signed assertion of the JWT bearer flow.

use std::{fmt, time::Duration};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use serde_json::Value;

use super::{Answer, Client, error, refused};
use crate::faults::OAuthError;

/// An RSA public key in DER form.
pub(crate) struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads `-----BEGIN PUBLIC KEY-----` or `-----BEGIN RSA PUBLIC KEY-----`.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let (_, rest) = pem.split_once("PUBLIC KEY-----")?;
        let (body, _) = rest.split_once("-----END")?;
        let compact: String = body.split_whitespace().collect();
        STANDARD.decode(compact).ok().filter(|der| !der.is_empty()).map(Self)
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey")
    }
}

/// The user an assertion names, once everything about it is right.
///
/// See Salesforce, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration".
pub(super) fn subject(
    assertion: &str,
    client: &Client,
    base: &str,
    now: Timestamp,
) -> Result<String, Answer> {
    let invalid = || refused("invalid_grant", "invalid assertion");
    let (signed, signature) = assertion.rsplit_once('.').ok_or_else(invalid)?;
    let (header, claims) = signed.split_once('.').ok_or_else(invalid)?;
    let (header, claims) = (part(header).ok_or_else(invalid)?, part(claims).ok_or_else(invalid)?);
    if header["alg"] != "RS256" {
        return Err(invalid());
    }
    if claims["iss"] != client.id.as_str() {
        return Err(error(&OAuthError::InvalidClientId));
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| invalid())?;
    if client.key.as_ref().is_some_and(|key| !key.verifies(signed.as_bytes(), &signature)) {
        return Err(refused("invalid_grant", "invalid assertion"));
    }
    let audience = claims["aud"].as_str().or(claims["aud"][0].as_str()).unwrap_or_default();
    if !AUDIENCES.contains(&audience) && audience != base {
        return Err(refused("invalid_grant", "audience is invalid"));
    }
    // Some clients write the number as a text.
    let expires = claims["exp"].as_i64().or_else(|| claims["exp"].as_str()?.parse().ok());
    let expires = expires.and_then(|second| Timestamp::from_second(second).ok()).ok_or_else(invalid)?;
    let latest = now.checked_add(LONGEST).unwrap_or(Timestamp::MAX);
    if expires <= now || expires > latest {
        return Err(invalid());
    }
    claims["sub"].as_str().map(str::to_owned).ok_or_else(invalid)
}

fn part(encoded: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

const AUDIENCES: [&str; 2] = ["https://login.salesforce.com", "https://test.salesforce.com"];
/// Three minutes, and a little for clocks that differ.
const LONGEST: Duration = Duration::from_secs(3 * 60 + 5);
