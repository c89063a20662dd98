//! The machine against a model of an org, in any order of answers, losses and ends.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::answer::{self, Message};
use super::super::subscription::Subscription;
use super::super::{Channel, EventKind, OnUnknownReplayId, ReplayFrom};
use super::{Failure, Session, Step};
use crate::error::{Error, ErrorKind};
use crate::retry::RetryPolicy;

const CHANNELS: [&str; 2] = ["/event/One__e", "/data/CaseChangeEvent"];

/// What happens around one request.
#[derive(Clone, Debug)]
enum Turn {
    Quiet,
    /// So many events are published on a channel before the request arrives.
    Publish(usize, usize),
    /// The org acts, and its answer is lost.
    AnswerLost,
    NotSent,
    /// The session ends, and is answered in the words of one of three servers.
    SessionEnds(usize, bool),
    TokenEnds,
    /// The refusal comes as a bare status.
    Refused,
    Unauthorized,
    /// The latest event comes once more.
    Repeat,
    EventsLast,
    /// The server asks for another handshake with a good answer.
    MoveOn,
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        Just(Turn::Quiet),
        (0..2_usize, 1..4_usize).prop_map(|(channel, events)| Turn::Publish(channel, events)),
        (0..2_usize, 1..4_usize).prop_map(|(channel, events)| Turn::Publish(channel, events)),
        Just(Turn::AnswerLost),
        Just(Turn::NotSent),
        (0..3_usize, any::<bool>()).prop_map(|(words, advises)| Turn::SessionEnds(words, advises)),
        Just(Turn::TokenEnds),
        Just(Turn::Refused),
        Just(Turn::Unauthorized),
        Just(Turn::Repeat),
        Just(Turn::EventsLast),
        Just(Turn::MoveOn),
    ]
}

#[derive(Default)]
struct Org {
    token: u32,
    sessions: u64,
    session: Option<String>,
    last_place: i64,
    published: BTreeMap<usize, Vec<i64>>,
    queue: Vec<(usize, i64)>,
    listened: Vec<usize>,
}

impl Org {
    fn publish(&mut self, channel: usize) {
        self.last_place += 1;
        self.published.entry(channel).or_default().push(self.last_place);
        if self.listened.contains(&channel) {
            self.queue.push((channel, self.last_place));
        }
    }

    fn answer(&mut self, asked: &Value, token: u32, turn: &Turn) -> Vec<Value> {
        let meta = asked["channel"].as_str().unwrap();
        if token != self.token {
            return vec![match meta {
                "/meta/handshake" => json!({
                    "channel": meta, "successful": false, "error": "403::Handshake denied",
                    "advice": {"reconnect": "none"}, "ext": {"sfdc": {"failureReason": "401::Authentication invalid"}},
                }),
                _ => json!({
                    "channel": meta, "successful": false, "error": "401::Authentication invalid",
                    "advice": {"reconnect": "none", "interval": 0},
                }),
            }];
        }
        if meta == "/meta/handshake" {
            self.sessions += 1;
            let id = format!("client-{}", self.sessions);
            (self.session, self.queue, self.listened) = (Some(id.clone()), Vec::new(), Vec::new());
            return vec![json!({"channel": meta, "successful": true, "clientId": id})];
        }
        if asked["clientId"].as_str() != self.session.as_deref() {
            let (words, advises) = match turn {
                Turn::SessionEnds(words, advises) => (*words, *advises),
                _ => (2, true),
            };
            let words = ["401:x:Unknown client", "402::session_unknown", "403::Unknown client"][words];
            let mut refusal = json!({"channel": meta, "successful": false, "error": words});
            if advises {
                refusal["advice"] = json!({"reconnect": "handshake", "interval": 0});
            }
            return vec![refusal];
        }
        if meta == "/meta/subscribe" {
            let name = asked["subscription"].as_str().unwrap();
            let channel = CHANNELS.iter().position(|known| *known == name).unwrap();
            let from = asked["ext"]["replay"][name].as_i64().unwrap();
            let kept = self.published.get(&channel).cloned().unwrap_or_default();
            self.queue.extend(kept.into_iter().filter(|place| *place > from).map(|place| (channel, place)));
            self.listened.push(channel);
            return vec![json!({"channel": meta, "successful": true, "subscription": name})];
        }
        let mut due = std::mem::take(&mut self.queue);
        if let (Turn::Repeat, Some(last)) = (turn, due.last().copied()) {
            due.push(last);
        }
        let mut answers: Vec<Value> = due
            .into_iter()
            .map(|(channel, place)| {
                json!({"channel": CHANNELS[channel], "data": {"payload": {}, "event": {"replayId": place}}})
            })
            .collect();
        let mut reply = json!({"channel": meta, "successful": true});
        if matches!(turn, Turn::MoveOn) {
            reply["advice"] = json!({"reconnect": "handshake"});
        }
        let at = if matches!(turn, Turn::EventsLast) { 0 } else { answers.len() };
        answers.insert(at, reply);
        answers
    }
}

fn read(answers: &[Value]) -> Vec<Message> {
    answer::read(&Bytes::from(serde_json::to_vec(answers).unwrap())).unwrap()
}

/// Plays the turns, then quiet ones until all is read; gives the places in the order of their arrival.
fn play(turns: &[Turn]) -> Result<(Org, Vec<(String, i64)>), TestCaseError> {
    let from = ReplayFrom::Earliest;
    let subscriptions =
        CHANNELS.iter().map(|name| Subscription::new(Channel::parse(name).unwrap(), from)).collect();
    let policy = RetryPolicy { max_attempts: u32::MAX, ..RetryPolicy::default() };
    let mut session = Session::new(subscriptions, OnUnknownReplayId::default(), policy);
    let (mut org, mut token, mut seen) = (Org::default(), 0, Vec::new());
    let quiet = std::iter::repeat_n(&Turn::Quiet, 12);
    for turn in turns.iter().chain(quiet) {
        let Step::Send(outgoing) = session.next(0.5) else {
            return Err(TestCaseError::fail("the machine stopped"));
        };
        prop_assert!(outgoing.wait <= policy.max_delay);
        if outgoing.new_token {
            token = org.token;
        }
        match turn {
            Turn::Publish(channel, events) => (0..*events).for_each(|_| org.publish(*channel)),
            Turn::SessionEnds(..) => org.session = None,
            Turn::TokenEnds => org.token += 1,
            _ => {}
        }
        let cut = || Error::new(ErrorKind::Transport, "the connection was cut");
        let failure = match turn {
            Turn::NotSent => Some(Failure::Unsent(cut())),
            // A handshake that is refused for good ends the stream, which is another test's matter.
            Turn::Refused if outgoing.message["channel"] != "/meta/handshake" => {
                Some(Failure::Refused(cut()))
            }
            // The same of a token that was replaced in vain.
            Turn::Unauthorized if session.unproven < 2 => {
                org.token += 1;
                Some(Failure::Unauthorized(cut()))
            }
            Turn::TokenEnds if session.unproven >= 2 => {
                org.token -= 1;
                None
            }
            _ => None,
        };
        let events = if let Some(failure) = failure {
            session.failed(failure);
            Vec::new()
        } else {
            let answers = org.answer(&outgoing.message, token, turn);
            if matches!(turn, Turn::AnswerLost) {
                session.failed(Failure::Lost(cut()));
                Vec::new()
            } else {
                session.received(read(&answers))
            }
        };
        for event in events {
            prop_assert_ne!(&event.kind, &EventKind::Missed);
            seen.push((event.channel.as_str().to_owned(), event.replay_id.unwrap().number()));
        }
    }
    prop_assert!(session.is_listening());
    Ok((org, seen))
}

proptest! {
    #[test]
    fn every_event_comes_once_and_in_order_whatever_is_lost(turns in prop::collection::vec(turn(), 0..60)) {
        let (org, seen) = play(&turns)?;
        for (channel, places) in &org.published {
            let came: Vec<i64> =
                seen.iter().filter(|(name, _)| name == CHANNELS[*channel]).map(|(_, place)| *place).collect();
            prop_assert_eq!(&came, places);
        }
    }

    #[test]
    fn no_answer_makes_the_machine_panic_or_wait_for_ever(
        words in prop::collection::vec("\\PC{0,40}", 0..4),
        reconnect in prop::option::of(prop::sample::select(vec!["retry", "handshake", "none", "?"])),
        metas in prop::collection::vec(0..5_usize, 1..8),
    ) {
        let subscriptions = vec![Subscription::new(Channel::parse(CHANNELS[0]).unwrap(), ReplayFrom::Latest)];
        let mut session = Session::new(subscriptions, OnUnknownReplayId::Fail, RetryPolicy::default());
        for (at, meta) in metas.into_iter().enumerate() {
            let Step::Send(outgoing) = session.next(1.0) else { return Ok(()) };
            prop_assert!(outgoing.wait <= Duration::from_secs(2));
            let meta = ["/meta/handshake", "/meta/subscribe", "/meta/connect", "/meta/unheard", CHANNELS[0]][meta];
            let word = words.get(at % words.len().max(1)).cloned();
            session.received(read(&[json!({
                "channel": meta, "successful": at % 2 == 0, "clientId": "c", "error": word,
                "subscription": CHANNELS[0], "advice": {"reconnect": reconnect}, "data": words,
            })]));
        }
    }
}
