//! Calling back: at a time that suits, whatever happens in whichever order, and nobody twice.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use twilio_client::callback::{AmdCallback, CallStatusCallback, Params};
use twilio_client::recipe::callback::{
    Action, CallBack, CallbackBook, CallbackLine, CallbackPlan, CallingHours, Event, Leg, OnMachine, Outcome,
    Performed, Side, Stage,
};
use twilio_client::word::AnsweredBy;
use twilio_client::{CallSid, E164};

use crate::scripted::{CALL, Script, Scripted as _, Step};

const CUSTOMER: u32 = 100;
const AGENT: u32 = 200;

fn sid(number: u32) -> CallSid {
    format!("CA{number:032}").parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn leg(side: Side, attempt: u32) -> Leg {
    Leg { side, attempt }
}

/// The call of a leg, as a Twilio that gives every leg one name would have it.
fn call(leg: Leg) -> CallSid {
    sid(leg.attempt + if leg.side == Side::Customer { CUSTOMER } else { AGENT })
}

fn human(leg: Leg) -> Event {
    Event::Answered(leg, call(leg), AnsweredBy::Human)
}

fn plan() -> CallbackPlan {
    let days = [Weekday::Friday, Weekday::Saturday];
    let hours = CallingHours::new(TimeZone::UTC, time(9, 0, 0, 0), time(18, 0, 0, 0), &days).unwrap();
    CallbackPlan::new(hours).attempts(2).pause(Duration::from_secs(3600))
}

/// A callback whose first attempt begins on a Friday at ten.
fn begun(plan: &CallbackPlan) -> (CallBack, Timestamp) {
    let now = at("2026-11-20T10:00:00Z");
    let mut callback = CallBack::at(plan, now);
    assert_eq!(callback.due(), Some(now));
    assert!(matches!(callback.on(plan, &Event::Due, now)[..], [Action::Call(Leg { attempt: 1, .. })]));
    (callback, now)
}

#[test]
fn agent_and_customer_are_called_one_after_the_other_and_brought_together() {
    for first in [Side::Agent, Side::Customer] {
        let plan = plan().first(first);
        let (mut callback, now) = begun(&plan);
        let (one, two) = (leg(first, 1), leg(first.other(), 1));

        assert_eq!(callback.on(&plan, &Event::Ringing(one, call(one)), now), []);
        assert_eq!(callback.on(&plan, &human(one), now), [Action::Call(two)]);
        assert_eq!(callback.on(&plan, &human(one), now), []);
        let join = Action::Join { first: call(one), second: call(two) };
        assert_eq!(callback.on(&plan, &human(two), now), [join]);
        assert_eq!((callback.stage(), callback.due()), (Stage::Joined, None));
        assert_eq!(callback.on(&plan, &Event::Ended(one), now), [Action::HangUp(call(two))]);
        assert_eq!(callback.on(&plan, &Event::Ended(two), now), []);
        assert_eq!(callback.stage(), Stage::Done(Outcome::Spoke));
    }
}

#[test]
fn nobody_is_called_out_of_hours_and_not_more_often_than_planned() {
    let plan = plan();
    let (mut callback, _) = begun(&plan);
    let evening = at("2026-11-20T17:30:00Z");

    assert_eq!(callback.on(&plan, &Event::Ended(leg(Side::Agent, 1)), evening), []);
    assert_eq!(callback.due(), Some(at("2026-11-21T09:00:00Z")));
    // Whoever was to come back at nine slept until the evening.
    assert_eq!(callback.on(&plan, &Event::Due, at("2026-11-21T18:00:00Z")), []);
    assert_eq!(callback.due(), Some(at("2026-11-27T09:00:00Z")));
    let friday = at("2026-11-27T09:00:01Z");
    assert_eq!(callback.on(&plan, &Event::Due, friday), [Action::Call(leg(Side::Agent, 2))]);
    assert_eq!(callback.on(&plan, &Event::Ended(leg(Side::Agent, 2)), friday), []);
    assert_eq!((callback.stage(), callback.attempts()), (Stage::Done(Outcome::Unreached), 2));
}

#[test]
fn a_customer_who_waits_in_vain_is_told_so_and_an_agent_is_let_go() {
    for (first, expected) in [
        (Side::Customer, Action::Apologise(call(leg(Side::Customer, 1)))),
        (Side::Agent, Action::HangUp(call(leg(Side::Agent, 1)))),
    ] {
        let plan = plan().first(first);
        let (mut callback, now) = begun(&plan);
        callback.on(&plan, &human(leg(first, 1)), now);

        assert_eq!(callback.on(&plan, &Event::Ended(leg(first.other(), 1)), now), [expected]);
        assert_eq!(callback.stage(), Stage::Waiting);
    }
}

#[test]
fn whoever_waits_and_hangs_up_does_not_leave_the_other_telephone_ringing() {
    let plan = plan().first(Side::Customer);
    let (mut callback, now) = begun(&plan);
    let (customer, agent) = (leg(Side::Customer, 1), leg(Side::Agent, 1));
    callback.on(&plan, &human(customer), now);

    // The agent's leg has no name yet when the customer leaves; it is ended once it has one.
    assert_eq!(callback.on(&plan, &Event::Ended(customer), now), []);
    assert_eq!(callback.on(&plan, &Event::Ringing(agent, call(agent)), now), [Action::HangUp(call(agent))]);
    assert_eq!(callback.on(&plan, &human(agent), now), []);
}

#[test]
fn a_voicemail_gets_a_message_or_another_attempt_and_a_fax_neither() {
    let customer = leg(Side::Customer, 1);
    let machine = |by| Event::Answered(customer, call(customer), by);
    let run = |what, by| {
        let plan = plan().on_machine(what);
        let (mut callback, now) = begun(&plan);
        callback.on(&plan, &human(leg(Side::Agent, 1)), now);
        let actions = callback.on(&plan, &machine(by), now);
        let ended = callback.on(&plan, &Event::Ended(customer), now);
        (actions, ended, callback.stage())
    };
    let (agent, there) = (Action::HangUp(call(leg(Side::Agent, 1))), call(customer));

    let message = run(OnMachine::LeaveMessage, AnsweredBy::MachineEndBeep);
    let actions = vec![Action::LeaveMessage(there.clone()), agent.clone()];
    assert_eq!(message, (actions, vec![], Stage::Done(Outcome::MessageLeft)));
    let both = vec![agent, Action::HangUp(there)];
    let again = run(OnMachine::HangUp, AnsweredBy::MachineEndBeep);
    assert_eq!(again, (both.clone(), vec![], Stage::Waiting));
    let fax = run(OnMachine::LeaveMessage, AnsweredBy::Fax);
    assert_eq!(fax, (both, vec![], Stage::Done(Outcome::Unreached)));
    assert!(matches!(run(OnMachine::HangUp, "unknown".into()).0[..], [Action::Join { .. }]));
}

#[test]
fn a_webhook_that_never_comes_holds_nothing_up_for_longer_than_the_patience() {
    let plan = plan().patience(Duration::from_secs(60));
    let (mut callback, now) = begun(&plan);
    let agent = leg(Side::Agent, 1);
    callback.on(&plan, &Event::Ringing(agent, call(agent)), now);
    let (early, late) = (now + Duration::from_secs(59), now + Duration::from_secs(60));

    assert_eq!(callback.on(&plan, &Event::Due, early), []);
    assert_eq!(callback.on(&plan, &Event::Due, late), [Action::HangUp(call(agent))]);
    assert_eq!((callback.stage(), callback.due()), (Stage::Waiting, Some(late + Duration::from_secs(3600))));
}

#[test]
fn a_leg_that_was_placed_twice_rings_once() {
    let plan = plan();
    let (mut callback, now) = begun(&plan);
    let agent = leg(Side::Agent, 1);
    callback.on(&plan, &Event::Ringing(agent, sid(1)), now);

    assert_eq!(callback.on(&plan, &Event::Ringing(agent, sid(2)), now), [Action::HangUp(sid(2))]);
    assert_eq!(callback.on(&plan, &Event::Answered(agent, sid(2), AnsweredBy::Human), now), []);
    assert!(matches!(
        callback.on(&plan, &Event::Answered(agent, sid(1), AnsweredBy::Human), now)[..],
        [Action::Call(_)]
    ));
}

#[test]
fn a_second_callback_for_a_number_is_refused_until_the_first_is_done_and_quiet() {
    let (number, other): (E164, E164) = ("+15005550006".parse().unwrap(), "+15005550001".parse().unwrap());
    let now = at("2026-11-20T10:00:00Z");
    let mut book = CallbackBook::new(plan(), Duration::from_secs(600));

    assert_eq!(book.ask(&number, now, now), Ok(Some(now)));
    assert_eq!(book.ask(&number, now, now).unwrap_err().stage, Stage::Waiting);
    assert_eq!(book.ask(&other, at("2026-11-20T11:00:00Z"), now), Ok(Some(at("2026-11-20T11:00:00Z"))));
    assert_eq!((book.due(now), book.next_due(), book.open()), (vec![number.clone()], Some(now), 2));
    assert_eq!(book.on(&number, &Event::Due, now), [Action::Call(leg(Side::Agent, 1))]);
    assert_eq!(book.on(&number, &Event::Cancelled, now), []);
    assert_eq!(book.ask(&number, now, now).unwrap_err().stage, Stage::Done(Outcome::Cancelled));
    // A leg that is only now known to have been placed is ended all the same.
    let agent = leg(Side::Agent, 1);
    assert_eq!(book.on(&number, &Event::Ringing(agent, sid(9)), now), [Action::HangUp(sid(9))]);
    let later = now + Duration::from_secs(600);
    assert_eq!(book.ask(&number, later, later), Ok(Some(later)));
}

#[test]
fn webhooks_name_their_leg_and_only_the_verdict_counts_where_machines_are_looked_for() {
    let (customer, agent) = (leg(Side::Customer, 2), leg(Side::Agent, 2));
    let url = customer.on(&"https://voice.example.com/leg?a=1".parse().unwrap());
    assert_eq!(url.as_str(), "https://voice.example.com/leg?a=1&leg=customer.2");
    assert_eq!(Leg::of_query(url.query().unwrap()), Some(customer));
    for wrong in ["", "leg=", "leg=customer", "leg=stranger.1", "leg=agent.-1", "Leg=agent.1"] {
        assert_eq!(Leg::of_query(wrong), None, "{wrong}");
    }
    let read = |leg: Leg, status: &str| {
        let text = format!("CallSid={}&CallStatus={status}", sid(1));
        leg.read(&plan(), &CallStatusCallback::from(Params::parse(text.as_bytes())))
    };
    assert_eq!(read(customer, "in-progress"), Some(Event::Ringing(customer, sid(1))));
    assert_eq!(read(agent, "in-progress"), Some(Event::Answered(agent, sid(1), AnsweredBy::Human)));
    assert_eq!(read(agent, "initiated"), Some(Event::Ringing(agent, sid(1))));
    for over in ["completed", "busy", "failed", "no-answer", "canceled"] {
        assert_eq!(read(agent, over), Some(Event::Ended(agent)), "{over}");
    }
    let verdict = format!("CallSid={}&AnsweredBy=machine_end_beep&MachineDetectionDuration=9", sid(1));
    let verdict = AmdCallback::from(Params::parse(verdict.as_bytes()));
    let expected = Event::Answered(customer, sid(1), AnsweredBy::MachineEndBeep);
    assert_eq!(customer.read_detection(&verdict), Some(expected));
}

#[tokio::test]
async fn actions_are_done_and_a_hang_up_that_was_faster_is_an_outcome() {
    let over = Step::Answer(400, r#"{"code":21220,"message":"over","status":400}"#);
    let unknown = Step::Answer(404, r#"{"code":20404,"message":"no","status":404}"#);
    let refused = Step::Answer(400, r#"{"code":21211,"message":"no","status":400}"#);
    let done = Step::Answer(200, CALL);
    let script = Script::new(&[done, refused, Step::Lost, done, done, over, over, unknown]);
    let client = script.builder().unlimited_calls().build().unwrap();
    let plan = plan().on_machine(OnMachine::LeaveMessage);
    let webhook = "https://voice.example.com/leg".parse().unwrap();
    let line = CallbackLine::new("+15005550006", "client:alice", "+15005550001", "callback-7", webhook);
    let customer = Action::Call(leg(Side::Customer, 1));
    let join = Action::Join { first: sid(1), second: sid(2) };
    let perform = async |action: &Action| action.perform(&client, &plan, &line).await.unwrap();

    assert!(matches!(perform(&customer).await, Performed::Called(_)));
    assert!(matches!(perform(&customer).await, Performed::Refused(_)));
    assert!(matches!(perform(&customer).await, Performed::Unclear));
    assert!(matches!(perform(&join).await, Performed::Done));
    assert!(matches!(perform(&join).await, Performed::TooLate));
    assert!(matches!(perform(&Action::Apologise(sid(1))).await, Performed::TooLate));
    assert!(matches!(perform(&Action::HangUp(sid(1))).await, Performed::TooLate));

    let sent = script.sent();
    let form = String::from_utf8(sent[0].body().to_vec()).unwrap();
    for part in ["Timeout=25", "leg%3Dcustomer.1", "MachineDetection=DetectMessageEnd", "AsyncAmd=true"] {
        assert!(form.contains(part), "{part}");
    }
    let unspeakable = line.clone().message("\u{1}");
    let error = Action::LeaveMessage(sid(1)).perform(&client, &plan, &unspeakable).await.unwrap_err();
    assert_eq!(error.kind(), twilio_client::error::ErrorKind::Configuration);
    assert_eq!(script.attempts(), 8);
}

#[derive(Clone, Debug)]
enum Happening {
    Passes(u32),
    Due,
    Rings(Side, u32),
    Answers(Side, u32, &'static str),
    Ends(Side, u32),
    Cancelled,
}

fn happening() -> impl Strategy<Value = Happening> {
    let side = || prop_oneof![Just(Side::Customer), Just(Side::Agent)];
    let by = prop_oneof![
        3 => Just("human"), 1 => Just("unknown"), 1 => Just("machine_start"), 1 => Just("machine_end_beep"),
        1 => Just("fax")
    ];
    prop_oneof![
        2 => (0_u32..40_000).prop_map(Happening::Passes),
        4 => Just(Happening::Due),
        3 => (side(), 0_u32..4).prop_map(|(side, attempt)| Happening::Rings(side, attempt)),
        6 => (side(), 0_u32..4, by).prop_map(|(side, attempt, by)| Happening::Answers(side, attempt, by)),
        3 => (side(), 0_u32..4).prop_map(|(side, attempt)| Happening::Ends(side, attempt)),
        1 => Just(Happening::Cancelled),
    ]
}

/// What an observer of the actions knows.
#[derive(Default)]
struct Observer {
    called: BTreeSet<String>,
    ended: BTreeSet<CallSid>,
    joins: usize,
}

impl Observer {
    fn see(&mut self, actions: &[Action], over: bool) {
        for action in actions {
            match action {
                Action::Call(leg) => {
                    assert!(!over, "a call after the end");
                    assert!(self.called.insert(leg.to_string()), "a leg was called twice");
                    assert!(leg.attempt <= 2);
                }
                Action::HangUp(call) | Action::Apologise(call) => {
                    assert!(self.ended.insert(call.clone()), "a call was ended twice");
                }
                Action::LeaveMessage(call) => assert!(!self.ended.contains(call)),
                Action::Join { first, second } => {
                    assert!(!self.ended.contains(first) && !self.ended.contains(second));
                    self.joins += 1;
                    assert!(self.joins == 1, "joined twice");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

proptest! {
    #[test]
    fn no_order_of_events_calls_anybody_twice_out_of_hours_or_without_an_end(
        happenings in proptest::collection::vec(happening(), 0..60),
        customer_first in any::<bool>(),
        what in 0_u8..3,
    ) {
        let what = [OnMachine::NotDetected, OnMachine::HangUp, OnMachine::LeaveMessage][usize::from(what)];
        let plan = plan().on_machine(what).first(if customer_first { Side::Customer } else { Side::Agent });
        let hours = CallingHours::new(
            TimeZone::UTC, time(9, 0, 0, 0), time(18, 0, 0, 0), &[Weekday::Friday, Weekday::Saturday],
        ).unwrap();
        let mut now = at("2026-11-20T08:00:00Z");
        let mut callback = CallBack::at(&plan, now);
        let mut observer = Observer::default();
        for happening in &happenings {
            let event = match *happening {
                Happening::Passes(seconds) => {
                    now += Duration::from_secs(seconds.into());
                    continue;
                }
                Happening::Due => {
                    now = now.max(callback.due().unwrap_or(now));
                    Event::Due
                }
                Happening::Rings(side, attempt) => Event::Ringing(leg(side, attempt), call(leg(side, attempt))),
                Happening::Answers(side, attempt, by) => {
                    Event::Answered(leg(side, attempt), call(leg(side, attempt)), by.into())
                }
                Happening::Ends(side, attempt) => Event::Ended(leg(side, attempt)),
                Happening::Cancelled => Event::Cancelled,
            };
            let before = callback.stage();
            let over = matches!(before, Stage::Done(_));
            let actions = callback.on(&plan, &event, now);
            observer.see(&actions, over);
            if before == Stage::Waiting && actions.iter().any(|it| matches!(it, Action::Call(_))) {
                prop_assert!(hours.contain(now), "a call out of hours");
            }
            if over {
                prop_assert_eq!(callback.stage(), before, "a callback that was over went on");
            }
            let waits = !matches!(callback.stage(), Stage::Joined | Stage::Done(_));
            prop_assert_eq!(callback.due().is_some(), waits, "nothing would wake it up");
        }
        // If nothing more happens than that time passes and the two hang up, it comes to an end.
        for _ in 0..10 {
            now = now.max(callback.due().unwrap_or(now));
            let over = matches!(callback.stage(), Stage::Done(_));
            observer.see(&callback.on(&plan, &Event::Due, now), over);
            if callback.stage() == Stage::Joined {
                let customer = leg(Side::Customer, callback.attempts());
                observer.see(&callback.on(&plan, &Event::Ended(customer), now), false);
            }
        }
        prop_assert!(matches!(callback.stage(), Stage::Done(_)));
        // Every leg that was called and turns up late is ended, so that no telephone rings for nothing.
        if callback.stage() != Stage::Done(Outcome::MessageLeft) {
            for side in [Side::Customer, Side::Agent] {
                for attempt in 1..=callback.attempts() {
                    let late = leg(side, attempt);
                    observer.see(&callback.on(&plan, &Event::Ringing(late, call(late)), now), true);
                    prop_assert_eq!(callback.on(&plan, &Event::Ringing(late, call(late)), now), []);
                }
            }
        }
    }
}
