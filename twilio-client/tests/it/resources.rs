//! One exchange for each resource whose spelling could go wrong.

use twilio_client::E164;
use twilio_client::resource::calls::{CallbackMethod, Instruction, MachineDetection};
use twilio_client::resource::lookups::LookupField;
use twilio_client::sid::MessagingServiceSid;
use twilio_client::word::{ConferenceEvent, MessageStatus};

use crate::scripted::{Script, Scripted as _, Step, call};

const PARTICIPANT: &str =
    r#"{"call_sid":"CA00000000000000000000000000000001","status":"connected","hold":true}"#;
const MESSAGE: &str = r#"{"sid":"MM00000000000000000000000000000001","status":"accepted","error_code":null}"#;

fn bodies(script: &Script) -> Vec<String> {
    script.sent().iter().map(|request| String::from_utf8(request.body().to_vec()).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn somebody_is_called_into_a_conference_held_and_let_go() {
    let script = Script::new(&[
        Step::Answer(201, PARTICIPANT),
        Step::Answer(200, PARTICIPANT),
        Step::Answer(200, PARTICIPANT),
        Step::Answer(204, ""),
    ]);
    let client = script.client();
    let conference = client.conference(&"CF00000000000000000000000000000001".parse().unwrap());

    let to: E164 = "+14155550142".parse().unwrap();
    let agent = conference
        .add(to, "client:desk")
        .label("agent")
        .end_conference_on_exit(true)
        .conference_callback_events(&[ConferenceEvent::Join, ConferenceEvent::Leave])
        .await
        .unwrap();
    conference.update(&agent.call_sid).hold(true).hold_url(&"https://h/m".parse().unwrap()).await.unwrap();
    conference.update("agent").coaching(true).call_to_coach(&call()).await.unwrap();
    conference.remove("agent").await.unwrap();

    assert_eq!(agent.hold, Some(true));
    let expected = [
        "To=%2B14155550142&From=client%3Adesk&Label=agent&EndConferenceOnExit=true\
         &ConferenceStatusCallbackEvent=join&ConferenceStatusCallbackEvent=leave",
        "Hold=true&HoldUrl=https%3A%2F%2Fh%2Fm",
        "Coaching=true&CallSidToCoach=CA00000000000000000000000000000001",
        "",
    ];
    assert_eq!(bodies(&script), expected);
    assert!(script.sent()[3].uri().path().ends_with("/Participants/agent.json"));
}

#[tokio::test]
async fn machine_detection_in_the_background_is_named_as_each_resource_wants_it() {
    let call = r#"{"sid":"CA00000000000000000000000000000001","status":"queued"}"#;
    let script = Script::new(&[Step::Answer(201, PARTICIPANT), Step::Answer(201, call)]);
    let client = script.builder().unlimited_calls().build().unwrap();
    let conference = client.conference(&"CF00000000000000000000000000000001".parse().unwrap());
    let verdict = "https://h/m".parse().unwrap();
    let detection = MachineDetection::enable().in_background(&verdict, CallbackMethod::Post);

    conference.add("client:a", "client:b").machine_detection(&detection).await.unwrap();
    let twiml = Instruction::twiml("<Response/>");
    client.calls().create("client:a", "client:b", twiml).machine_detection(&detection).await.unwrap();

    let [participant, call] = bodies(&script).try_into().unwrap();
    let expected =
        "&MachineDetection=Enable&AmdStatusCallback=https%3A%2F%2Fh%2Fm&AmdStatusCallbackMethod=POST";
    assert!(participant.ends_with(expected) && !participant.contains("Async"), "{participant}");
    assert!(call.contains("AsyncAmd=true&AsyncAmdStatusCallback=https%3A%2F%2Fh%2Fm"), "{call}");
}

#[tokio::test]
async fn a_day_is_sent_as_a_day() {
    let script = Script::new(&[Step::Answer(200, r#"{"x":[]}"#); 6]);
    let client = script.client();
    let (day, call) = (jiff::civil::date(2026, 11, 20), call());
    let conference = "CF00000000000000000000000000000001".parse().unwrap();

    client.calls().list().started_on(day).pages().next_page().await.unwrap();
    client.calls().list().ended_on(day).pages().next_page().await.unwrap();
    client.messages().list().sent_on(day).pages().next_page().await.unwrap();
    client.recordings().list().created_on(day).pages().next_page().await.unwrap();
    client.recordings().of_call(&call).created_on(day).pages().next_page().await.unwrap();
    client.recordings().of_conference(&conference).created_on(day).pages().next_page().await.unwrap();

    let sent = script.sent();
    assert!(sent.iter().all(|request| request.uri().query().unwrap().ends_with("=2026-11-20")), "{sent:?}");
}

#[tokio::test]
async fn a_message_is_sent_by_a_service_and_its_text_blanked() {
    let script = Script::new(&[Step::Answer(201, MESSAGE), Step::Answer(200, MESSAGE)]);
    let client = script.client();
    let service: MessagingServiceSid = "MG00000000000000000000000000000001".parse().unwrap();

    let media = ["https://h/a".parse().unwrap(), "https://h/b".parse().unwrap()];
    let send = client.messages().send("+14155550142", service).body("Your case is 7.").media(&media);
    let message = send.await.unwrap();
    client.messages().redact(&message.sid).await.unwrap();

    assert_eq!((message.status, message.error_code), (MessageStatus::Accepted, None));
    let expected = [
        "To=%2B14155550142&MessagingServiceSid=MG00000000000000000000000000000001&Body=Your+case+is+7.\
         &MediaUrl=https%3A%2F%2Fh%2Fa&MediaUrl=https%3A%2F%2Fh%2Fb",
        "Body=",
    ];
    assert_eq!(bodies(&script), expected);
}

#[tokio::test]
async fn a_lookup_joins_its_fields_and_goes_to_its_own_host() {
    let script = Script::new(&[Step::Answer(
        200,
        r#"{"valid":true,"phone_number":"+14155550142","line_type_intelligence":{"type":"mobile"},"sim_swap":null}"#,
    )]);

    let client = script.client();
    let lookup = client.lookups().look_up("(415) 555-0142").country("US");
    let known = lookup.with(&[LookupField::CallerName, LookupField::LineTypeIntelligence]).await.unwrap();

    assert_eq!(known.valid, Some(true));
    assert!(known.phone_number.unwrap().phone().is_some());
    assert_eq!(known.line_type_intelligence.unwrap()["type"], "mobile");
    assert!(known.sim_swap.is_none());
    let uri = script.sent()[0].uri().to_string();
    let expected = "https://lookups.twilio.com/v2/PhoneNumbers/(415)%20555-0142\
                    ?CountryCode=US&Fields=caller_name%2Cline_type_intelligence";
    assert_eq!(uri, expected);
}
