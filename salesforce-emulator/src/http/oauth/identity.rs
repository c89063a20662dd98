//! POST /services/oauth2/introspect and /revoke, GET /services/oauth2/userinfo and /id/{org}/{user}

use serde_json::{Value, json};

use super::{Answer, Authority, Form, check_client, identity_url, organization, refused};
use crate::{engine::Engine, sessions::Session};

/// Says whether a token is good, and until when.
///
/// See Salesforce, "`OpenID` Connect Token Introspection Endpoint".
pub(crate) fn introspect(authority: &Authority<'_>, form: &Form) -> Answer {
    if let Err(answer) = check_client(authority.client, form) {
        return answer;
    }
    let token = form.get("token").unwrap_or_default();
    let login = "https://login.salesforce.com";
    if let Some(user) = authority.sessions.grants.holder(token) {
        let body = json!({
            "active": true,
            "scope": "refresh_token api id",
            "client_id": authority.client.id,
            "username": user.username,
            "sub": identity_url(login, user.id),
            "token_type": "refresh_token",
        });
        return Answer::json(200, body);
    }
    let body = authority.sessions.check(token, authority.now).map_or_else(
        || json!({ "active": false }),
        |session| {
            json!({
                "active": true,
                "scope": "api",
                "client_id": session.client,
                "username": session.user.username,
                "sub": identity_url(login, session.user.id),
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
///
/// See Salesforce, "Revoke OAuth Tokens".
pub(crate) fn revoke(authority: &mut Authority<'_>, form: &Form) -> Answer {
    if form.get("token").is_some_and(|token| authority.sessions.revoke(token)) {
        return Answer::empty(200);
    }
    refused("invalid_token", "the token is invalid or already revoked")
}

/// Who a token belongs to, in the form of `OpenID` Connect.
pub(crate) fn userinfo(engine: &Engine, session: &Session, base: &str) -> Answer {
    let person = Person::of(engine, session);
    let body = json!({
        "sub": identity_url(base, session.user.id),
        "user_id": session.user.id.to_string(),
        "organization_id": organization().to_string(),
        "preferred_username": session.user.username,
        "nickname": person.text("Alias"),
        "name": person.text("Name"),
        "given_name": person.text("FirstName"),
        "family_name": person.text("LastName"),
        "email": person.text("Email"),
        "email_verified": true,
        "active": true,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "zoneinfo": "GMT",
        "utcOffset": 0,
    });
    Answer::json(200, body)
}

/// Who a token belongs to, in the vendor's own form.
///
/// See Salesforce, "Identity URLs".
pub(crate) fn identity(engine: &Engine, session: &Session, base: &str) -> Answer {
    let person = Person::of(engine, session);
    let rest = |tail: &str| format!("{base}/services/data/v{{version}}/{tail}");
    let soap = |kind: &str| format!("{base}/services/Soap/{kind}/{{version}}/{}", organization());
    let body = json!({
        "id": identity_url(base, session.user.id),
        "asserted_user": true,
        "user_id": session.user.id.to_string(),
        "organization_id": organization().to_string(),
        "username": session.user.username,
        "nick_name": person.text("Alias"),
        "display_name": person.text("Name"),
        "email": person.text("Email"),
        "email_verified": true,
        "first_name": person.text("FirstName"),
        "last_name": person.text("LastName"),
        "timezone": "GMT",
        "mobile_phone": person.text("MobilePhone"),
        "mobile_phone_verified": false,
        "status": { "created_date": null, "body": null },
        "urls": {
            "enterprise": soap("c"),
            "partner": soap("u"),
            "rest": rest(""),
            "sobjects": rest("sobjects/"),
            "search": rest("search/"),
            "query": rest("query/"),
            "custom_domain": base,
        },
        "active": true,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
        "last_modified_date": person.text("LastModifiedDate"),
    });
    Answer::json(200, body)
}

/// The record of a user.
struct Person(Value);

impl Person {
    fn of(engine: &Engine, session: &Session) -> Self {
        let record = engine.record(&session.user.id.to_string());
        Self(record.map_or(Value::Null, |(object, row)| Value::Object(engine.whole(object, row))))
    }

    fn text(&self, name: &str) -> &Value {
        &self.0[name]
    }
}
