//! What Twilio asks or tells when a verb is over, a conference goes on or a call of ours is answered.

use bytes::Bytes;
use twilio_client::signature::{Payload, SIGNATURE_HEADER, sign};
use voice_crm_core::channel::WebhookRequest;

use super::twilio::{CALL, PATH, ring, send, stage, status, token, twiml};
use crate::stage::{NUMBER, Stage};

const CONFERENCE: &str = "CF0123456789abcdef0123456789abcdef";
const HANGUP: &str = "<Response><Hangup/></Response>";
const NOTHING: &str = "<Response/>";

/// A webhook about the call in progress, with these parameters as well.
fn about<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut params =
        vec![("CallSid", CALL), ("CallStatus", "in-progress"), ("Direction", "inbound"), ("From", NUMBER)];
    params.extend(more);
    params
}

#[tokio::test]
async fn a_conversation_that_ended_without_a_handoff_ends_the_call() {
    let stage = stage().await;
    for status in ["ended", "completed", "novelty"] {
        let over = about(&[("SessionId", "VX1"), ("SessionStatus", status), ("SessionDuration", "40")]);
        assert_eq!(twiml(&stage, &over).await, HANGUP, "{status}");
    }
    assert_eq!(stage.org.stats().api_calls, 0, "nobody is to be found for it");
}

#[tokio::test]
async fn a_conversation_that_was_handed_off_or_broke_goes_on_with_somebody() {
    let stage = stage().await;
    let handed_off = about(&[
        ("SessionStatus", "ended"),
        ("SessionId", "VX1"),
        ("HandoffData", "{\"reason\":\"person\"}"),
    ]);
    // The rules know no other place for a known caller than the agent, which has let go of the call.
    assert!(twiml(&stage, &handed_off).await.contains("<Record"));
    let without_words = about(&[("SessionStatus", "ended"), ("SessionId", "VX1"), ("HandoffData", "")]);
    assert!(twiml(&stage, &without_words).await.contains("<Record"));
    let broken = about(&[("SessionStatus", "failed"), ("SessionId", "VX1"), ("ErrorCode", "64105")]);
    assert!(twiml(&stage, &broken).await.contains("<Record"));
}

#[tokio::test]
async fn a_person_who_answered_a_call_of_ours_speaks_with_the_agent_though_machines_were_looked_for() {
    let stage = stage().await;
    let answered = |by: &'static str| {
        vec![
            ("CallSid", CALL),
            ("CallStatus", "in-progress"),
            ("Direction", "outbound-api"),
            ("From", "+14155550100"),
            ("To", NUMBER),
            ("AnsweredBy", by),
            ("MachineDetectionDuration", "2100"),
        ]
    };
    for by in ["human", "unknown", "machine_end_beep", "machine_end_silence"] {
        let answer = twiml(&stage, &answered(by)).await;
        assert!(answer.contains("<ConversationRelay") && answer.contains("Ada"), "{by}: {answer}");
    }
    for by in ["machine_start", "fax"] {
        assert_eq!(twiml(&stage, &answered(by)).await, HANGUP, "{by}");
    }
}

#[tokio::test]
async fn a_verdict_on_a_machine_that_comes_by_itself_changes_nothing_of_the_call() {
    let stage = stage().await;
    let verdict = [
        ("CallSid", CALL),
        ("AccountSid", "AC1"),
        ("AnsweredBy", "human"),
        ("MachineDetectionDuration", "9"),
    ];
    assert_eq!(twiml(&stage, &verdict).await, NOTHING);
}

#[tokio::test]
async fn a_leg_that_was_dialled_is_connected_and_not_sent_to_the_agent_anew() {
    let stage = stage().await;
    let mut whisper = about(&[("ParentCallSid", CALL)]);
    whisper[0] = ("CallSid", "CAffffffffffffffffffffffffffffffff");
    whisper[2] = ("Direction", "outbound-dial");
    assert_eq!(twiml(&stage, &whisper).await, NOTHING);
}

#[tokio::test]
async fn what_a_verb_came_to_never_connects_the_agent_anew() {
    let stage = stage().await;
    let told: [&[(&str, &str)]; 14] = [
        &[("Digits", "")],
        &[("SpeechResult", ""), ("Confidence", "0.0")],
        &[("StableSpeechResult", "it"), ("UnstableSpeechResult", ""), ("SequenceNumber", "1")],
        &[("StableSpeechResult", ""), ("SequenceNumber", "2")],
        &[("Result", "success"), ("PaymentConfirmationCode", ""), ("PayErrorCode", "")],
        &[("PaymentCardNumber", ""), ("PaymentSid", "PK1"), ("For", "payment-card-number")],
        &[("ReferCallStatus", "completed"), ("ReferSipResponseCode", "202")],
        &[("ReferTransferTarget", "sip:a@example.com")],
        &[("QueueResult", "bridged"), ("QueueSid", "QU1"), ("QueueTime", "12")],
        &[("QueueSid", "QU1"), ("QueuePosition", "1"), ("QueueTime", "0"), ("CurrentQueueSize", "1")],
        &[("ConferenceSid", CONFERENCE), ("FriendlyName", "case 7")],
        &[("TranscriptionText", ""), ("TranscriptionStatus", "failed"), ("RecordingSid", "RE1")],
        &[("VirtualAgentStatus", ""), ("VirtualAgentProvider", "dialogflow")],
        &[("StreamEvent", ""), ("StreamSid", "MZ1")],
    ];
    for more in told {
        assert_eq!(twiml(&stage, &about(more)).await, NOTHING, "{more:?}");
    }
    assert_eq!(stage.org.stats().api_calls, 0);
}

#[tokio::test]
async fn who_spoke_with_somebody_is_asked_for_no_message() {
    let stage = stage().await;
    for (status, bridged) in [
        ("completed", None),
        ("answered", None),
        ("in-progress", None),
        ("completed", Some("true")),
        ("no-answer", Some("true")),
        ("failed", Some("True")),
    ] {
        let mut over = about(&[("DialCallStatus", status)]);
        over.extend(bridged.map(|bridged| ("DialBridged", bridged)));
        assert_eq!(twiml(&stage, &over).await, NOTHING, "{status}, {bridged:?}");
    }
}

#[tokio::test]
async fn who_spoke_with_nobody_may_leave_a_message_whatever_was_tried() {
    let stage = stage().await;
    for more in [
        &[("DialCallStatus", "busy")][..],
        &[("DialCallStatus", "no-answer"), ("DialBridged", "false")],
        &[("DialCallStatus", "completed"), ("DialBridged", "false")],
        &[("QueueResult", "queue-full"), ("QueueSid", "")],
        &[("QueueResult", "leave"), ("QueueSid", "QU1")],
        &[("ReferCallStatus", "failed"), ("ReferSipResponseCode", "603")],
    ] {
        assert!(twiml(&stage, &about(more)).await.contains("<Record"), "{more:?}");
    }
}

#[tokio::test]
async fn what_is_told_of_a_conference_as_a_whole_is_taken_and_its_recording_is_on_record() {
    let stage = stage().await;
    for what in ["conference-start", "conference-end"] {
        let event = [("ConferenceSid", CONFERENCE), ("StatusCallbackEvent", what)];
        assert_eq!(twiml(&stage, &event).await, NOTHING, "{what}");
    }
    let recording = |status| {
        [
            ("AccountSid", "AC1"),
            ("ConferenceSid", CONFERENCE),
            ("RecordingSid", "RE0123456789abcdef0123456789abcdef"),
            ("RecordingStatus", status),
            ("RecordingUrl", "https://api.example.com/RE1"),
            ("RecordingDuration", "90"),
        ]
    };
    for status in ["in-progress", "completed", "completed"] {
        assert_eq!(twiml(&stage, &recording(status)).await, NOTHING, "{status}");
    }
    // The call of the customer is another record, whenever it ends.
    twiml(&stage, &status("completed", "4")).await;
    stage.drained().await;
    let tasks = stage.org.records("Task");
    assert_eq!(tasks.len(), 2);
    let of_conference: Vec<_> = tasks
        .iter()
        .filter(|task| {
            task["Description"].as_str().is_some_and(|text| text.contains("https://api.example.com/RE1"))
        })
        .collect();
    assert_eq!(of_conference.len(), 1);
    assert_eq!(of_conference[0]["CallDurationInSeconds"], 90);
}

/// Sends the parameters as a GET does, signed over the whole address.
async fn get(stage: &Stage, query: &str, signed: &str) -> (u16, String) {
    let url = format!("{PATH}?{query}");
    let signature =
        sign(&token(), &format!("https://voice.example.com{PATH}?{signed}"), Payload::Empty).unwrap();
    let header = |name: &str| (name == SIGNATURE_HEADER).then_some(signature.as_bytes());
    let request = WebhookRequest { method: "GET", url: &url, header: &header, body: Bytes::new() };
    let reply = stage.bridge.handle(PATH, request).await;
    (reply.status, String::from_utf8(reply.body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_number_that_asks_by_get_is_answered_by_what_stands_in_its_query() {
    let stage = stage().await;
    let query = format!(
        "CallSid={CALL}&CallStatus=ringing&Direction=inbound&From=%2B{}&To=%2B14155550100",
        NUMBER.trim_start_matches('+')
    );
    let (code, answer) = get(&stage, &query, &query).await;
    assert_eq!(code, 200);
    assert!(answer.contains("<ConversationRelay") && answer.contains("Ada Lovelace"), "{answer}");
    let (code, _) = get(&stage, &query, &query.replace("ringing", "completed")).await;
    assert_eq!(code, 401, "another query was signed");
}

#[tokio::test]
async fn a_webhook_that_names_no_call_says_what_is_missing() {
    let stage = stage().await;
    let reply = send(&stage, &[("RecordingStatus", "completed"), ("RecordingUrl", "u")], None).await;
    assert_eq!(reply.status, 400);
    let body = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(body.contains("neither a CallSid nor a ConferenceSid"), "{body}");
    // A ring of the same number still is one.
    assert!(twiml(&stage, &ring(NUMBER)).await.contains("<ConversationRelay"));
}
