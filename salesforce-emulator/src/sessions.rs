//! Access tokens: issued, checked, expired and revoked.

use std::{collections::HashMap, fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{limits::Window, users::User};

mod codes;
mod grants;

pub(crate) use self::{
    codes::{Codes, Pending},
    grants::{Grants, Refreshed},
};

/// The tokens of the org.
pub(crate) struct Sessions {
    pub(crate) grants: Grants,
    pub(crate) codes: Codes,
    live: HashMap<String, Session>,
    lifetime: Duration,
    /// How many logins are allowed in a window.
    logins: Option<Window>,
    jwt: bool,
}

/// What the org knows of a token.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) client: String,
    pub(crate) user: User,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    /// The grant whose refresh token the access token came from.
    pub(crate) grant: Option<usize>,
}

/// For whom a token is to be issued.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Login<'a> {
    pub(crate) client: &'a str,
    pub(crate) user: &'a User,
    pub(crate) grant: Option<usize>,
    /// The address the client uses.
    pub(crate) audience: &'a str,
}

impl Sessions {
    pub(crate) fn new(jwt: bool, rotates: bool) -> Self {
        Self {
            grants: Grants::new(rotates),
            codes: Codes::default(),
            live: HashMap::new(),
            lifetime: DEFAULT_LIFETIME,
            logins: None,
            jwt,
        }
    }

    /// Issues a token, or nothing when the logins of this window are used up.
    pub(crate) fn issue(&mut self, login: Login<'_>, now: Timestamp) -> Option<String> {
        if self.logins.as_mut().is_some_and(|window| !window.admit()) {
            return None;
        }
        if self.live.len() >= PRUNE_ABOVE {
            self.live.retain(|_, session| session.expires > now);
        }
        let expires = now.checked_add(self.lifetime).unwrap_or(Timestamp::MAX);
        let token = if self.jwt { jwt(login, now, expires) } else { opaque() };
        let session = Session {
            client: login.client.to_owned(),
            user: login.user.clone(),
            issued: now,
            expires,
            grant: login.grant,
        };
        self.live.insert(token.clone(), session);
        Some(token)
    }

    /// The session of a token that is neither unknown, expired nor revoked.
    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Option<&Session> {
        self.live.get(token).filter(|session| session.expires > now)
    }

    /// Ends an access token, or a refresh token with the access tokens that came from it.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        if let Some(grant) = self.grants.end(token) {
            self.end_grant(grant);
            return true;
        }
        self.live.remove(token).is_some()
    }

    /// Ends every access token of a grant.
    pub(crate) fn end_grant(&mut self, grant: usize) {
        self.live.retain(|_, session| session.grant != Some(grant));
    }

    pub(crate) fn revoke_all(&mut self) {
        self.live.clear();
    }

    pub(crate) fn expire_all(&mut self, now: Timestamp) {
        for session in self.live.values_mut() {
            session.expires = session.expires.min(now);
        }
    }

    pub(crate) fn set_lifetime(&mut self, lifetime: Option<Duration>) {
        self.lifetime = lifetime.unwrap_or(DEFAULT_LIFETIME);
    }

    pub(crate) fn limit_logins(&mut self, window: Option<Window>) {
        self.logins = window;
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("live", &self.live.len()).finish_non_exhaustive()
    }
}

/// A token of the usual form: the org's id, an exclamation mark, and noise.
fn opaque() -> String {
    format!("{ORG}!AQEAQ{}", noise(91))
}

/// A token in three parts whose middle one says when it expires.
fn jwt(login: Login<'_>, now: Timestamp, expires: Timestamp) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "1", "tnk": "core/prod" });
    let claims = json!({
        "iss": login.audience,
        "aud": [login.audience],
        "sub": format!("uid:{}", login.user.id.short()),
        "client_id": login.client,
        "scp": "api",
        "iat": now.as_second(),
        "nbf": now.as_second(),
        "exp": expires.as_second(),
        "jti": noise(20),
    });
    format!("{}.{}.{}", part(&header), part(&claims), noise(86))
}

fn noise(length: usize) -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(length).collect()
}

/// The organisation's id without its checksum.
pub(crate) const ORG: &str = "00DEv0000000001";
/// What a session lasts unless the org says otherwise.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);
const PRUNE_ABOVE: usize = 10_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Login, Sessions};
    use crate::{engine::user, users::User};

    fn issue(sessions: &mut Sessions, now: Timestamp) -> String {
        let user = User { id: user(), username: "ada@example.com".to_owned() };
        let login = Login { client: "client", user: &user, grant: None, audience: "http://127.0.0.1" };
        sessions.issue(login, now).unwrap()
    }

    #[test]
    fn a_token_is_good_until_its_lifetime_ends() {
        let (now, mut sessions) = (Timestamp::UNIX_EPOCH, Sessions::new(false, false));
        sessions.set_lifetime(Some(Duration::from_secs(5)));
        let token = issue(&mut sessions, now);
        assert!(sessions.check(&token, now + Duration::from_secs(4)).is_some());
        assert!(sessions.check(&token, now + Duration::from_secs(5)).is_none());
    }

    #[test]
    fn an_opaque_token_has_one_part_and_a_jwt_has_three() {
        for (jwt, parts) in [(false, 1), (true, 3)] {
            let token = issue(&mut Sessions::new(jwt, false), Timestamp::UNIX_EPOCH);
            assert_eq!(token.split('.').count(), parts);
        }
    }
}
