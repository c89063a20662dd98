//! The OAuth endpoints as they stand on the wire.

use http::{HeaderMap, Method, header, request::Parts};

use super::{Front, Played, bearer, header_text, lock, pause, play::unavailable};
use crate::{
    faults::Fault,
    http::{Answer, Content, oauth},
};

impl Front {
    /// Answers a request below `/services/oauth2/`.
    pub(super) async fn oauth(&self, parts: &Parts, body: &[u8]) -> Played {
        let base = self.base(&parts.headers);
        let now = lock(&self.engine).now();
        let authorization = header_text(&parts.headers, header::AUTHORIZATION);
        let form = oauth::Form::read(body, authorization);
        match (&parts.method, parts.uri.path().trim_end_matches('/')) {
            (&Method::POST, "/services/oauth2/token") => self.token(&form, &base).await,
            (&Method::POST, "/services/oauth2/introspect") => {
                lock(&self.traffic).stats.introspections += 1;
                Played::answer(oauth::introspect(&self.client, &lock(&self.sessions), &form, now))
            }
            (&Method::POST, "/services/oauth2/revoke") => {
                Played::answer(oauth::revoke(&mut lock(&self.sessions), &form))
            }
            (&Method::GET, "/services/oauth2/userinfo") => {
                let known = bearer(&parts.headers)
                    .is_some_and(|token| lock(&self.sessions).check(token, now).is_some());
                let answer = if known {
                    oauth::userinfo(&base)
                } else {
                    Answer { status: 403, content: Content::Html("Bad_OAuth_Token"), location: None }
                };
                Played::answer(answer)
            }
            _ => Played::answer(Answer { status: 404, ..Answer::empty() }),
        }
    }

    async fn token(&self, form: &oauth::Form, base: &str) -> Played {
        lock(&self.traffic).stats.token_requests += 1;
        let (latency, fault) = self.faults.draw_token();
        pause(latency).await;
        let issue = || {
            let now = lock(&self.engine).now();
            let answer = oauth::token(&self.client, &mut lock(&self.sessions), form, base, now);
            lock(&self.traffic).stats.tokens_issued += u64::from(answer.status == 200);
            answer
        };
        let answer = match fault {
            None => Some(issue()),
            Some(Fault::TokenExpired) => {
                Some(oauth::refused("invalid_grant", "expired access/refresh token"))
            }
            Some(Fault::ConcurrentRequestLimit | Fault::DailyLimit | Fault::RowLock) => {
                Some(Answer::from(&unavailable()))
            }
            Some(fault) => self.play(fault, None, issue).await,
        };
        Played { answer, fault, subrequests: 0 }
    }

    /// The address the client used, or the one it is to be told.
    fn base(&self, headers: &HeaderMap) -> String {
        let used = || format!("http://{}", header_text(headers, header::HOST).unwrap_or("127.0.0.1"));
        self.public_url.clone().unwrap_or_else(used)
    }
}

/// The path of an OAuth endpoint as the log may name it.
pub(super) fn template(path: &str) -> String {
    let known = ["token", "introspect", "revoke", "userinfo"];
    let name = known.iter().find(|name| path.trim_end_matches('/').ends_with(*name));
    format!("/services/oauth2/{}", name.unwrap_or(&"{unknown}"))
}
