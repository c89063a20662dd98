//! Transfers, whatever happens in whichever order.

use proptest::prelude::*;
use twilio_client::CallSid;
use twilio_client::callback::{
    CallStatusCallback, ConferenceCallback, DialCallback, Params, RecordingCallback,
};
use twilio_client::recipe::cold::{self, ColdTransfer};
use twilio_client::recipe::voicemail::{Message, Voicemail};
use twilio_client::recipe::warm::{Action, AgentLine, AssistantRole, Event, Performed, Stage, WarmTransfer};
use twilio_client::resource::calls::NewInstruction;

use crate::scripted::{CALL, Script, Scripted as _, Step, call};

fn sid(digit: char) -> CallSid {
    format!("CA{}", digit.to_string().repeat(32)).parse().unwrap()
}

fn begin(role: AssistantRole) -> WarmTransfer {
    let (transfer, actions) = WarmTransfer::begin(sid('1'), sid('2'), role);
    assert_eq!(actions, [Action::Hold(sid('1')), Action::CallAgent]);
    transfer
}

#[test]
fn the_assistant_briefs_the_agent_and_leaves_coaches_or_listens() {
    for (role, last) in [
        (AssistantRole::Leaves, Action::Remove(sid('2'))),
        (AssistantRole::Coaches, Action::Coach { coach: sid('2'), heard_by: sid('3') }),
        (AssistantRole::Listens, Action::Mute(sid('2'))),
    ] {
        let mut transfer = begin(role);

        assert_eq!(transfer.on(&Event::AgentJoined(sid('3'))), []);
        assert_eq!(transfer.on(&Event::Briefed), [last, Action::Unhold(sid('1'))]);
        assert_eq!(transfer.stage(), Stage::Connected);
        assert_eq!(transfer.on(&Event::Briefed), []);
        assert_eq!(transfer.on(&Event::Left(sid('2'))), []);
        assert_eq!(transfer.on(&Event::Left(sid('3'))), [Action::End]);
    }
}

#[test]
fn an_agent_who_cannot_be_had_gives_the_caller_back_to_the_assistant() {
    let mut failed = begin(AssistantRole::Leaves);
    assert_eq!(failed.on(&Event::AgentFailed), [Action::Unhold(sid('1'))]);
    assert_eq!(failed.on(&Event::AgentJoined(sid('3'))), [Action::Remove(sid('3'))]);

    let mut left = begin(AssistantRole::Leaves);
    left.on(&Event::AgentJoined(sid('3')));
    assert_eq!(left.on(&Event::Left(sid('3'))), [Action::Unhold(sid('1'))]);
    assert_eq!(left.stage(), Stage::Returned);
}

#[test]
fn events_are_read_from_conference_callbacks() {
    let read = |text: &str| WarmTransfer::read(&ConferenceCallback::from(Params::parse(text.as_bytes())));
    let agent = sid('3');

    let join = format!("StatusCallbackEvent=participant-join&ParticipantLabel=agent&CallSid={agent}");
    assert_eq!(read(&join), Some(Event::AgentJoined(agent.clone())));
    assert_eq!(read(&join.replace("=agent", "=other")), None);
    let leave = format!("StatusCallbackEvent=participant-leave&CallSid={agent}");
    assert_eq!(read(&leave), Some(Event::Left(agent)));
    assert_eq!(read("StatusCallbackEvent=conference-end"), Some(Event::Ended));
    let status = |status: &str| {
        let text = format!("CallSid={}&CallStatus={status}", sid('3'));
        WarmTransfer::read_agent(&CallStatusCallback::from(Params::parse(text.as_bytes())))
    };
    for failed in ["busy", "no-answer", "failed", "canceled"] {
        assert_eq!(status(failed), Some(Event::AgentFailed), "{failed}");
    }
    assert_eq!(status("completed"), Some(Event::Left(sid('3'))));
    assert_eq!(status("ringing"), None);
}

#[tokio::test]
async fn somebody_who_hung_up_is_an_outcome_of_an_action() {
    const GONE: Step = Step::Answer(404, r#"{"code":20404,"message":"gone"}"#);
    const SIDE: Step = Step::Answer(200, r#"{"call_sid":"CA00000000000000000000000000000001"}"#);
    let script = Script::new(&[SIDE, GONE]);
    let client = script.client();
    let conference = "CF00000000000000000000000000000001".parse().unwrap();
    let line = AgentLine::new("client:alice", "+15005550006", "https://voice.example.com/a".parse().unwrap());

    let done = Action::CallAgent.perform(&client, &conference, &line).await.unwrap();
    let late = Action::Unhold(sid('1')).perform(&client, &conference, &line).await.unwrap();

    assert_eq!((done, late), (Performed::Done, Performed::TooLate));
    let form = String::from_utf8(script.sent()[0].body().to_vec()).unwrap();
    assert!(form.starts_with("To=client%3Aalice&From=%2B15005550006&Label=agent"), "{form}");
    assert!(form.contains("StatusCallback=https") && form.contains("Timeout=25"), "{form}");
}

#[tokio::test]
async fn a_cold_transfer_moves_the_call_or_finds_the_caller_gone() {
    let over = r#"{"code":21220,"message":"over","status":400}"#;
    let unknown = r#"{"code":20404,"message":"not found","status":404}"#;
    let script = Script::new(&[Step::Answer(200, CALL), Step::Answer(400, over), Step::Answer(404, unknown)]);
    let client = script.client();
    let to_agent = || NewInstruction::twiml("<Response><Dial>client:alice</Dial></Response>");

    assert!(matches!(cold::transfer(&client, &call(), to_agent()).await, Ok(ColdTransfer::Moved(_))));
    for _ in [over, unknown] {
        assert!(matches!(cold::transfer(&client, &call(), to_agent()).await, Ok(ColdTransfer::CallerGone)));
    }
}

#[test]
fn a_caller_whom_nobody_answered_leaves_a_message() {
    let voicemail = Voicemail::new("Please leave a message.", "https://voice.example.com/left").longest(60);
    let after = |status: &str| {
        let dial = DialCallback::from(Params::parse(format!("DialCallStatus={status}").as_bytes()));
        voicemail.after_dial(&dial).to_xml().unwrap()
    };

    for status in ["completed", "answered", "in-progress", "no-answer&DialBridged=true"] {
        assert!(after(status).ends_with("<Response><Hangup/></Response>"), "{status}");
    }
    for status in ["completed&DialBridged=false", "busy", "no-answer", "failed", "canceled", "novelty", ""] {
        let xml = after(status);
        assert!(
            xml.contains("<Say>Please leave a message.</Say><Record maxLength=\"60\""),
            "{status}: {xml}"
        );
    }
    let message = |text: &str| Voicemail::message(&RecordingCallback::from(Params::parse(text.as_bytes())));
    let recording = "RE00000000000000000000000000000001";
    let left = message(&format!("RecordingStatus=completed&RecordingSid={recording}"));
    assert_eq!(left, Message::Left(recording.parse().unwrap()));
    assert_eq!(message("RecordingStatus=absent"), Message::Nothing);
    assert_eq!(message("RecordingStatus=in-progress"), Message::Waiting);
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::AgentJoined(sid('3'))),
        Just(Event::AgentFailed),
        Just(Event::Briefed),
        Just(Event::Ended),
        prop_oneof![Just('1'), Just('2'), Just('3'), Just('4')].prop_map(|digit| Event::Left(sid(digit))),
    ]
}

proptest! {
    #[test]
    fn no_order_of_events_leaves_a_caller_on_hold_or_lets_a_listening_assistant_be_heard(
        events in proptest::collection::vec(event(), 0..12),
        role in prop_oneof![
            Just(AssistantRole::Leaves), Just(AssistantRole::Coaches), Just(AssistantRole::Listens)
        ],
    ) {
        let mut transfer = begin(role);
        let (mut held, mut ended, mut quiet, mut gone) = (true, false, false, false);
        for event in &events {
            gone |= *event == Event::Left(sid('2'));
            for action in transfer.on(event) {
                prop_assert!(!ended, "something was done after the end");
                match action {
                    Action::Hold(_) => held = true,
                    Action::Unhold(_) => {
                        prop_assert!(held, "a caller who was not held was let go");
                        held = false;
                    }
                    Action::Mute(_) | Action::Coach { .. } => {
                        prop_assert!(held && !quiet, "an assistant was quieted late or twice");
                        quiet = true;
                    }
                    Action::Remove(call) if call == sid('2') => {
                        prop_assert!(held && role == AssistantRole::Leaves, "an assistant had to go that stays");
                        quiet = true;
                    }
                    Action::End => ended = true,
                    _ => {}
                }
            }
            let waits = matches!(transfer.stage(), Stage::Ringing | Stage::Briefing);
            prop_assert_eq!(held && transfer.stage() != Stage::Over, waits);
            if transfer.stage() == Stage::Connected {
                prop_assert!(quiet || gone, "caller, agent and assistant all speak");
            }
        }
    }
}
