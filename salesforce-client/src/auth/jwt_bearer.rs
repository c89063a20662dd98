//! `POST /services/oauth2/token`, grant type `urn:ietf:params:oauth:grant-type:jwt-bearer`.

use std::fmt;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;

use super::rsa_key::RsaKey;
use super::{AccessToken, OAuthApp, TokenSource};
use crate::error::{Error, ErrorKind, Result};
use crate::login_host::LoginHost;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How long an assertion lives, in seconds. The org accepts three minutes; the rest is for clocks that differ.
const LIFETIME: i64 = 150;

/// Logs a user in by a signature; no secret travels, and there is no refresh token.
///
/// See \[Salesforce/OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration\].
pub struct JwtBearer {
    app: OAuthApp,
    username: String,
    audience: String,
    key: RsaKey,
    wall_clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl JwtBearer {
    /// Logs in `username` with the private key in `pem` (PKCS #8 or PKCS #1, RSA), whose certificate
    /// the app holds.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when there is no usable key in `pem`.
    pub fn new(app: OAuthApp, username: impl Into<String>, pem: &SecretString) -> Result<Self> {
        let audience = audience(app.endpoint.hosts.login()).to_owned();
        let key = RsaKey::from_pem(pem)?;
        let username = username.into();
        if username.trim().is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the username is empty: give that of the user whom the app logs in as",
            ));
        }
        Ok(Self { app, username, audience, key, wall_clock: Box::new(Timestamp::now) })
    }

    /// Whom the assertion is for; `https://test.salesforce.com` at the host of a sandbox or a scratch org
    /// and `https://login.salesforce.com` everywhere else unless set.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// The wall clock by which an assertion ends.
    #[must_use]
    pub fn wall_clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.wall_clock = Box::new(clock);
        self
    }

    fn assertion(&self) -> Result<String> {
        let claims = Claims {
            iss: &self.app.client_id,
            sub: &self.username,
            aud: &self.audience,
            exp: (self.wall_clock)().as_second().saturating_add(LIFETIME),
        };
        let claims = serde_json::to_vec(&claims)
            .map_err(|_| Error::new(ErrorKind::Configuration, "the assertion cannot be written"))?;
        let mut assertion = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        assertion.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut assertion);
        let signature = self.key.sign(assertion.as_bytes())?;
        assertion.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut assertion);
        Ok(assertion)
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
}

fn audience(host: &LoginHost) -> &'static str {
    if host.is_test() { "https://test.salesforce.com" } else { "https://login.salesforce.com" }
}

#[async_trait]
impl TokenSource for JwtBearer {
    async fn fetch(&self) -> Result<AccessToken> {
        let assertion = self.assertion()?;
        let grant = self.app.endpoint.token(&[("grant_type", GRANT), ("assertion", &assertion)]).await?;
        Ok(grant.access_token)
    }
}

impl fmt::Debug for JwtBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtBearer")
            .field("host", self.app.endpoint.hosts.login())
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use serde_json::{Value, json};

    use super::super::rsa_key::tests::{key, pem};
    use super::*;

    fn part(text: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    }

    #[test]
    fn an_assertion_is_signed_and_lives_less_than_three_minutes() {
        let (pair, der) = key();
        let host = LoginHost::parse("https://acme--dev.sandbox.my.salesforce.com").unwrap();
        let app = OAuthApp::new(host, "app").unwrap();
        let login = JwtBearer::new(app, "voice@acme.example", &pem("PRIVATE KEY", &der))
            .unwrap()
            .wall_clock(|| Timestamp::from_second(1000).unwrap());

        let assertion = login.assertion().unwrap();
        let (message, signature) = assertion.rsplit_once('.').unwrap();
        let (header, claims) = message.split_once('.').unwrap();

        assert_eq!(part(header), json!({"alg": "RS256"}));
        let aud = "https://test.salesforce.com";
        assert_eq!(part(claims), json!({"iss": "app", "sub": "voice@acme.example", "aud": aud, "exp": 1150}));
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
        assert!(public.verify(message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).is_ok());
    }

    #[test]
    fn the_audience_follows_the_host() {
        for (host, expected) in [
            ("login.salesforce.com", "login"),
            ("acme.my.salesforce.com", "login"),
            ("acme.my.salesforce.mil", "login"),
            ("acme-dev-ed.develop.my.salesforce.com", "login"),
            ("na139.salesforce.com", "login"),
            ("sandbox.my.salesforce.com", "login"),
            ("css.my.salesforce.com", "login"),
            ("test.salesforce.com", "test"),
            ("acme--dev.sandbox.my.salesforce.com", "test"),
            ("acme--dev.sandbox.my.salesforce.mil", "test"),
            ("ACME--DEV.Sandbox.My.Salesforce.Com", "test"),
            ("acme--dev.my.salesforce.com", "test"),
            ("acme--dev.cs42.my.salesforce.com", "test"),
            ("cs42.salesforce.com", "test"),
            ("basslake-vente-4410.scratch.my.salesforce.com", "test"),
            ("basslake-vente-4410.scratch.my.salesforce.mil", "test"),
        ] {
            let audience = audience(&LoginHost::parse(&format!("https://{host}")).unwrap());
            assert_eq!(audience, format!("https://{expected}.salesforce.com"), "{host}");
        }
    }
}
