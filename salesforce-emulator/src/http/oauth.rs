//! What the OAuth endpoints have in common: the client, the form, and the shape of a refusal.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Answer;
use crate::{faults::OAuthError, id::RecordId, sessions::Sessions, users::Users};

mod assertion;
mod authorize;
mod identity;
pub(crate) mod soap;
mod token;

pub(crate) use self::{
    assertion::PublicKey,
    authorize::{allow, page},
    identity::{identity, introspect, revoke, userinfo},
    token::token,
};

/// The one client that may log in, and how the org takes logins.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) is_login_host: bool,
    /// The key that assertions must be signed for; without one any signature will do.
    pub(crate) key: Option<PublicKey>,
}

/// Everything a login is decided by.
pub(crate) struct Authority<'a> {
    pub(crate) client: &'a Client,
    pub(crate) users: &'a Users,
    pub(crate) sessions: &'a mut Sessions,
    /// The address that the client uses.
    pub(crate) base: &'a str,
    pub(crate) now: Timestamp,
}

/// A form, and the credentials of an `Authorization: Basic` header.
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads a form's body; the header's credentials stand before those of the body.
    pub(crate) fn read(body: &[u8], authorization: Option<&str>) -> Self {
        let mut fields = Vec::new();
        let basic = authorization.and_then(|header| {
            let (scheme, encoded) = header.split_once(' ')?;
            let decoded =
                STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
            String::from_utf8(decoded).ok()
        });
        if let Some((id, secret)) = basic.as_deref().and_then(|basic| basic.split_once(':')) {
            fields.push(("client_id".to_owned(), id.to_owned()));
            fields.push(("client_secret".to_owned(), secret.to_owned()));
        }
        fields.extend(url::form_urlencoded::parse(body).into_owned());
        Self { fields }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An error of an OAuth endpoint, which never has the shape of a REST error.
pub(crate) fn refused(error: &str, description: &str) -> Answer {
    Answer::json(400, json!({ "error": error, "error_description": description }))
}

/// The refusal that a fault asks for.
pub(crate) fn error(refusal: &OAuthError) -> Answer {
    let (status, error, description) = refusal.parts();
    let mut body = json!({ "error": error });
    if let Some(description) = description {
        body["error_description"] = description.into();
    }
    Answer::json(status, body)
}

/// The address of a user's identity.
pub(crate) fn identity_url(base: &str, user: RecordId) -> String {
    format!("{base}/id/{}/{user}", organization())
}

/// The id of the org itself.
pub(crate) fn organization() -> RecordId {
    RecordId::new(*b"00D", 1)
}

fn check_id(client: &Client, form: &Form) -> Result<(), Answer> {
    if form.get("client_id") != Some(client.id.as_str()) {
        return Err(error(&OAuthError::InvalidClientId));
    }
    Ok(())
}

fn check_client(client: &Client, form: &Form) -> Result<(), Answer> {
    check_id(client, form)?;
    if form.get("client_secret") != Some(client.secret.expose_secret()) {
        return Err(error(&OAuthError::InvalidClient));
    }
    Ok(())
}

/// A client that cannot keep a secret gives none, but it cannot give a wrong one either.
fn check_public_client(client: &Client, form: &Form) -> Result<(), Answer> {
    if form.get("client_secret").is_some() { check_client(client, form) } else { check_id(client, form) }
}

/// The integration user.
pub(crate) const USERNAME: &str = "integration@emulator.example";
