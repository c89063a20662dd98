//! What the machine does after each sort of answer.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::answer;
use super::super::subscription::Subscription;
use super::super::{Channel, Event, EventKind, OnUnknownReplayId, ReplayFrom, ReplayId};
use super::{Failure, Outgoing, Session, Step};
use crate::error::{Error, ErrorKind, Limit};
use crate::retry::RetryPolicy;

const CASES: &str = "/data/CaseChangeEvent";

fn session(from: ReplayFrom, unknown: OnUnknownReplayId) -> Session {
    let subscriptions = vec![Subscription::new(Channel::parse(CASES).unwrap(), from)];
    Session::new(subscriptions, unknown, RetryPolicy { max_attempts: 4, ..RetryPolicy::default() })
}

fn send(session: &mut Session) -> Outgoing {
    match session.next(1.0) {
        Step::Send(outgoing) => outgoing,
        Step::Over(error) => panic!("it is over: {error:?}"),
    }
}

fn over(session: &mut Session) -> Option<Error> {
    match session.next(1.0) {
        Step::Over(error) => error,
        Step::Send(outgoing) => panic!("it goes on with {}", outgoing.message["channel"]),
    }
}

fn asks(session: &mut Session, channel: &str) -> Outgoing {
    let outgoing = send(session);
    assert_eq!(outgoing.message["channel"], channel);
    outgoing
}

fn answer(session: &mut Session, message: Value) -> Vec<Event> {
    let body = Bytes::from(serde_json::to_vec(&[message]).unwrap());
    session.received(answer::read(&body).unwrap())
}

fn refuse(session: &mut Session, channel: &str, error: &str, advice: &Value) {
    let mut message = json!({"channel": channel, "successful": false, "error": error, "subscription": CASES});
    if !advice.is_null() {
        message["advice"] = advice.clone();
    }
    answer(session, message);
}

/// A session that has been connected twice.
fn connected(from: ReplayFrom) -> Session {
    let mut session = session(from, OnUnknownReplayId::default());
    begin(&mut session);
    for _ in 0..2 {
        asks(&mut session, "/meta/connect");
        answer(&mut session, json!({"channel": "/meta/connect", "successful": true}));
    }
    session
}

fn begin(session: &mut Session) {
    asks(session, "/meta/handshake");
    answer(session, json!({"channel": "/meta/handshake", "successful": true, "clientId": "c"}));
    asks(session, "/meta/subscribe");
    answer(session, json!({"channel": "/meta/subscribe", "successful": true, "subscription": CASES}));
}

#[test]
fn a_session_shakes_hands_subscribes_with_its_place_and_connects() {
    let mut session = session(ReplayFrom::After(ReplayId::new(41)), OnUnknownReplayId::default());
    let handshake = asks(&mut session, "/meta/handshake");
    assert_eq!(handshake.message["ext"]["replay"], true);
    answer(&mut session, json!({"channel": "/meta/handshake", "successful": true, "clientId": "c"}));

    let subscribe = asks(&mut session, "/meta/subscribe");
    assert_eq!(subscribe.message["ext"]["replay"][CASES], 41);
    assert_eq!(subscribe.message["clientId"], "c");
    assert!(!session.is_listening());
    answer(&mut session, json!({"channel": "/meta/subscribe", "successful": true, "subscription": CASES}));

    assert!(session.is_listening());
    let connect = asks(&mut session, "/meta/connect");
    assert_eq!((connect.wait, connect.timeout), (Duration::ZERO, Duration::from_secs(130)));
}

#[test]
fn the_advised_interval_and_timeout_are_kept() {
    let mut session = connected(ReplayFrom::Latest);
    asks(&mut session, "/meta/connect");
    let advice = json!({"reconnect": "retry", "interval": 700, "timeout": 40_000});
    answer(&mut session, json!({"channel": "/meta/connect", "successful": true, "advice": advice}));
    let connect = asks(&mut session, "/meta/connect");
    // The tests' chance is 1, so that our own delay is the whole of its bound.
    assert_eq!(connect.wait, Duration::from_millis(700) + RetryPolicy::default().base_delay);
    assert_eq!(connect.timeout, Duration::from_secs(60));
}

#[test]
fn no_two_clients_come_back_together_when_a_server_sends_all_of_them_away() {
    let wait = |advised: fn(&mut Session), chance: f64| {
        let mut session = connected(ReplayFrom::Latest);
        asks(&mut session, "/meta/connect");
        advised(&mut session);
        let Step::Send(outgoing) = session.next(chance) else { panic!("it goes on") };
        outgoing.wait
    };
    let ways: [fn(&mut Session); 4] = [
        |session| refuse(session, "/meta/connect", "403::Unknown client", &json!({"reconnect": "handshake"})),
        |session| {
            let advice = json!({"reconnect": "handshake"});
            answer(session, json!({"channel": "/meta/connect", "successful": true, "advice": advice}));
        },
        |session| {
            let advice = json!({"reconnect": "retry", "interval": 1000});
            answer(session, json!({"channel": "/meta/connect", "successful": true, "advice": advice}));
        },
        |session| {
            let cut = Error::new(ErrorKind::Transport, "cut").with_retry_after(Some(Duration::from_secs(1)));
            session.failed(Failure::Lost(cut));
        },
    ];
    for way in ways {
        assert!(wait(way, 0.2) < wait(way, 0.7));
    }
}

#[test]
fn a_crowded_org_is_waited_for_whatever_it_advises() {
    let words = "403::Organization concurrent user limit exceeded";
    let advice = [Value::Null, json!({"reconnect": "none"}), json!({"reconnect": "retry"})];
    for advice in &advice {
        let mut crowded = session(ReplayFrom::Latest, OnUnknownReplayId::default());
        let mut waits = Vec::new();
        for _ in 0..3 {
            waits.push(asks(&mut crowded, "/meta/handshake").wait);
            refuse(&mut crowded, "/meta/handshake", words, advice);
        }
        assert!(waits[0] < waits[1] && waits[1] < waits[2], "{waits:?}");
        begin(&mut crowded);
        assert!(crowded.is_listening());
    }
    let mut running = connected(ReplayFrom::Latest);
    asks(&mut running, "/meta/connect");
    refuse(&mut running, "/meta/connect", words, &json!({"reconnect": "none"}));
    begin(&mut running);
    assert!(running.is_listening());
}

#[test]
fn an_unknown_client_shakes_hands_soon_and_goes_on_from_its_place() {
    let mut session = connected(ReplayFrom::Latest);
    asks(&mut session, "/meta/connect");
    answer(&mut session, json!({"channel": CASES, "data": {"payload": {}, "event": {"replayId": 12}}}));
    let wait = asks(&mut session, "/meta/handshake").wait;
    assert!(!wait.is_zero(), "an answer that says nothing of the request is a loss");
    answer(&mut session, json!({"channel": "/meta/handshake", "successful": true, "clientId": "d"}));
    assert_eq!(asks(&mut session, "/meta/subscribe").message["ext"]["replay"][CASES], 12);

    let mut session = connected(ReplayFrom::Latest);
    asks(&mut session, "/meta/connect");
    refuse(&mut session, "/meta/connect", "403::Unknown client", &json!({"reconnect": "handshake"}));
    assert_eq!(asks(&mut session, "/meta/handshake").wait, RetryPolicy::default().base_delay);
}

#[test]
fn a_loss_waits_before_the_handshake_and_what_was_not_sent_keeps_its_session() {
    let cut = || Error::new(ErrorKind::Transport, "cut");
    let mut lost = connected(ReplayFrom::Latest);
    asks(&mut lost, "/meta/connect");
    lost.failed(Failure::Lost(cut().with_retry_after(Some(Duration::from_secs(9)))));
    let own = RetryPolicy::default().base_delay;
    assert_eq!(asks(&mut lost, "/meta/handshake").wait, Duration::from_secs(9) + own);

    let mut unsent = connected(ReplayFrom::Latest);
    asks(&mut unsent, "/meta/connect");
    unsent.failed(Failure::Unsent(cut()));
    assert_eq!(asks(&mut unsent, "/meta/connect").wait, RetryPolicy::default().base_delay);
}

#[test]
fn an_ended_token_is_replaced_soon_and_three_refused_ones_end_the_stream() {
    let mut session = connected(ReplayFrom::Latest);
    asks(&mut session, "/meta/connect");
    refuse(&mut session, "/meta/connect", "401::Authentication invalid", &json!({"reconnect": "none"}));
    let handshake = asks(&mut session, "/meta/handshake");
    assert!(handshake.new_token && handshake.wait <= RetryPolicy::default().base_delay);
    let reason = json!({"sfdc": {"failureReason": "401::Authentication invalid"}});
    let denied = json!({"channel": "/meta/handshake", "successful": false, "error": "403::Handshake denied", "ext": reason});
    for _ in 0..2 {
        answer(&mut session, denied.clone());
        let handshake = asks(&mut session, "/meta/handshake");
        assert!(handshake.new_token && !handshake.wait.is_zero());
    }
    answer(&mut session, denied);
    assert_eq!(over(&mut session).unwrap().kind(), ErrorKind::Authentication);
}

#[test]
fn logins_that_help_only_for_a_moment_come_at_growing_distances() {
    let mut session = connected(ReplayFrom::Latest);
    let mut waits = Vec::new();
    for _ in 0..3 {
        asks(&mut session, "/meta/connect");
        refuse(&mut session, "/meta/connect", "401::Authentication invalid", &json!({"reconnect": "none"}));
        let handshake = asks(&mut session, "/meta/handshake");
        waits.push(handshake.wait);
        answer(&mut session, json!({"channel": "/meta/handshake", "successful": true, "clientId": "c"}));
        asks(&mut session, "/meta/subscribe");
        answer(
            &mut session,
            json!({"channel": "/meta/subscribe", "successful": true, "subscription": CASES}),
        );
        asks(&mut session, "/meta/connect");
        answer(&mut session, json!({"channel": "/meta/connect", "successful": true}));
    }
    assert!(waits[0] < waits[1] && waits[1] < waits[2], "{waits:?}");
}

#[test]
fn a_place_the_org_does_not_know_is_left_as_the_policy_says_and_told() {
    let text = "400::The replayId {5} you provided was invalid.";
    for (unknown, replay) in [(OnUnknownReplayId::Earliest, -2), (OnUnknownReplayId::Latest, -1)] {
        let mut session = session(ReplayFrom::After(ReplayId::new(5)), unknown);
        asks(&mut session, "/meta/handshake");
        answer(&mut session, json!({"channel": "/meta/handshake", "successful": true, "clientId": "c"}));
        asks(&mut session, "/meta/subscribe");
        refuse(&mut session, "/meta/subscribe", text, &Value::Null);
        assert_eq!(asks(&mut session, "/meta/subscribe").message["ext"]["replay"][CASES], replay);
        let accepted = json!({"channel": "/meta/subscribe", "successful": true, "subscription": CASES});
        let told = answer(&mut session, accepted);
        assert_eq!(told.iter().map(|event| &event.kind).collect::<Vec<_>>(), [&EventKind::Missed]);
    }
    let mut session = session(ReplayFrom::After(ReplayId::new(5)), OnUnknownReplayId::Fail);
    asks(&mut session, "/meta/handshake");
    answer(&mut session, json!({"channel": "/meta/handshake", "successful": true, "clientId": "c"}));
    asks(&mut session, "/meta/subscribe");
    refuse(&mut session, "/meta/subscribe", text, &Value::Null);
    assert!(over(&mut session).unwrap().to_string().contains("on_unknown_replay_id"));
}

#[test]
fn a_refused_channel_and_a_used_up_limit_end_the_stream_with_their_kind() {
    let mut unknown = session(ReplayFrom::Latest, OnUnknownReplayId::default());
    asks(&mut unknown, "/meta/handshake");
    answer(&mut unknown, json!({"channel": "/meta/handshake", "successful": true, "clientId": "c"}));
    asks(&mut unknown, "/meta/subscribe");
    refuse(&mut unknown, "/meta/subscribe", "404::Unknown channel", &Value::Null);
    assert_eq!(over(&mut unknown).unwrap().kind(), ErrorKind::Rejected);

    let mut limited = connected(ReplayFrom::Latest);
    asks(&mut limited, "/meta/connect");
    let words = "403::Organization total events daily limit exceeded";
    refuse(&mut limited, "/meta/connect", words, &json!({"reconnect": "none"}));
    assert_eq!(over(&mut limited).unwrap().limit(), Some(Limit::Daily));
}

#[test]
fn failures_in_a_row_are_bounded_where_the_policy_bounds_them() {
    let mut session = connected(ReplayFrom::Latest);
    for _ in 0..4 {
        send(&mut session);
        session.failed(Failure::Lost(Error::new(ErrorKind::Unavailable, "down")));
    }
    assert_eq!(over(&mut session).unwrap().kind(), ErrorKind::Unavailable);
}

#[test]
fn leaving_says_goodbye_once_and_does_not_wait_to_be_heard() {
    let mut session = connected(ReplayFrom::Latest);
    send(&mut session);
    session.close();
    assert!(asks(&mut session, "/meta/disconnect").wait.is_zero());
    session.failed(Failure::Lost(Error::new(ErrorKind::Transport, "cut")));
    assert!(over(&mut session).is_none());

    let mut fresh = self::session(ReplayFrom::Latest, OnUnknownReplayId::default());
    fresh.close();
    assert!(over(&mut fresh).is_none(), "there is nobody to say goodbye to");
}
