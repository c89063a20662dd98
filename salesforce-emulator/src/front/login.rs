//! The OAuth endpoints and the identity as they stand on the wire.

use http::{HeaderMap, Method, header, request::Parts};

use super::{Front, Played, bearer, header_text, lock, pause, play::unavailable};
use crate::{
    engine::Engine,
    faults::{Fault, OAuthError},
    http::{Answer, oauth},
    sessions::Session,
};

impl Front {
    /// Answers a request below `/services/oauth2/`.
    pub(super) async fn oauth(&self, parts: &Parts, body: &[u8]) -> Played {
        let base = self.base(&parts.headers);
        let authorization = header_text(&parts.headers, header::AUTHORIZATION);
        let form = oauth::Form::read(body, authorization);
        let asked = || oauth::Form::read(parts.uri.query().unwrap_or_default().as_bytes(), None);
        let answer = match (&parts.method, parts.uri.path().trim_end_matches('/')) {
            (&Method::POST, "/services/oauth2/token") => return self.token(&form, &base).await,
            (&Method::GET, "/services/oauth2/authorize") => {
                self.authority(&base, |authority| oauth::page(authority, &asked()))
            }
            (&Method::POST, "/services/oauth2/authorize") => {
                self.authority(&base, |authority| oauth::allow(authority, &form))
            }
            (&Method::POST, "/services/oauth2/introspect") => {
                lock(&self.traffic).stats.introspections += 1;
                self.authority(&base, |authority| oauth::introspect(authority, &form))
            }
            (&Method::POST, "/services/oauth2/revoke") => {
                self.authority(&base, |authority| oauth::revoke(authority, &form))
            }
            (&Method::GET | &Method::POST, "/services/oauth2/userinfo") => {
                self.known(bearer(&parts.headers), &base, oauth::userinfo)
            }
            _ => Answer::empty(404),
        };
        Played::answer(answer)
    }

    /// Answers `/id/{org}/{user}`; some clients send the token in the query.
    pub(super) fn identity(&self, parts: &Parts) -> Played {
        let form = oauth::Form::read(parts.uri.query().unwrap_or_default().as_bytes(), None);
        let token = bearer(&parts.headers).or_else(|| form.get("oauth_token"));
        Played::answer(self.known(token, &self.base(&parts.headers), oauth::identity))
    }

    /// Answers `/services/Soap/u/{version}`.
    pub(super) fn soap(&self, parts: &Parts, body: &[u8]) -> Played {
        let mut segments = parts.uri.path().split('/').skip(3);
        let version = if matches!(segments.next(), Some("u" | "c")) { segments.next() } else { None };
        let base = self.base(&parts.headers);
        Played::answer(
            self.authority(&base, |authority| {
                oauth::soap::answer(authority, version.unwrap_or_default(), body)
            }),
        )
    }

    fn known(
        &self,
        token: Option<&str>,
        base: &str,
        answer: impl FnOnce(&Engine, &Session, &str) -> Answer,
    ) -> Answer {
        let engine = lock(&self.engine);
        let now = engine.now();
        let session = token.and_then(|token| lock(&self.sessions).check(token, now).cloned());
        session
            .map_or_else(|| Answer::html(403, "Bad_OAuth_Token"), |session| answer(&engine, &session, base))
    }

    async fn token(&self, form: &oauth::Form, base: &str) -> Played {
        lock(&self.traffic).stats.token_requests += 1;
        let (latency, fault) = self.faults.draw_token();
        pause(latency).await;
        let issue = || {
            let answer = self.authority(base, |authority| oauth::token(authority, form));
            lock(&self.traffic).stats.tokens_issued += u64::from(answer.status == 200);
            answer
        };
        let answer = match fault.clone() {
            None => Some(issue()),
            Some(Fault::TokenExpired) => Some(oauth::error(&OAuthError::ExpiredToken)),
            Some(Fault::OAuth(refusal)) => Some(oauth::error(&refusal)),
            Some(Fault::ConcurrentRequestLimit | Fault::DailyLimit | Fault::RowLock) => {
                Some(Answer::from(&unavailable()))
            }
            Some(fault) => self.play(fault, None, issue).await,
        };
        Played { answer, fault, subrequests: 0 }
    }

    fn authority(&self, base: &str, work: impl FnOnce(&mut oauth::Authority<'_>) -> Answer) -> Answer {
        let now = lock(&self.engine).now();
        work(&mut oauth::Authority {
            client: &self.client,
            users: &self.users,
            sessions: &mut lock(&self.sessions),
            base,
            now,
        })
    }

    /// The address the client used, or the one it is to be told.
    pub(super) fn base(&self, headers: &HeaderMap) -> String {
        let used = || format!("http://{}", header_text(headers, header::HOST).unwrap_or("127.0.0.1"));
        self.public_url.clone().unwrap_or_else(used)
    }
}

/// The path of an OAuth endpoint as the log may name it.
pub(super) fn template(path: &str) -> String {
    let known = ["token", "authorize", "introspect", "revoke", "userinfo"];
    let name = known.iter().find(|name| path.trim_end_matches('/').ends_with(*name));
    format!("/services/oauth2/{}", name.unwrap_or(&"{unknown}"))
}
