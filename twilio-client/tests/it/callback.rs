//! Webhook parameters by family.

use proptest::prelude::*;
use twilio_client::WebhookVerifier;
use twilio_client::auth::AuthToken;
use twilio_client::callback::{
    Callback, ConnectionOverrides, DialCallback, Params, RecordingCallback, VoiceCallback,
};
use twilio_client::endpoint::Endpoint;
use twilio_client::signature::{Payload, SignedRequest};
use twilio_client::word::{
    AnsweredBy, CallStatus, ConferenceEvent, Direction, RecordingSource, RecordingStatus,
};

const CALL: &str = "CA00000000000000000000000000000001";

fn params(text: &str) -> Params {
    Params::parse(text.as_bytes())
}

#[test]
fn a_call_that_comes_in_is_read_with_everything_unknown() {
    let voice = VoiceCallback::from(params(&format!(
        "CallSid={CALL}&CallStatus=ringing&Direction=inbound&From=%2B14155550142&To=%2B14155550143&CallerName=\
         &StirVerstat=TN-Validation-Passed-A&SipHeader_X-Case=7&Novelty=a&Novelty=b&FromCity=SAN+JOSE"
    )));

    assert_eq!(voice.call_sid().unwrap().as_str(), CALL);
    assert_eq!(
        (voice.call_status(), voice.direction()),
        (Some(CallStatus::Ringing), Some(Direction::Inbound))
    );
    assert!(voice.caller().unwrap().phone().is_some() && voice.stir().unwrap().is_vouched_for());
    assert_eq!((voice.caller_name(), voice.from_city().as_deref()), (None, Some("SAN JOSE")));
    assert!(voice.params().all("Novelty").eq(["a", "b"]));
    assert!(voice.params().with_prefix("SipHeader_X-").eq([("Case", "7")]));
}

#[test]
fn callers_that_are_not_numbers_are_of_their_own_kinds() {
    for text in [
        "anonymous",
        "Anonymous",
        "+266696687",
        "266696687",
        "+Restricted",
        "7378742833",
        "+8566696",
        "unavailable",
        "",
    ] {
        assert!(matches!(Endpoint::from(text), Endpoint::Anonymous(_)), "{text}");
    }
    assert!(matches!(Endpoint::from("12345"), Endpoint::ShortCode(_)));
    assert!(matches!(Endpoint::from("sips:a@b"), Endpoint::Sip(_)));
    assert!(matches!(Endpoint::from("client:alice"), Endpoint::Client(_)));
    assert!(matches!(Endpoint::from("whatsapp:+14155550142"), Endpoint::Other(_)));
}

/// The family of a webhook, in a word.
fn family(text: &str) -> &'static str {
    match Callback::of(params(text)) {
        Callback::Voice(_) => "voice",
        Callback::CallStatus(_) => "status",
        Callback::Amd(_) => "amd",
        Callback::Gather(_) => "gather",
        Callback::Record(_) => "record",
        Callback::Dial(_) => "dial",
        Callback::Enqueue(_) => "enqueue",
        Callback::Queue(_) => "queue",
        Callback::Refer(_) => "refer",
        Callback::Pay(_) => "pay",
        Callback::RecordingText(_) => "recording text",
        Callback::ConferenceWait(_) => "conference wait",
        Callback::VirtualAgent(_) => "virtual agent",
        Callback::Recording(_) => "recording",
        Callback::Conference(_) => "conference",
        Callback::Stream(_) => "stream",
        Callback::Siprec(_) => "siprec",
        Callback::Transcription(_) => "transcription",
        Callback::RelayEnd(_) => "relay",
        Callback::Message(_) => "message",
        Callback::Assignment(_) => "assignment",
        Callback::Routing(_) => "routing",
        _ => "unknown",
    }
}

#[test]
fn each_family_is_known_by_what_only_it_has() {
    for (text, expected) in [
        ("CallSid=C&CallStatus=ringing&Direction=inbound", "voice"),
        ("CallSid=C&CallStatus=completed&SequenceNumber=0&CallbackSource=call-progress-events", "status"),
        ("CallSid=C&CallStatus=completed&CallDuration=1", "status"),
        ("CallSid=C&AnsweredBy=human&MachineDetectionDuration=1200", "amd"),
        ("CallSid=C&AnsweredBy=human&MachineDetectionDuration=1200&Direction=outbound-api", "voice"),
        (
            "CallSid=C&CallStatus=in-progress&AnsweredBy=human&SequenceNumber=2&Direction=outbound-api",
            "status",
        ),
        ("CallSid=C&CallStatus=in-progress&Digits=12", "gather"),
        ("CallSid=C&UnstableSpeechResult=hel&SequenceNumber=2", "gather"),
        ("CallSid=C&DialCallStatus=no-answer&RecordingUrl=u", "dial"),
        ("CallSid=C&RecordingSid=R&RecordingStatus=completed", "recording"),
        ("ConferenceSid=F&StatusCallbackEvent=participant-join&CallSid=C&SequenceNumber=1", "conference"),
        ("CallSid=C&StreamSid=M&StreamEvent=stream-error&StreamError=x", "stream"),
        ("CallSid=C&SiprecSid=S&SiprecError=x", "siprec"),
        ("CallSid=C&TranscriptionEvent=transcription-content&SequenceId=1", "transcription"),
        ("CallSid=C&SessionId=VX&SessionStatus=ended&HandoffData=%7B%7D", "relay"),
        ("MessageSid=SM&MessageStatus=sent", "message"),
        ("WorkspaceSid=W&ReservationSid=R&TaskSid=T", "assignment"),
        ("WorkspaceSid=W&EventType=task.created&TaskSid=T", "routing"),
        ("Something=else", "unknown"),
        ("", "unknown"),
    ] {
        assert_eq!(family(text), expected, "{text}");
    }
}

#[test]
fn a_family_is_known_by_the_presence_of_its_parameters_and_not_by_their_values() {
    let call = "CallSid=C&CallStatus=in-progress&Direction=inbound&From=%2B14155550142";
    for (more, expected) in [
        ("Digits=&FinishedOnKey=", "gather"),
        ("SpeechResult=&Confidence=0.0", "gather"),
        ("StableSpeechResult=it+smokes&UnstableSpeechResult=&SequenceNumber=1", "gather"),
        ("StableSpeechResult=&SequenceNumber=1", "gather"),
        ("RecordingUrl=u&RecordingSid=R&RecordingDuration=4", "record"),
        ("RecordingUrl=&RecordingSid=&RecordingDuration=0&Digits=hangup", "record"),
        ("RecordingUrl=u&RecordingSid=R&CallDuration=9&SequenceNumber=3", "status"),
        ("RecordingUrl=u&DialCallStatus=", "dial"),
        ("QueueResult=&QueueSid=Q&QueueTime=1", "enqueue"),
        ("QueueSid=Q&QueuePosition=&QueueTime=1&AvgQueueTime=1&CurrentQueueSize=1", "queue"),
        ("QueueSid=Q&QueueTime=1&DequeingCallSid=", "queue"),
        ("ReferCallStatus=&ReferSipResponseCode=202", "refer"),
        ("ReferTransferTarget=", "refer"),
        ("Result=success&PaymentConfirmationCode=", "pay"),
        ("Result=payment-connector-error&PayErrorCode=", "pay"),
        ("PaymentSid=&For=payment-card-number&Attempt=1", "pay"),
        (
            "TranscriptionSid=T&TranscriptionText=&TranscriptionStatus=completed&RecordingUrl=u",
            "recording text",
        ),
        ("TranscriptionEvent=&TranscriptionSid=GT", "transcription"),
        ("RecordingStatus=&RecordingSid=R", "recording"),
        ("ConferenceSid=F&StatusCallbackEvent=", "conference"),
        ("ConferenceSid=F&FriendlyName=case", "conference wait"),
        ("SessionStatus=&SessionId=VX", "relay"),
        ("HandoffData=", "relay"),
        ("VirtualAgentStatus=", "virtual agent"),
        ("StreamEvent=&StreamSid=M", "stream"),
        ("SiprecEvent=", "siprec"),
        ("SmsSid=&SmsStatus=", "message"),
        ("Novelty=", "voice"),
    ] {
        assert_eq!(family(&format!("{call}&{more}")), expected, "{more}");
        assert_eq!(family(&format!("{more}&{call}")), expected, "{more}, in another order");
    }
    // What is told of a conference or a recording of it names no call.
    assert_eq!(
        family("ConferenceSid=F&RecordingSid=R&RecordingStatus=completed&RecordingUrl=u"),
        "recording"
    );
    assert_eq!(
        family("ConferenceSid=F&StatusCallbackEvent=conference-end&CallSidEndingConference="),
        "conference"
    );
    assert_eq!(family("ConversationSid=CH&EventType=onMessageAdded&MessageSid=IM"), "unknown");
}

#[test]
fn a_dial_says_whether_the_caller_spoke_with_somebody() {
    let reached = |text: &str| DialCallback::from(params(text)).has_reached_somebody();

    for text in
        ["DialCallStatus=completed", "DialCallStatus=answered", "DialCallStatus=failed&DialBridged=true"]
    {
        assert!(reached(text), "{text}");
    }
    for text in ["DialCallStatus=busy", "DialCallStatus=completed&DialBridged=false", "DialCallStatus="] {
        assert!(!reached(text), "{text}");
    }
}

#[test]
fn words_of_recordings_conferences_and_machines_are_read_openly() {
    let recording = RecordingCallback::from(params(
        "RecordingSid=RE00000000000000000000000000000001&RecordingStatus=absent&RecordingDuration=-1\
         &RecordingSource=StartCallRecordingAPI",
    ));
    assert_eq!(recording.recording_status(), Some(RecordingStatus::Absent));
    assert_eq!(recording.source(), Some(RecordingSource::StartCallRecordingApi));
    assert_eq!(recording.duration(), None);
    let Callback::Conference(left) =
        Callback::of(params("ConferenceSid=CF&StatusCallbackEvent=participant-unhold&Hold=False"))
    else {
        panic!("not a conference")
    };
    assert_eq!((left.kind(), left.hold()), (Some(ConferenceEvent::Hold), Some(false)));
    let Callback::Amd(verdict) =
        Callback::of(params(&format!("CallSid={CALL}&AnsweredBy=robot&MachineDetectionDuration=9")))
    else {
        panic!("not a verdict")
    };
    assert_eq!(verdict.answered_by(), Some(AnsweredBy::from("robot")));
}

#[test]
fn an_override_is_not_signed() {
    let verifier = WebhookVerifier::new(&AuthToken::new("the-auth-token-of-the-account").unwrap());
    let url = ConnectionOverrides::new().retries(3).unwrap().on("https://voice.example.com/voice?queue=2");
    let body = Payload::Form(b"CallStatus=ringing");

    let signed = SignedRequest::new(&url, Some(b"So72yZjLcDO5C71WxYHSNvkvU74="), body);
    assert!(verifier.verify(&signed).is_ok());
}

#[test]
fn debug_shows_names_only() {
    let text = "CallSid=C&From=%2B14155550142&SpeechResult=canary-transcript-c0de&Digits=1";

    let seen = format!("{:?} {:#?}", Callback::of(params(text)), Callback::of(params(text)));
    assert!(!seen.contains("canary") && !seen.contains("4155550142") && seen.contains("SpeechResult"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_as_some_family(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Callback::of(Params::parse(&bytes));
    }

    #[test]
    fn nothing_is_dropped_between_the_wire_and_the_parameters(
        pairs in proptest::collection::vec(("[A-Za-z]{1,8}", "\\PC{0,12}"), 0..8)
    ) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let read = Params::parse(body.as_bytes());
        prop_assert!(read.iter().eq(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
    }
}
