//! The messages of the protocol, and the answers to them with what is peculiar to Salesforce.
//!
//! See "Bayeux specification 1.0", and Salesforce, "Streaming API Developer Guide".

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    Streaming,
    filter::Filter,
    hub::{Poll, Subscription},
};
use crate::engine::BlindSpots;

/// What an exchange needs to know of the org.
pub(crate) struct Exchange<'a> {
    pub(crate) streaming: &'a Streaming,
    /// The cookies that came with it.
    pub(crate) cookies: &'a str,
    /// Whether its token is good, asked again while a connect is held.
    pub(crate) is_authorized: &'a (dyn Fn() -> bool + Sync),
    /// What the user must not be told of a channel; nothing if there is no channel of this name for the user.
    pub(crate) channel: &'a (dyn Fn(&str) -> Option<BlindSpots> + Sync),
}

/// What comes of an exchange.
pub(crate) enum Outcome {
    /// The messages, and the cookie of a session that it began.
    Answer(Vec<Value>, Option<String>),
    /// A message of a session came without the session's cookies.
    NoCookies(String),
    /// The connection is to be cut.
    Cut,
}

/// What comes of one message.
enum Reply {
    Messages(Vec<Value>),
    Cut,
}

impl Exchange<'_> {
    /// Answers the messages of one request; a connect among them may take long, and comes last.
    pub(crate) async fn answer(&self, messages: &[Value]) -> Outcome {
        let mut answers = Vec::new();
        let mut cookie = None;
        for message in messages {
            let id = message["clientId"].as_str().unwrap_or_default();
            let expected = self.streaming.hub().cookie_of(id).map(str::to_owned);
            if expected.is_some_and(|expected| !self.has_cookies(&expected)) {
                return Outcome::NoCookies(id.to_owned());
            }
            let reply = match message["channel"].as_str().unwrap_or_default() {
                "/meta/handshake" => Reply::Messages(self.handshake(message, &mut cookie)),
                "/meta/subscribe" => Reply::Messages(self.subscribe(id, message)),
                "/meta/unsubscribe" => Reply::Messages(self.unsubscribe(id, message)),
                "/meta/disconnect" => Reply::Messages(self.disconnect(id, message)),
                "/meta/connect" => self.connect(id, message).await,
                _ => Reply::Messages(vec![failed(message, "403::Publishing is not allowed", &Value::Null)]),
            };
            match reply {
                Reply::Messages(messages) => answers.extend(messages),
                Reply::Cut => return Outcome::Cut,
            }
        }
        Outcome::Answer(answers, cookie)
    }

    fn has_cookies(&self, expected: &str) -> bool {
        let has = |name: &str| {
            let pairs = self.cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
            pairs.into_iter().any(|(known, value)| known == name && value == expected)
        };
        COOKIES.iter().all(|name| has(name))
    }

    fn handshake(&self, message: &Value, cookie: &mut Option<String>) -> Vec<Value> {
        let ext = json!({ "replay": true, "payload.format": true });
        if !(self.is_authorized)() {
            let mut denied = failed(message, "403::Handshake denied", &json!({ "reconnect": "none" }));
            denied["ext"] = json!({ "replay": true, "sfdc": { "failureReason": INVALID } });
            return vec![denied];
        }
        let (id, made) = self.streaming.hub().open();
        *cookie = Some(made);
        let more = json!({
            "clientId": id,
            "version": "1.0",
            "minimumVersion": "1.0",
            "supportedConnectionTypes": ["long-polling"],
            "ext": ext,
        });
        vec![done(message, more)]
    }

    fn subscribe(&self, id: &str, message: &Value) -> Vec<Value> {
        if let Some(refusal) = self.refusal(id, message) {
            return refusal;
        }
        // A client may name several channels at once.
        let names: Vec<&str> = match &message["subscription"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect(),
        };
        names.into_iter().map(|name| self.subscribe_one(id, message, name)).collect()
    }

    fn subscribe_one(&self, id: &str, message: &Value, name: &str) -> Value {
        let more = json!({ "clientId": id, "subscription": name });
        let filtered = Filter::split(name).filter(|(base, _)| *base == name || base.starts_with("/topic/"));
        let found = filtered.and_then(|(base, filter)| Some((base, filter, (self.channel)(base)?)));
        let Some((base, filter, spots)) = found else {
            return extended(failed(message, "404::Unknown channel", &Value::Null), more);
        };
        let refused = |error: &str| extended(failed(message, error, &Value::Null), more.clone());
        let replay = match place(&message["ext"]["replay"], base) {
            Ok(replay) => replay,
            Err(error) => return refused(&error),
        };
        let subscription = Subscription { name: name.to_owned(), filter, spots };
        if self.streaming.hub().subscribe(id, subscription, replay).is_none() {
            return refused(&invalid(&replay.to_string()));
        }
        done(message, more)
    }

    fn unsubscribe(&self, id: &str, message: &Value) -> Vec<Value> {
        if let Some(refusal) = self.refusal(id, message) {
            return refusal;
        }
        let name = message["subscription"].as_str().unwrap_or_default();
        self.streaming.hub().unsubscribe(id, name);
        vec![done(message, json!({ "clientId": id, "subscription": name }))]
    }

    fn disconnect(&self, id: &str, message: &Value) -> Vec<Value> {
        if let Some(refusal) = self.refusal(id, message) {
            return refusal;
        }
        self.streaming.hub().end(id);
        self.streaming.wake();
        vec![done(message, json!({ "clientId": id }))]
    }

    async fn connect(&self, id: &str, message: &Value) -> Reply {
        if let Some(refusal) = self.refusal(id, message) {
            return Reply::Messages(refusal);
        }
        let begun = {
            let mut hub = self.streaming.hub();
            hub.connect(id).map(|number| (number, Instant::now() + hub.hold, hub.hold))
        };
        let Some((number, until, hold)) = begun else { return Reply::Messages(unknown(message)) };
        let _held = Held { streaming: self.streaming, id, number };
        let cuts = self.streaming.cuts();
        loop {
            // Whoever publishes after this line wakes this connect.
            let changed = self.streaming.changed.notified();
            if self.streaming.cuts() != cuts {
                return Reply::Cut;
            }
            if !(self.is_authorized)() {
                return Reply::Messages(unauthorized(message));
            }
            let polled = self.streaming.hub().poll(id, number, Instant::now() >= until);
            match polled {
                Poll::Unknown => return Reply::Messages(unknown(message)),
                Poll::Answer(mut events) => {
                    let advice = json!({
                        "reconnect": "retry",
                        "interval": 0,
                        "timeout": u64::try_from(hold.as_millis()).unwrap_or(u64::MAX),
                    });
                    let more = json!({ "clientId": id, "advice": advice });
                    // Events stand before the answer, as a CometD server writes them.
                    events.push(done(message, more));
                    return Reply::Messages(events);
                }
                Poll::Hold => {
                    let left = until.saturating_duration_since(Instant::now()).min(LOOK);
                    let _ = tokio::time::timeout(left, changed).await;
                }
            }
        }
    }

    /// Why a message of a session is not listened to.
    fn refusal(&self, id: &str, message: &Value) -> Option<Vec<Value>> {
        if !(self.is_authorized)() {
            return Some(unauthorized(message));
        }
        self.streaming.hub().cookie_of(id).is_none().then(|| unknown(message))
    }
}

/// The place from which a channel is to be told, by a map of places by channel; only what comes without a map.
///
/// A filter is no part of a channel's name.
fn place(map: &Value, channel: &str) -> Result<i64, String> {
    let Some(map) = map.as_object().filter(|map| !map.is_empty()) else { return Ok(-1) };
    let Some(asked) = map.get(channel) else {
        let pairs: Vec<String> = map.iter().map(|(name, place)| format!("{name}={place}")).collect();
        return Err(format!(
            "400::The replayId for channel {{{channel}}} wasn't found using the provided replay ID map {{{{{}}}}}. \
             Ensure that the channel name you provided in the replay map is valid and matches the channel name used \
             for subscribing.",
            pairs.join(", ")
        ));
    };
    asked.as_i64().ok_or_else(|| invalid(&asked.to_string()))
}

fn invalid(replay: &str) -> String {
    format!(
        "400::The replayId {{{replay}}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, \
         or -1 to replay only new events."
    )
}

/// A connect that is held; the session counts its idle time from its end on, however it ends.
struct Held<'a> {
    streaming: &'a Streaming,
    id: &'a str,
    number: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.streaming.hub().dropped(self.id, self.number);
    }
}

fn unauthorized(message: &Value) -> Vec<Value> {
    vec![failed(message, INVALID, &json!({ "reconnect": "none", "interval": 0 }))]
}

fn unknown(message: &Value) -> Vec<Value> {
    vec![failed(message, "403::Unknown client", &json!({ "reconnect": "handshake", "interval": 0 }))]
}

fn done(message: &Value, more: Value) -> Value {
    extended(json!({ "channel": message["channel"], "id": message["id"], "successful": true }), more)
}

fn failed(message: &Value, error: &str, advice: &Value) -> Value {
    let mut answer =
        json!({ "channel": message["channel"], "id": message["id"], "successful": false, "error": error });
    if !advice.is_null() {
        answer["advice"] = advice.clone();
    }
    answer
}

fn extended(mut message: Value, more: Value) -> Value {
    if let (Value::Object(message), Value::Object(more)) = (&mut message, more) {
        message.extend(more);
    }
    message
}

/// The cookies by which an org finds the machine that holds a session.
pub(crate) const COOKIES: [&str; 2] = ["BAYEUX_BROWSER", "sfdc-stream"];
const INVALID: &str = "401::Authentication invalid";
/// How often a connect that is held looks whether its token is still good.
const LOOK: Duration = Duration::from_millis(250);
