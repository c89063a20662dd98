//! GET and POST /services/oauth2/authorize: the page on which a user allows a client, and the way back.

use super::{Answer, Authority, Form};
use crate::{markup::escape, sessions::Pending};

/// The page. What the client asked for goes on in hidden fields.
pub(crate) fn page(authority: &Authority<'_>, form: &Form) -> Answer {
    match asked(authority, form) {
        Ok(_) => Answer::html(200, shown(form, "")),
        Err(sentence) => Answer::html(400, format!("<!doctype html><p>{sentence}</p>")),
    }
}

/// The user's answer: back to the client with a code, or the page again.
///
/// See Salesforce, "OAuth 2.0 Web Server Flow for Web App Integration".
pub(crate) fn allow(authority: &mut Authority<'_>, form: &Form) -> Answer {
    let redirect = match asked(authority, form) {
        Ok(redirect) => redirect,
        Err(sentence) => return Answer::html(400, format!("<!doctype html><p>{sentence}</p>")),
    };
    let mut back = url::form_urlencoded::Serializer::new(String::new());
    if form.get("answer") == Some("deny") {
        back.append_pair("error", "access_denied")
            .append_pair("error_description", "end-user denied authorization");
    } else {
        let given = form.get("username").zip(form.get("password"));
        let user = given.and_then(|(username, password)| authority.users.check(username, password));
        let Some(user) = user else {
            return Answer::html(200, shown(form, "<p>Please check your username and password.</p>"));
        };
        let pending = Pending {
            client: authority.client.id.clone(),
            user,
            redirect: redirect.to_owned(),
            challenge: form.get("code_challenge").filter(|text| !text.is_empty()).map(str::to_owned),
        };
        back.append_pair("code", &authority.sessions.codes.give(pending, authority.now));
    }
    if let Some(state) = form.get("state") {
        back.append_pair("state", state);
    }
    let joint = if redirect.contains('?') { '&' } else { '?' };
    Answer::empty(302).header("location", format!("{redirect}{joint}{}", back.finish()))
}

/// The address to go back to, if the request may go on.
fn asked<'a>(authority: &Authority<'_>, form: &'a Form) -> Result<&'a str, &'static str> {
    if form.get("response_type") != Some("code") {
        return Err("error=unsupported_response_type&amp;error_description=response type not supported");
    }
    if form.get("client_id") != Some(authority.client.id.as_str()) {
        return Err("error=invalid_client_id&amp;error_description=client identifier invalid");
    }
    if form.get("code_challenge_method").is_some_and(|method| method != "S256") {
        return Err("error=invalid_request&amp;error_description=invalid code challenge method");
    }
    let redirect = form.get("redirect_uri").filter(|redirect| url::Url::parse(redirect).is_ok());
    redirect.ok_or("error=redirect_uri_mismatch&amp;error_description=redirect_uri must match configuration")
}

fn shown(form: &Form, note: &str) -> String {
    let hidden: String = KEPT
        .iter()
        .filter_map(|name| {
            let value = escape(form.get(name)?);
            Some(format!("<input type=hidden name={name} value=\"{value}\">"))
        })
        .collect();
    let client = escape(form.get("client_id").unwrap_or_default());
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Allow access?</title>\
         <h1>Allow access?</h1>{note}<p>The client <b>{client}</b> asks to use the org as you.</p>\
         <form method=post action=/services/oauth2/authorize>{hidden}\
         <p><label>Username <input name=username autocomplete=username></label>\
         <p><label>Password <input name=password type=password autocomplete=current-password></label>\
         <p><button name=answer value=allow>Allow</button> <button name=answer value=deny>Deny</button></form></html>"
    )
}

const KEPT: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "scope",
    "code_challenge",
    "code_challenge_method",
];
