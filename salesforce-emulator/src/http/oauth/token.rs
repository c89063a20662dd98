//! POST /services/oauth2/token

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    Answer, Authority, Form, assertion, check_client, check_id, check_public_client, error, identity_url,
    refused,
};
use crate::{
    faults::OAuthError,
    sessions::{Login, Refreshed},
    users::User,
};

/// Issues a token by whichever flow the form asks for.
///
/// See Salesforce, "OAuth Authorization Flows".
pub(crate) fn token(authority: &mut Authority<'_>, form: &Form) -> Answer {
    let answer = match form.get("grant_type") {
        Some("client_credentials") => client_credentials(authority, form),
        Some("password") => password(authority, form),
        Some("refresh_token") => refresh(authority, form),
        Some("authorization_code") => code(authority, form),
        Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => jwt_bearer(authority, form),
        Some(_) => Err(error(&OAuthError::UnsupportedGrantType)),
        None => Err(refused("invalid_request", "grant type not supported")),
    };
    answer.unwrap_or_else(|refusal| refusal)
}

fn client_credentials(authority: &mut Authority<'_>, form: &Form) -> Result<Answer, Answer> {
    if authority.client.is_login_host {
        return Err(error(&OAuthError::WrongDomain));
    }
    check_client(authority.client, form)?;
    let user = authority.users.integration();
    let user = user.ok_or_else(|| refused("invalid_grant", "no client credentials user enabled"))?;
    issue(authority, &user, None, None)
}

fn password(authority: &mut Authority<'_>, form: &Form) -> Result<Answer, Answer> {
    check_client(authority.client, form)?;
    let given = form.get("username").zip(form.get("password"));
    let user = given.and_then(|(username, password)| authority.users.check(username, password));
    let user = user.ok_or_else(|| error(&OAuthError::AuthenticationFailure))?;
    issue(authority, &user, None, None)
}

fn jwt_bearer(authority: &mut Authority<'_>, form: &Form) -> Result<Answer, Answer> {
    let assertion = form.get("assertion").ok_or_else(|| refused("invalid_grant", "invalid assertion"))?;
    let username = assertion::subject(assertion, authority.client, authority.base, authority.now)?;
    let user = authority.users.named(&username);
    let user = user.ok_or_else(|| error(&OAuthError::NotApproved))?;
    issue(authority, &user, None, None)
}

fn refresh(authority: &mut Authority<'_>, form: &Form) -> Result<Answer, Answer> {
    check_public_client(authority.client, form)?;
    let token = form.get("refresh_token").unwrap_or_default();
    match authority.sessions.grants.refresh(&authority.client.id, token) {
        Ok(Refreshed { grant, user, rotated }) => issue(authority, &user, Some(grant), rotated),
        Err(reused) => {
            // Whoever uses a replaced token may have stolen it: nobody keeps what came of it.
            if let Some(grant) = reused.0 {
                authority.sessions.end_grant(grant);
            }
            Err(error(&OAuthError::ExpiredToken))
        }
    }
}

fn code(authority: &mut Authority<'_>, form: &Form) -> Result<Answer, Answer> {
    check_id(authority.client, form)?;
    let code = form.get("code").unwrap_or_default();
    let pending = authority.sessions.codes.take(code, authority.now);
    let pending = pending.ok_or_else(|| refused("invalid_grant", "expired authorization code"))?;
    if form.get("redirect_uri") != Some(pending.redirect.as_str()) || pending.client != authority.client.id {
        return Err(refused("redirect_uri_mismatch", "redirect_uri must match configuration"));
    }
    if !pending.is_verified_by(form.get("code_verifier")) {
        return Err(refused("invalid_grant", "invalid code verifier"));
    }
    if pending.challenge.is_some() {
        check_public_client(authority.client, form)?;
    } else {
        check_client(authority.client, form)?;
    }
    let (grant, token) = authority.sessions.grants.open(&authority.client.id, &pending.user);
    issue(authority, &pending.user, Some(grant), Some(token))
}

/// The answer to a login. It has no expiry, as in a real org.
fn issue(
    authority: &mut Authority<'_>,
    user: &User,
    grant: Option<usize>,
    refresh_token: Option<String>,
) -> Result<Answer, Answer> {
    let login = Login { client: &authority.client.id, user, grant, audience: authority.base };
    let token = authority.sessions.issue(login, authority.now);
    let token = token.ok_or_else(|| error(&OAuthError::LoginRateExceeded))?;
    let mut body = json!({
        "access_token": token,
        "signature": STANDARD.encode(std::array::from_fn::<u8, 32, _>(|_| fastrand::u8(..))),
        "scope": if grant.is_some() { "refresh_token api id" } else { "api" },
        "instance_url": authority.base,
        "id": identity_url(authority.base, user.id),
        "token_type": "Bearer",
        "issued_at": authority.now.as_millisecond().to_string(),
    });
    if let Some(token) = refresh_token {
        body["refresh_token"] = token.into();
    }
    Ok(Answer::json(200, body))
}
