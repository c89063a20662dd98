//! `GET /services/oauth2/authorize` in the user's browser, then `POST /services/oauth2/token`, grant
//! type `authorization_code`, with PKCE.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{AccessToken, OAuthApp};
use crate::error::{Error, ErrorKind, Result, login};

/// Sends a user to the org's consent page and takes what comes back.
///
/// See \[Salesforce/OAuth 2.0 Web Server Flow for Web App Integration\].
#[derive(Clone)]
pub struct AuthorizationCode {
    app: OAuthApp,
    redirect_uri: Url,
    scope: String,
}

/// One user's way through the consent page. It is kept on the server until the user comes back.
pub struct Authorization {
    flow: AuthorizationCode,
    state: SecretString,
    verifier: SecretString,
}

/// What a user's consent gave.
#[non_exhaustive]
pub struct Authorized {
    /// A token for the first requests.
    pub access_token: AccessToken,
    /// For the logins after that, when the scope `refresh_token` was asked for: store it, then give
    /// it to [`RefreshToken`](super::RefreshToken).
    pub refresh_token: Option<SecretString>,
    /// Where the org tells who the user is; its path names org and user.
    pub identity_url: Option<Url>,
}

impl AuthorizationCode {
    /// `redirect_uri` is one of those set up in the app.
    pub fn new(app: OAuthApp, redirect_uri: Url) -> Self {
        Self { app, redirect_uri, scope: "api refresh_token".to_owned() }
    }

    /// What the app asks for, separated by blanks; `api refresh_token` unless set.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// Begins one user's way: a state and a PKCE verifier of their own.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when the system gives no randomness.
    pub fn begin(&self) -> Result<Authorization> {
        Ok(Authorization { flow: self.clone(), state: random()?, verifier: random()? })
    }

    /// Takes up a way that another process began, with what it kept.
    pub fn resume(&self, state: SecretString, verifier: SecretString) -> Authorization {
        Authorization { flow: self.clone(), state, verifier }
    }
}

impl Authorization {
    /// Where to send the user's browser.
    pub fn url(&self) -> Url {
        let mut url = self.flow.app.endpoint.hosts.login().as_url().clone();
        url.set_path("/services/oauth2/authorize");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.flow.app.client_id)
            .append_pair("redirect_uri", self.flow.redirect_uri.as_str())
            .append_pair("scope", &self.flow.scope)
            .append_pair("state", self.state.expose_secret())
            .append_pair("code_challenge", &challenge(&self.verifier))
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// What comes back with the user; keep it in the user's session.
    pub fn state(&self) -> &SecretString {
        &self.state
    }

    /// What proves that the same server asks for the token; keep it in the user's session.
    pub fn verifier(&self) -> &SecretString {
        &self.verifier
    }

    /// Takes the address the user came back to and exchanges its code. A code works once.
    ///
    /// # Errors
    /// [`ErrorKind::Authentication`] when the state is not this user's or the user refused,
    /// [`ErrorKind::InvalidRequest`] when there is no code, and as any login.
    pub async fn finish(self, returned: &Url) -> Result<Authorized> {
        let value = |wanted: &str| {
            returned.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let state = value("state").unwrap_or_default();
        let expected = self.state.expose_secret().as_bytes();
        if verify_slices_are_equal(state.as_bytes(), expected).is_err() {
            return Err(Error::new(
                ErrorKind::Authentication,
                "the state that came back is not the one that was sent: begin again",
            ));
        }
        if let Some(word) = value("error") {
            return Err(login::not_allowed(&word, &value("error_description").unwrap_or_default()));
        }
        let Some(code) = value("code") else {
            return Err(Error::invalid("the address the user came back to has no code"));
        };
        let app = &self.flow.app;
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.secret()),
            ("redirect_uri", self.flow.redirect_uri.as_str()),
            ("code", code.as_str()),
            ("code_verifier", self.verifier.expose_secret()),
        ];
        let grant = app.endpoint.token(&fields).await?;
        Ok(Authorized {
            access_token: grant.access_token,
            refresh_token: grant.refresh_token,
            identity_url: grant.identity_url,
        })
    }
}

/// 43 characters that nobody can guess.
fn random() -> Result<SecretString> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Configuration, "the system gives no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

/// The S256 challenge of a verifier.
fn challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.expose_secret().as_bytes()))
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationCode").field("app", &self.app).finish_non_exhaustive()
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("app", &self.flow.app).finish_non_exhaustive()
    }
}

impl fmt::Debug for Authorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorized").field("access_token", &self.access_token).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standards_own_example() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn every_way_has_a_state_and_a_verifier_of_its_own() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert!(!one.expose_secret().eq(other.expose_secret()));
        assert!((43..=128).contains(&one.expose_secret().len()));
    }
}
