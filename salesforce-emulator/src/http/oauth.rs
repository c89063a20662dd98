//! POST /services/oauth2/token, /introspect and /revoke, GET /services/oauth2/userinfo

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::Answer;
use crate::{id::RecordId, sessions::Sessions};

/// The one client that may log in, and how the org takes logins.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) is_login_host: bool,
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

    fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Issues a token; `base` is the address that the client uses.
///
/// See Salesforce, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration".
pub(crate) fn token(
    client: &Client,
    sessions: &mut Sessions,
    form: &Form,
    base: &str,
    now: Timestamp,
) -> Answer {
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return refused("unsupported_grant_type", "grant type not supported"),
        None => return refused("invalid_request", "grant type not supported"),
    }
    if client.is_login_host {
        return refused("invalid_grant", "request not supported on this domain");
    }
    if let Err(answer) = check_client(client, form) {
        return answer;
    }
    let Some(token) = sessions.issue(&client.id, base, now) else {
        return refused("rate_limit_exceeded", "login rate exceeded");
    };
    let issued_at = now.as_millisecond().to_string();
    let body = json!({
        "access_token": token,
        "signature": STANDARD.encode(std::array::from_fn::<u8, 32, _>(|_| fastrand::u8(..))),
        "scope": "api",
        "instance_url": base,
        "id": identity_url(base),
        "token_type": "Bearer",
        "issued_at": issued_at,
    });
    Answer::json(200, body)
}

/// Says whether a token is good, and until when.
pub(crate) fn introspect(client: &Client, sessions: &Sessions, form: &Form, now: Timestamp) -> Answer {
    if let Err(answer) = check_client(client, form) {
        return answer;
    }
    let session = form.get("token").and_then(|token| sessions.check(token, now));
    let body = session.map_or_else(
        || json!({ "active": false }),
        |session| {
            json!({
                "active": true,
                "scope": "api",
                "client_id": session.client,
                "username": USERNAME,
                "sub": identity_url("https://login.salesforce.com"),
                "token_type": "access_token",
                "exp": session.expires.as_second(),
                "iat": session.issued.as_second(),
                "nbf": session.issued.as_second(),
            })
        },
    );
    Answer::json(200, body)
}

/// Ends a token.
pub(crate) fn revoke(sessions: &mut Sessions, form: &Form) -> Answer {
    if form.get("token").is_some_and(|token| sessions.revoke(token)) {
        return Answer { status: 200, ..Answer::empty() };
    }
    refused("invalid_token", "the token is invalid or already revoked")
}

/// Who a token belongs to.
pub(crate) fn userinfo(base: &str) -> Answer {
    let (organization, user) = ids();
    let body = json!({
        "sub": identity_url(base),
        "user_id": user,
        "organization_id": organization,
        "preferred_username": USERNAME,
        "name": "Integration User",
        "email": USERNAME,
        "active": true,
    });
    Answer::json(200, body)
}

/// An error of an OAuth endpoint, which never has the shape of a REST error.
pub(crate) fn refused(error: &str, description: &str) -> Answer {
    Answer::json(400, json!({ "error": error, "error_description": description }))
}

fn check_client(client: &Client, form: &Form) -> Result<(), Answer> {
    if form.get("client_id") != Some(client.id.as_str()) {
        return Err(refused("invalid_client_id", "client identifier invalid"));
    }
    if form.get("client_secret") != Some(client.secret.expose_secret()) {
        return Err(refused("invalid_client", "invalid client credentials"));
    }
    Ok(())
}

fn identity_url(base: &str) -> Value {
    let (organization, user) = ids();
    Value::from(format!("{base}/id/{organization}/{user}"))
}

fn ids() -> (String, String) {
    (RecordId::new(*b"00D", 1).to_string(), RecordId::new(*b"005", 1).to_string())
}

/// The integration user.
pub(crate) const USERNAME: &str = "integration@emulator.example";
