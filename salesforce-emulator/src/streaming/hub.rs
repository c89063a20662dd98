//! Channels with what they keep, and the sessions that listen to them. It knows nothing of HTTP.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::filter::Filter;
use crate::engine::{BlindSpots, Notice};

/// Everything that is streamed.
#[derive(Debug)]
pub(super) struct Hub {
    last_place: i64,
    channels: HashMap<String, VecDeque<Kept>>,
    sessions: HashMap<String, Session>,
    /// How long a connect is held.
    pub(super) hold: Duration,
    /// How long a session lives without a connect.
    pub(super) idle: Duration,
}

/// One message that can be asked for again.
#[derive(Clone, Debug)]
struct Kept {
    place: i64,
    data: Value,
    about: Option<usize>,
}

/// One client.
#[derive(Debug)]
struct Session {
    /// What both of its cookies say.
    cookie: String,
    subscriptions: Vec<Subscription>,
    queue: VecDeque<Value>,
    /// The number of the latest connect; earlier ones are let go.
    latest: u64,
    held: bool,
    seen: Instant,
}

/// What a session listens to.
#[derive(Debug)]
pub(super) struct Subscription {
    /// The channel as it was named, with the filter.
    pub(super) name: String,
    pub(super) filter: Filter,
    /// What the user must not be told of.
    pub(super) spots: BlindSpots,
}

impl Subscription {
    /// A message as it is told to the user, if it is.
    fn told(&self, data: &Value, about: Option<usize>) -> Option<Value> {
        let mut data = data.clone();
        if let Some(object) = about {
            if self.spots.hides(object) {
                return None;
            }
            self.spots.cover(object, &mut data);
        }
        // What is covered cannot be found out by a filter either.
        self.filter.passes(&data).then_some(data)
    }
}

/// What became of a connect that was looked at.
pub(super) enum Poll {
    /// Nothing yet.
    Hold,
    /// The events that are due, if any, and the answer.
    Answer(Vec<Value>),
    /// The session is not known.
    Unknown,
}

impl Default for Hub {
    fn default() -> Self {
        Self { last_place: 0, channels: HashMap::new(), sessions: HashMap::new(), hold: HOLD, idle: IDLE }
    }
}

impl Hub {
    /// Gives messages their places and hands them to whoever listens.
    pub(super) fn publish(&mut self, notices: Vec<Notice>) {
        for Notice { channel, mut data, about } in notices {
            self.last_place += 1;
            data["event"]["replayId"] = Value::from(self.last_place);
            for session in self.sessions.values_mut() {
                session.offer(&channel, &data, about);
            }
            let kept = self.channels.entry(channel).or_default();
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(Kept { place: self.last_place, data, about });
        }
    }

    pub(super) fn open(&mut self) -> (String, String) {
        let (id, cookie) = (noise(), noise());
        let session = Session {
            cookie: cookie.clone(),
            subscriptions: Vec::new(),
            queue: VecDeque::new(),
            latest: 0,
            held: false,
            seen: Instant::now(),
        };
        self.sessions.insert(id.clone(), session);
        (id, cookie)
    }

    /// The cookie of a session that has not ended.
    pub(super) fn cookie_of(&mut self, id: &str) -> Option<&str> {
        self.prune();
        self.sessions.get(id).map(|session| session.cookie.as_str())
    }

    /// Listens to a channel from a place on; nothing if the place is not known.
    pub(super) fn subscribe(&mut self, id: &str, subscription: Subscription, replay: i64) -> Option<()> {
        let name = subscription.name.as_str();
        let base = name.split('?').next().unwrap_or_default();
        let kept = self.channels.get(base);
        let known = |place: i64| kept.is_some_and(|kept| kept.iter().any(|event| event.place == place));
        if replay >= 0 && !known(replay) || replay < ALL {
            return None;
        }
        let from = match replay {
            NEW => i64::MAX,
            place => place,
        };
        let again: Vec<Value> = kept
            .into_iter()
            .flatten()
            .filter(|kept| kept.place > from)
            .filter_map(|kept| subscription.told(&kept.data, kept.about))
            .collect();
        let session = self.sessions.get_mut(id)?;
        session.subscriptions.retain(|known| known.name != name);
        for data in again {
            session.queue.push_back(json!({ "channel": name, "data": data, "clientId": id }));
        }
        session.subscriptions.push(subscription);
        Some(())
    }

    pub(super) fn unsubscribe(&mut self, id: &str, name: &str) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.subscriptions.retain(|known| known.name != name);
        }
    }

    /// Begins a connect; its number, or nothing if the session is not known.
    pub(super) fn connect(&mut self, id: &str) -> Option<u64> {
        let session = self.sessions.get_mut(id)?;
        session.latest += 1;
        session.held = true;
        Some(session.latest)
    }

    /// Looks at a connect; `is_over` when it cannot be held any longer.
    pub(super) fn poll(&mut self, id: &str, number: u64, is_over: bool) -> Poll {
        let Some(session) = self.sessions.get_mut(id) else { return Poll::Unknown };
        let replaced = session.latest != number;
        // The first one is answered at once, so that the client learns how long the others may take.
        if session.queue.is_empty() && !is_over && !replaced && number > 1 {
            return Poll::Hold;
        }
        let events = if replaced { Vec::new() } else { session.queue.drain(..).collect() };
        if !replaced {
            session.let_go();
        }
        Poll::Answer(events)
    }

    /// A connect ended without an answer.
    pub(super) fn dropped(&mut self, id: &str, number: u64) {
        if let Some(session) = self.sessions.get_mut(id).filter(|session| session.latest == number) {
            session.let_go();
        }
    }

    pub(super) fn end(&mut self, id: &str) {
        self.sessions.remove(id);
    }

    pub(super) fn end_all(&mut self) {
        self.sessions.clear();
    }

    pub(super) fn count(&mut self) -> usize {
        self.prune();
        self.sessions.len()
    }

    /// The channels that anybody listens to, as they were named.
    pub(super) fn listened(&self) -> Vec<String> {
        let names = self.sessions.values().flat_map(|session| &session.subscriptions);
        names.map(|subscription| subscription.name.clone()).collect()
    }

    pub(super) fn forget(&mut self, channel: &str) {
        self.channels.remove(channel);
    }

    /// Ends every session and forgets all messages; places are never given twice.
    pub(super) fn forget_all(&mut self) {
        self.channels.clear();
        self.sessions.clear();
        (self.hold, self.idle) = (HOLD, IDLE);
    }

    pub(super) fn kept(&self, channel: &str) -> Vec<Value> {
        self.channels.get(channel).into_iter().flatten().map(|kept| kept.data.clone()).collect()
    }

    fn prune(&mut self) {
        let idle = self.idle;
        self.sessions.retain(|_, session| session.held || session.seen.elapsed() < idle);
    }
}

impl Session {
    fn offer(&mut self, channel: &str, data: &Value, about: Option<usize>) {
        for subscription in &self.subscriptions {
            let is_heard = subscription.name.split('?').next() == Some(channel);
            if let Some(data) = is_heard.then(|| subscription.told(data, about)).flatten() {
                self.queue.push_back(json!({ "channel": subscription.name, "data": data }));
            }
        }
    }

    fn let_go(&mut self) {
        self.held = false;
        self.seen = Instant::now();
    }
}

fn noise() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(24).collect()
}

/// The places a client asks for without knowing any: what comes, and all that is kept.
const NEW: i64 = -1;
const ALL: i64 = -2;
/// More than a test publishes; a real org keeps messages for a day or three.
const KEPT: usize = 100_000;
/// See Salesforce, "Client Connection (Streaming API)".
const HOLD: Duration = Duration::from_secs(110);
const IDLE: Duration = Duration::from_secs(40);
