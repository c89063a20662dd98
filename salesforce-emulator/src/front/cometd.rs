//! POST /cometd/{version}
//!
//! The Streaming API as it stands on the wire: the token, the cookies, and connects that are held.

use http::{header, request::Parts};
use serde_json::{Value, json};

use super::{Front, Played, bearer, lock, pause};
use crate::{
    faults::{AfterStall, Fault},
    http::{Answer, Content, without_mark},
    streaming::{COOKIES, Exchange, Outcome},
};

impl Front {
    /// Answers one exchange, which can take minutes.
    pub(super) async fn cometd(&self, parts: &Parts, body: &[u8]) -> (String, Played) {
        let version = parts.uri.path().split('/').nth(2).unwrap_or_default();
        let served = version.strip_suffix(".0").and_then(|number| number.parse::<u32>().ok());
        if parts.method != http::Method::POST
            || !served.is_some_and(|number| (OLDEST..=NEWEST).contains(&number))
        {
            return ("/cometd/{unknown}".to_owned(), Played::answer(Answer::empty(404)));
        }
        let template = format!("/cometd/{version}");
        lock(&self.traffic).stats.streaming_exchanges += 1;
        let (latency, fault) = self.faults.draw_streaming();
        pause(latency).await;
        let messages = match serde_json::from_slice(without_mark(body)) {
            Ok(Value::Array(messages)) => messages,
            Ok(message @ Value::Object(_)) => vec![message],
            _ => {
                let answer = Answer::new(400, Content::Text("text/plain", "400::Invalid message".to_owned()));
                return (template, Played::answer(answer));
            }
        };
        let answer = self.bayeux_with(fault.clone(), parts, &messages).await;
        (template, Played { answer, fault, subrequests: 0 })
    }

    /// Plays a fault around an exchange.
    async fn bayeux_with(&self, fault: Option<Fault>, parts: &Parts, messages: &[Value]) -> Option<Answer> {
        match fault {
            None => self.bayeux(parts, messages).await,
            Some(Fault::TokenExpired) => {
                if let Some(token) = bearer(&parts.headers) {
                    lock(&self.sessions).revoke(token);
                }
                self.bayeux(parts, messages).await
            }
            Some(
                fault @ (Fault::CutAfterWrite | Fault::SilenceAfterWrite | Fault::Unavailable503AfterWrite),
            ) => {
                self.bayeux(parts, messages).await;
                self.play(fault, None, || Answer::empty(200)).await
            }
            Some(Fault::Stall { lasting, then: AfterStall::Write }) => {
                pause(lasting).await;
                self.bayeux(parts, messages).await
            }
            Some(fault) => self.play(fault, None, || Answer::empty(200)).await,
        }
    }

    async fn bayeux(&self, parts: &Parts, messages: &[Value]) -> Option<Answer> {
        let token = bearer(&parts.headers);
        let is_authorized = || {
            let now = lock(&self.engine).now();
            token.is_some_and(|token| lock(&self.sessions).check(token, now).is_some())
        };
        let channel = |name: &str| {
            let engine = lock(&self.engine);
            let user = lock(&self.sessions).check(token?, engine.now())?.user.id;
            engine.channel(name, user)
        };
        let cookies: Vec<&str> =
            parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
        let exchange = Exchange {
            streaming: &self.streaming,
            cookies: &cookies.join("; "),
            is_authorized: &is_authorized,
            channel: &channel,
        };
        match exchange.answer(messages).await {
            Outcome::Cut => None,
            Outcome::NoCookies(client) => {
                let message = format!(
                    "400::Client {client} has established a session, but no {} or {} cookie present",
                    COOKIES[0], COOKIES[1]
                );
                Some(Answer::new(400, Content::Text("text/plain", message)))
            }
            Outcome::Answer(messages, cookie) => {
                let mut answer = Answer::json(200, json!(messages));
                if let Some(cookie) = cookie {
                    lock(&self.traffic).stats.handshakes += 1;
                    for name in COOKIES {
                        answer =
                            answer.header("set-cookie", format!("{name}={cookie}; Path=/cometd/; HttpOnly"));
                    }
                }
                Some(answer)
            }
        }
    }
}

/// See Salesforce, "Streaming API Developer Guide".
const OLDEST: u32 = 37;
const NEWEST: u32 = 68;
