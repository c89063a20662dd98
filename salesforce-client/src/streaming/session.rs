//! The conversation as a machine without I/O: what to send next, and what an answer changes.
//!
//! handshake -> subscribe to each channel -> connect, again and again. Whatever goes wrong leads back to
//! one of these, or to the end. An answer to a connect that never came may have carried events, so it
//! always leads back to the handshake and to the place reached; only a request that was certainly not
//! sent is sent again as it was.

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Value, json};

use super::advice::{Advice, Reconnect};
use super::answer::{Message, Meta, message};
use super::subscription::Subscription;
use super::{Event, OnUnknownReplayId, ReplayFrom};
use crate::error::{Error, ErrorKind};
use crate::retry::RetryPolicy;

/// What is to be done next.
pub(super) enum Step {
    Send(Outgoing),
    /// The conversation is over, for this reason if it was not asked for.
    Over(Option<Error>),
}

/// One request.
pub(super) struct Outgoing {
    /// How long to wait before it.
    pub(super) wait: Duration,
    /// Whether the token of the request before was refused, so that another one is needed.
    pub(super) new_token: bool,
    pub(super) message: Value,
    /// How long the answer may take.
    pub(super) timeout: Duration,
}

/// Why there is no answer to act on.
pub(super) enum Failure {
    /// Nothing was sent.
    Unsent(Error),
    /// It may have been received, and answered.
    Lost(Error),
    /// The token was refused.
    Unauthorized(Error),
    /// It was refused, for good if it was a handshake.
    Refused(Error),
    /// No repeat can help.
    Fatal(Error),
}

/// What the next request waits for.
enum Pause {
    None,
    Interval,
    /// After a failure; at least as long as was asked for.
    Backoff(Duration),
}

/// How the conversation ended.
enum End {
    Left,
    Failed(Error),
}

/// The state of the conversation.
pub(super) struct Session {
    subscriptions: Vec<Subscription>,
    unknown: OnUnknownReplayId,
    policy: RetryPolicy,
    client_id: Option<String>,
    advice: Advice,
    next_id: u64,
    /// What was sent and is not answered yet.
    asked: Meta,
    pause: Pause,
    /// Failures since things last went well.
    failures: u32,
    /// Connects that were answered well, one after the other.
    calm: u32,
    new_token: bool,
    /// How often the token was replaced since anything has succeeded.
    unproven: u32,
    closing: bool,
    /// What is waited for in the org, if it is.
    crowded: Option<Error>,
    over: Option<End>,
}

impl Session {
    pub(super) fn new(
        subscriptions: Vec<Subscription>,
        unknown: OnUnknownReplayId,
        policy: RetryPolicy,
    ) -> Self {
        Self {
            subscriptions,
            unknown,
            policy,
            client_id: None,
            advice: Advice::default(),
            next_id: 0,
            asked: Meta::Handshake,
            pause: Pause::None,
            failures: 0,
            calm: 0,
            new_token: false,
            unproven: 0,
            closing: false,
            crowded: None,
            over: None,
        }
    }

    /// Whether events of every channel come in.
    pub(super) fn is_listening(&self) -> bool {
        self.client_id.is_some() && self.subscriptions.iter().all(|subscription| subscription.accepted)
    }

    /// The refusal of an org that has no room, which is told to whom it takes too long.
    pub(super) fn crowded(&self) -> Option<&Error> {
        self.crowded.as_ref()
    }

    /// Takes leave with the next request.
    pub(super) fn close(&mut self) {
        self.closing = true;
    }

    /// What to do next; `chance` is in 0..1 and spreads the waits.
    pub(super) fn next(&mut self, chance: f64) -> Step {
        match self.over.take() {
            Some(End::Left) => return Step::Over(None),
            Some(End::Failed(error)) => return Step::Over(Some(error)),
            None => {}
        }
        let (meta, more) = match &self.client_id {
            None if self.closing => return Step::Over(None),
            Some(_) if self.closing => (Meta::Disconnect, Value::Null),
            None => (Meta::Handshake, handshake()),
            Some(_) => match self.subscriptions.iter().find(|subscription| !subscription.accepted) {
                Some(subscription) => (Meta::Subscribe, subscribe(subscription)),
                None => (Meta::Connect, json!({"connectionType": "long-polling"})),
            },
        };
        self.next_id += 1;
        self.asked = meta;
        let timeout = match meta {
            Meta::Connect => self.advice.timeout + SLACK,
            Meta::Handshake | Meta::Subscribe => PROMPT,
            Meta::Disconnect => FAREWELL,
        };
        let message = message(meta, self.next_id, self.client_id.as_deref(), more);
        let new_token = std::mem::take(&mut self.new_token);
        Step::Send(Outgoing { wait: self.wait(meta, chance), new_token, message, timeout })
    }

    fn wait(&mut self, meta: Meta, chance: f64) -> Duration {
        match std::mem::replace(&mut self.pause, Pause::None) {
            _ if meta == Meta::Disconnect => Duration::ZERO,
            Pause::None => Duration::ZERO,
            Pause::Interval if self.advice.interval.is_zero() => Duration::ZERO,
            // What the server asks for it asks of all its clients, so our own delay comes on top.
            Pause::Interval => self.advice.interval + self.policy.delay(1, chance),
            Pause::Backoff(asked) => asked.saturating_add(self.policy.delay(self.failures.max(1), chance)),
        }
    }

    /// Takes an answer in, and gives the events in it in their order.
    pub(super) fn received(&mut self, messages: Vec<Message>) -> Vec<Event> {
        if self.closing && self.asked == Meta::Disconnect {
            self.over = Some(End::Left);
        }
        let mut events = Vec::new();
        let mut answered = false;
        for message in messages {
            let meta = message.meta();
            answered |= meta == Some(self.asked);
            match meta {
                None => events.extend(self.event(message)),
                Some(Meta::Handshake) => self.shaken(&message),
                Some(Meta::Subscribe) => events.extend(self.subscribed(&message)),
                Some(Meta::Connect) => self.connected(&message),
                Some(Meta::Disconnect) => {}
            }
        }
        if !answered && self.over.is_none() {
            self.lose(Duration::ZERO, || {
                Error::new(ErrorKind::Decode, "the answer does not say what became of the request")
            });
        }
        events
    }

    /// Takes in that there is no answer.
    pub(super) fn failed(&mut self, failure: Failure) {
        if self.closing {
            // Whoever leaves does not wait to be heard.
            self.over = Some(End::Left);
            return;
        }
        match failure {
            Failure::Unsent(error) => {
                let asked = error.retry_after().unwrap_or_default();
                self.back_off(asked, || error);
            }
            Failure::Lost(error) => {
                let asked = error.retry_after().unwrap_or_default();
                self.lose(asked, || error);
            }
            Failure::Unauthorized(error) => self.renew(|| error),
            Failure::Refused(error) if self.asked == Meta::Handshake => self.end(error),
            Failure::Refused(error) => self.lose(Duration::ZERO, || error),
            Failure::Fatal(error) => self.end(error),
        }
    }

    fn event(&mut self, message: Message) -> Option<Event> {
        let data = message.data?;
        // Of a filtered channel, the name alone may stand on the event.
        let name = message.channel.split('?').next().unwrap_or_default();
        self.subscriptions.iter_mut().find(|subscription| subscription.channel.base() == name)?.receive(data)
    }

    fn shaken(&mut self, message: &Message) {
        self.advice.heed(&message.advice);
        match &message.client_id {
            Some(client_id) if message.successful => {
                self.client_id = Some(client_id.clone());
                self.unproven = 0;
                self.crowded = None;
            }
            _ => self.judge(message, "the org refuses the session: see the error's entries"),
        }
    }

    fn subscribed(&mut self, message: &Message) -> Option<Event> {
        let named = |subscription: &Subscription| match &message.subscription {
            Some(Value::String(name)) => subscription.channel.as_str() == name,
            Some(Value::Array(names)) => names.iter().any(|name| name == subscription.channel.as_str()),
            _ => !subscription.accepted,
        };
        // A server may write the name in its own way; there is only one that is asked for at a time.
        let asked = |subscription: &Subscription| !subscription.accepted;
        let at = self.subscriptions.iter().position(named);
        let at = at.or_else(|| self.subscriptions.iter().position(asked))?;
        let subscription = &mut self.subscriptions[at];
        if message.successful {
            self.unproven = 0;
            return subscription.accept();
        }
        if message.is_unknown_position() && subscription.has_place() {
            match self.unknown {
                OnUnknownReplayId::Earliest => subscription.begin_at(ReplayFrom::Earliest),
                OnUnknownReplayId::Latest => subscription.begin_at(ReplayFrom::Latest),
                OnUnknownReplayId::Fail => {
                    self.end(message.refusal(
                        "the org no longer knows the position to go on from, and events may be missed: \
                         allow another start with `on_unknown_replay_id`",
                    ));
                }
            }
            return None;
        }
        self.judge(
            message,
            "the org refuses the subscription: check the channel's name and the user's access",
        );
        None
    }

    fn connected(&mut self, message: &Message) {
        self.advice.heed(&message.advice);
        if !message.successful {
            return self.judge(message, "the org ended the stream: see the error's entries");
        }
        self.unproven = 0;
        self.calm = self.calm.saturating_add(1);
        // The first connect of a session is answered at once, whatever comes of the session.
        if self.calm > 1 {
            self.failures = 0;
        }
        match message.reconnect() {
            // A server that is about to go down says so with its last good answer.
            Some(Reconnect::Handshake) => {
                self.drop_session();
                self.pause = Pause::Backoff(Duration::ZERO);
            }
            _ => self.pause = Pause::Interval,
        }
    }

    /// Follows the advice that comes with a refusal; without one, the words.
    fn judge(&mut self, message: &Message, hint: &'static str) {
        let refusal = || message.refusal(hint);
        // Whatever is advised with it: others leave, and then there is room.
        if message.is_crowded() {
            tracing::warn!("the org has no room for another listener: the stream waits for it");
            self.crowded = Some(refusal());
            return self.lose(Duration::ZERO, refusal);
        }
        match message.reconnect() {
            // A handshake that is refused for its token is not mended by another one.
            Some(Reconnect::Handshake)
                if message.meta() == Some(Meta::Handshake) && message.is_unauthorized() =>
            {
                self.renew(refusal);
            }
            Some(Reconnect::Handshake) => self.begin_anew(refusal),
            _ if message.is_unauthorized() => self.renew(refusal),
            Some(Reconnect::Retry) => self.back_off(Duration::ZERO, refusal),
            Some(Reconnect::Never) => self.end(refusal()),
            None if message.is_unknown_client() => self.begin_anew(refusal),
            None if message.meta() == Some(Meta::Subscribe) => self.end(refusal()),
            None => self.begin_anew(refusal),
        }
    }

    /// Sends the same again, later.
    fn back_off(&mut self, asked: Duration, why: impl FnOnce() -> Error) {
        self.calm = 0;
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.policy.max_attempts {
            return self.end(why());
        }
        self.pause = Pause::Backoff(asked);
    }

    /// Begins with a new handshake, later: many clients may have lost the same server.
    fn lose(&mut self, asked: Duration, why: impl FnOnce() -> Error) {
        self.drop_session();
        self.back_off(asked, why);
    }

    /// Begins with a new handshake, as the server told this client. It told others the same, so each of
    /// them waits a little.
    fn begin_anew(&mut self, why: impl FnOnce() -> Error) {
        self.lose(Duration::ZERO, why);
    }

    /// Begins with another token, unless several in a row were of no use. One may not be: it can end between
    /// the login and its first use.
    fn renew(&mut self, why: impl FnOnce() -> Error) {
        if self.unproven == TOKENS {
            return self.end(why());
        }
        self.unproven += 1;
        self.new_token = true;
        self.begin_anew(why);
    }

    fn drop_session(&mut self) {
        self.client_id = None;
        for subscription in &mut self.subscriptions {
            subscription.drop_session();
        }
    }

    fn end(&mut self, error: Error) {
        self.over = Some(End::Failed(error));
    }
}

fn handshake() -> Value {
    json!({
        "version": "1.0",
        "minimumVersion": "1.0",
        "supportedConnectionTypes": ["long-polling"],
        "ext": {"replay": true},
    })
}

fn subscribe(subscription: &Subscription) -> Value {
    let mut replay = serde_json::Map::new();
    replay.insert(subscription.channel.base().to_owned(), Value::from(subscription.replay()));
    json!({"subscription": subscription.channel.as_str(), "ext": {"replay": replay}})
}

/// How many new tokens are tried in a row.
const TOKENS: u32 = 3;
/// How much longer than it said a server may stay silent.
const SLACK: Duration = Duration::from_secs(20);
const PROMPT: Duration = Duration::from_secs(30);
const FAREWELL: Duration = Duration::from_secs(3);
