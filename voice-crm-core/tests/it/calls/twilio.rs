//! Calls that come in by Twilio, from the first ring to the record.

use bytes::Bytes;
use salesforce_emulator::{Fault, Field};
use serde_json::{Value, json};
use twilio_client::{
    AuthToken, SharedKey, WebhookVerifier,
    origin::PublicOrigin,
    signature::{Algorithm, Payload, SETTINGS_HEADER, SIGNATURE_HEADER, sign, sign_with_shared_key},
};
use voice_crm_core::{
    channel::{Reply, Twilio, WebhookRequest, twilio::VoiceAgent},
    journal::MemoryJournal,
    routing::Rules,
};
use voice_crm_salesforce::{AfterCall, LeftMessage, SalesforceCrm, UnknownCaller};

use crate::stage::{NUMBER, Stage, builder, call_json, client, org};

pub(super) const PATH: &str = "/webhook/twilio";
pub(super) const URL: &str = "https://voice.example.com/webhook/twilio";
pub(super) const CALL: &str = "CA0123456789abcdef0123456789abcdef";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

const RULES: &str = r#"
    [default]
    queue = "agent"
    [queues.hardware]
    workflow = "WW1"
    [queues.vip]
    number = "+14155550100"
    [[rule]]
    name = "urgent"
    when = { open_case_priority = ["High"] }
    queue = "hardware"
    priority = 5
    greeting = "Hello {name}."
    [[rule]]
    name = "known"
    when = { kind = "contact" }
    greeting = "Hello {name}."
    [[rule]]
    name = "stranger"
    when = { kind = "nobody" }
    queue = "voicemail"
"#;

pub(super) fn token() -> AuthToken {
    AuthToken::new("canary-token-77aa").unwrap()
}

pub(super) async fn stage() -> Stage {
    stage_with(AfterCall::new()).await
}

pub(super) async fn stage_with(after: AfterCall) -> Stage {
    let origin: PublicOrigin = "https://voice.example.com".parse().unwrap();
    let agent = VoiceAgent::Relay("wss://voice.example.com/relay".to_owned());
    let twilio = Twilio::new(WebhookVerifier::new(&token()), origin, agent).callback(URL);
    let rules: Rules = RULES.parse().unwrap();
    let org = org().field("Lead", Field::external_id("Voice_Key__c")).start().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url())).after_call(after);
    let builder = builder(org.url(), MemoryJournal::new()).crm(crm);
    let bridge = builder.channel(PATH, twilio).routing(rules).start().unwrap();
    Stage::of(org, bridge)
}

pub(super) async fn send(stage: &Stage, params: &[(&str, &str)], signature: Option<String>) -> Reply {
    let escaped =
        |text: &str| text.replace('+', "%2B").replace(' ', "+").replace(':', "%3A").replace('/', "%2F");
    let body: Vec<String> = params.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let body = body.join("&");
    let signed = sign(&token(), URL, Payload::of("POST", Some(FORM), body.as_bytes())).unwrap();
    let signature = signature.unwrap_or(signed);
    let header = |name: &str| match name.to_ascii_lowercase().as_str() {
        "x-twilio-signature" => Some(signature.as_bytes()),
        "content-type" => Some(FORM.as_bytes()),
        _ => None,
    };
    let request = WebhookRequest { method: "POST", url: PATH, header: &header, body: Bytes::from(body) };
    stage.bridge.handle(PATH, request).await
}

pub(super) async fn twiml(stage: &Stage, params: &[(&str, &str)]) -> String {
    let reply = send(stage, params, None).await;
    assert_eq!((reply.status, reply.content_type), (200, "text/xml"));
    String::from_utf8(reply.body.to_vec()).unwrap()
}

pub(super) fn ring(from: &str) -> [(&str, &str); 5] {
    [
        ("CallSid", CALL),
        ("CallStatus", "ringing"),
        ("Direction", "inbound"),
        ("From", from),
        ("To", "+14155550100"),
    ]
}

pub(super) fn status<'a>(word: &'a str, number: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("CallSid", CALL),
        ("CallStatus", word),
        ("Direction", "inbound"),
        ("From", NUMBER),
        ("SequenceNumber", number),
        ("Timestamp", "Fri, 20 Nov 2026 10:04:00 +0000"),
        ("CallDuration", "240"),
    ]
}

#[tokio::test]
async fn half_a_character_costs_no_more_of_a_transcription_than_itself() {
    let agent = VoiceAgent::Relay("wss://voice.example.com/relay".to_owned());
    let origin = "https://voice.example.com".parse().unwrap();
    let twilio = Twilio::new(WebhookVerifier::new(&token()), origin, agent);
    let stage = Stage::with(org(), |builder| {
        builder.channel(PATH, twilio).live(voice_crm_core::live::LiveBounds::default())
    })
    .await;
    let data = r#"{"transcript":"it smokes \ud83d","confidence":0.9}"#;
    let said = [
        ("CallSid", CALL),
        ("TranscriptionEvent", "transcription-content"),
        ("TranscriptionData", data),
        ("Final", "true"),
        ("Track", "inbound_track"),
    ];
    twiml(&stage, &said).await;
    let cards = stage.bridge.live().cards(&voice_crm_core::live::LiveFilter::all());
    assert_eq!(cards[0].lines[0].text, "it smokes \u{fffd}");
}

#[tokio::test]
async fn what_a_shared_key_signed_is_taken_and_says_so_in_its_settings() {
    let key = SharedKey::new("canary-webhook-secret-91be").unwrap();
    let agent = VoiceAgent::Relay("wss://voice.example.com/relay".to_owned());
    let origin = "https://voice.example.com".parse().unwrap();
    let twilio = Twilio::new(WebhookVerifier::shared_key(&key), origin, agent);
    let stage = Stage::with(org(), |builder| builder.channel(PATH, twilio)).await;
    let body = Bytes::from_static(b"CallSid=CA0123456789abcdef0123456789abcdef&CallStatus=completed");
    let signature = sign_with_shared_key(&key, Algorithm::Sha256, URL, Payload::Form(&body)).unwrap();
    for (settings, status) in [(Some("key=webhooks_sharedkey_01,algorithm=HMAC_SHA256"), 200), (None, 401)] {
        let header = |name: &str| match name {
            SIGNATURE_HEADER => Some(signature.as_bytes()),
            SETTINGS_HEADER => settings.map(str::as_bytes),
            "content-type" => Some(FORM.as_bytes()),
            _ => None,
        };
        let request = WebhookRequest { method: "POST", url: PATH, header: &header, body: body.clone() };
        assert_eq!(stage.bridge.handle(PATH, request).await.status, status, "{settings:?}");
    }
}

#[tokio::test]
async fn a_known_caller_is_greeted_by_name_and_connected_to_the_agent() {
    let stage = stage().await;
    let answer = twiml(&stage, &ring(NUMBER)).await;
    assert!(
        answer.contains("<ConversationRelay") && answer.contains(r#"welcomeGreeting="Hello Ada Lovelace.""#),
        "{answer}"
    );
    assert_eq!(stage.org.stats().api_calls, 1);
    // The look-up serves the functions of the call as well.
    stage.tool("c", "1", "find_customer", json!({})).await;
    assert_eq!(stage.org.stats().api_calls, 1);
}

#[tokio::test]
async fn a_number_that_the_network_denies_is_not_greeted_by_the_name_of_its_owner() {
    let stage = stage().await;
    let mut forged = ring(NUMBER).to_vec();
    forged.push(("StirVerstat", "TN-Validation-Failed-A"));
    let answer = twiml(&stage, &forged).await;
    assert!(answer.contains("<Record") && !answer.contains("Ada"), "a stranger like any other: {answer}");
    assert_eq!(stage.org.stats().api_calls, 0);
}

#[tokio::test]
async fn an_open_case_sends_the_call_to_its_queue_with_the_record_to_show() {
    let stage = stage().await;
    let case = json!({ "Subject": "It smokes", "Priority": "High", "ContactId": stage.contact });
    let case = stage.org.insert("Case", case).unwrap();
    let answer = twiml(&stage, &ring(NUMBER)).await;
    assert!(answer.contains(r#"<Enqueue workflowSid="WW1" action="#), "{answer}");
    let task =
        answer.split("<Task>").nth(1).unwrap().split("</Task>").next().unwrap().replace("&quot;", "\"");
    let task: Value = serde_json::from_str(&task).unwrap();
    assert_eq!((&task["sfdcObjectId"], &task["sfdcObjectType"]), (&Value::from(case), &json!("Case")));
    assert_eq!((&task["priority"], &task["queue"]), (&json!(5), &json!("hardware")));
}

#[tokio::test]
async fn a_stranger_leaves_a_message_and_a_silent_org_keeps_nobody_waiting() {
    let stage = stage().await;
    assert!(twiml(&stage, &ring("+12125550187")).await.contains("<Record"));
    assert!(twiml(&stage, &ring("+266696687")).await.contains("<Record"));
    stage.org.faults().next(200, Fault::Unavailable503BeforeWrite);
    let answer = twiml(&stage, &ring("+12125550188")).await;
    assert!(answer.contains("<ConversationRelay"), "the default of the rules: {answer}");
}

#[tokio::test]
async fn who_has_left_a_message_is_not_asked_for_another_and_the_message_is_kept() {
    let stage = stage().await;
    let recording = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1";
    // With silence at the end no key is told, and but for the recording it reads like a call that comes in.
    for digits in [None, Some(("Digits", "hangup"))] {
        let mut after = ring("+12125550187").to_vec();
        after[1] = ("CallStatus", "in-progress");
        after.extend([("RecordingUrl", recording), ("RecordingSid", "RE1"), ("RecordingDuration", "12")]);
        after.extend(digits);
        assert_eq!(twiml(&stage, &after).await, "<Response><Hangup/></Response>");
    }
    twiml(&stage, &status("completed", "2")).await;
    stage.drained().await;
    assert!(stage.only("Task")["Description"].as_str().unwrap().contains(recording));
}

const MESSAGE: &str = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1";

/// What Twilio asks when the caller has left a message.
fn message_left(from: &str) -> Vec<(&str, &str)> {
    let mut after = ring(from).to_vec();
    after[1] = ("CallStatus", "in-progress");
    after.extend([("RecordingUrl", MESSAGE), ("RecordingSid", "RE1"), ("RecordingDuration", "12")]);
    after
}

#[tokio::test]
async fn a_message_becomes_one_case_of_the_caller_in_whatever_order_it_is_told() {
    for order in [[0, 1, 0, 1], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]] {
        let stage = stage_with(AfterCall::new().message(LeftMessage::CreateCase)).await;
        for told in order {
            let webhook = if told == 0 { message_left(NUMBER) } else { status("completed", "2") };
            twiml(&stage, &webhook).await;
            stage.drained().await;
        }
        let case = stage.only("Case");
        assert_eq!(case["ContactId"], stage.contact, "{order:?}");
        assert_eq!(case["SuppliedPhone"], NUMBER);
        let description = case["Description"].as_str().unwrap();
        assert!(description.contains(MESSAGE) && description.contains("(12 s)"), "{description}");
        assert!(stage.only("Task")["Description"].as_str().unwrap().contains(MESSAGE));
    }
}

#[tokio::test]
async fn a_stranger_who_leaves_a_message_is_somebody_to_call_back() {
    let after = AfterCall::new().unknown_caller(UnknownCaller::CreateLead).message(LeftMessage::CreateTask);
    let stage = stage_with(after).await;
    let stranger = "+12125550187";
    twiml(&stage, &message_left(stranger)).await;
    let mut over = status("completed", "2");
    over[3] = ("From", stranger);
    // The answer to the request that makes everything is lost: what it made is not made again.
    stage.org.faults().pass(1);
    stage.org.faults().next(1, Fault::CutAfterWrite);
    twiml(&stage, &over).await;
    stage.drained().await;

    let lead = stage.only("Lead");
    let tasks = stage.org.records("Task");
    let open: Vec<_> = tasks.iter().filter(|task| task["Status"] == "Not Started").collect();
    assert_eq!((tasks.len(), open.len()), (2, 1));
    assert_eq!(open[0]["WhoId"], lead["Id"]);
    assert!(open[0]["Description"].as_str().unwrap().contains(MESSAGE));
    assert!(stage.org.records("Case").is_empty());
}

#[tokio::test]
async fn a_recording_of_a_conversation_is_no_message() {
    let stage = stage_with(AfterCall::new().message(LeftMessage::CreateCase)).await;
    let recording = [
        ("CallSid", CALL),
        ("RecordingSid", "RE0123456789abcdef0123456789abcdef"),
        ("RecordingStatus", "completed"),
        ("RecordingUrl", MESSAGE),
    ];
    send(&stage, &recording, None).await;
    twiml(&stage, &status("completed", "2")).await;
    stage.drained().await;
    assert!(stage.only("Task")["Description"].as_str().unwrap().contains(MESSAGE));
    assert!(stage.org.records("Case").is_empty());
}

#[tokio::test]
async fn a_wrong_signature_is_turned_away() {
    let stage = stage().await;
    let reply = send(&stage, &ring(NUMBER), Some("c2lnbmF0dXJl".to_owned())).await;
    assert_eq!(reply.status, 401);
    assert_eq!(stage.org.stats().api_calls, 0);
}

#[tokio::test]
async fn an_unanswered_transfer_ends_at_the_voicemail_and_an_answered_one_ends() {
    let stage = stage().await;
    let dialled = |word| [("CallSid", CALL), ("DialCallStatus", word), ("From", NUMBER)];
    assert!(twiml(&stage, &dialled("no-answer")).await.contains("<Record"));
    assert_eq!(twiml(&stage, &dialled("completed")).await, "<Response/>");
}

#[tokio::test]
async fn both_ends_of_a_call_through_twilio_and_vapi_are_one_record_in_any_order() {
    let report = |call: &str| {
        let mut message = json!({
            "type": "end-of-call-report", "call": call_json(call), "endedReason": "assistant-forwarded-call",
            "endedAt": "2026-11-20T10:03:04Z", "durationSeconds": 180, "artifact": { "transcript": "User: hello" },
        });
        message["call"]["phoneCallProviderId"] = CALL.into();
        message["call"]["phoneCallProvider"] = "twilio".into();
        message
    };
    for vapi_first in [true, false] {
        let stage = stage().await;
        if vapi_first {
            stage.message(report("vapi-1")).await;
        }
        for (number, word) in [("2", "completed"), ("0", "ringing"), ("1", "in-progress"), ("2", "completed")]
        {
            assert_eq!(send(&stage, &status(word, number), None).await.status, 200);
        }
        stage.drained().await;
        if !vapi_first {
            stage.message(report("vapi-1")).await;
        }
        stage.drained().await;
        let recording = [
            ("CallSid", CALL),
            ("RecordingSid", "RE0123456789abcdef0123456789abcdef"),
            ("RecordingStatus", "completed"),
            ("RecordingUrl", "https://api.example.com/RE1"),
            ("RecordingDuration", "200"),
        ];
        send(&stage, &recording, None).await;
        stage.drained().await;

        let task = stage.only("Task");
        assert_eq!(task["CallDurationInSeconds"], 240, "the longer of the two");
        assert_eq!(
            task["CallDisposition"], "assistant-forwarded-call",
            "the word of who spoke with the caller"
        );
        let description = task["Description"].as_str().unwrap();
        assert_eq!(description, "Recording: https://api.example.com/RE1\n\nTranscript:\nUser: hello");
        assert_eq!(task["WhoId"], Value::from(stage.contact.as_str()));
    }
}

#[tokio::test]
async fn a_leg_that_was_dialled_belongs_to_the_call_and_does_not_end_it() {
    let stage = stage().await;
    let mut leg = status("completed", "3");
    leg[0] = ("CallSid", "CAffffffffffffffffffffffffffffffff");
    leg.push(("ParentCallSid", CALL));
    send(&stage, &leg, None).await;
    stage.drained().await;
    assert_eq!(stage.org.count("Task"), 0);
    send(&stage, &status("completed", "4"), None).await;
    stage.drained().await;
    stage.only("Task");
}

#[tokio::test]
async fn a_machine_that_answered_is_on_the_record() {
    let stage = stage().await;
    send(
        &stage,
        &[("CallSid", CALL), ("AnsweredBy", "machine_start"), ("MachineDetectionDuration", "1200")],
        None,
    )
    .await;
    send(&stage, &status("completed", "1"), None).await;
    stage.drained().await;
    assert_eq!(stage.only("Task")["CallDisposition"], "completed");
}
