//! `TwiML` as Twilio reads it.

use twilio_client::twiml::{
    Client, Conference, Connect, ConversationRelay, Dial, Element, Enqueue, Gather, Hangup, Language,
    Parameter, Pause, Play, Record, Redirect, Reject, Say, Siprec, Start, Stop, Stream, VoiceResponse,
};

fn written(response: &VoiceResponse) -> String {
    let xml = response.to_xml().unwrap();
    let body = xml.strip_prefix(r#"<?xml version="1.0" encoding="UTF-8"?>"#).unwrap();
    body.strip_prefix("<Response>")
        .and_then(|body| body.strip_suffix("</Response>"))
        .unwrap_or(body)
        .to_owned()
}

#[test]
fn a_response_without_verbs_is_a_whole_document() {
    assert_eq!(written(&VoiceResponse::new()), "<Response/>");
}

#[test]
fn verbs_stand_in_the_order_they_were_added() {
    let response = VoiceResponse::new()
        .with(Pause::seconds(0))
        .with(Play::digits("1w2"))
        .with(Redirect::new("/next?a=1&b=2").method("POST"))
        .with(Hangup::new());

    let expected = r#"<Pause length="0"/><Play digits="1w2"/><Redirect method="POST">/next?a=1&amp;b=2</Redirect><Hangup/>"#;
    assert_eq!(written(&response), expected);
}

#[test]
fn words_of_a_caller_cannot_become_verbs() {
    let response = VoiceResponse::new().with(Say::new("</Say><Dial>+1900</Dial>").voice("\"/><Hangup"));

    let expected = "<Say voice=\"&quot;/&gt;&lt;Hangup\">&lt;/Say&gt;&lt;Dial&gt;+1900&lt;/Dial&gt;</Say>";
    assert_eq!(written(&response), expected);
}

#[test]
fn a_prompt_stands_inside_gather_and_lists_have_spaces() {
    let gather =
        Gather::new().input(&["dtmf", "speech"]).num_digits(4).barge_in(false).with(Say::new("Your number?"));

    let expected =
        r#"<Gather input="dtmf speech" numDigits="4" bargeIn="false"><Say>Your number?</Say></Gather>"#;
    assert_eq!(written(&VoiceResponse::new().with(gather)), expected);
}

#[test]
fn a_warm_transfer_dials_into_a_conference_and_a_client_gets_parameters() {
    let conference = Conference::new("case 7").start_conference_on_enter(true).end_conference_on_exit(false);
    let client = Client::new("alice").with(Parameter::new("case", "00123"));
    let response =
        VoiceResponse::new().with(Dial::new().with(conference)).with(Dial::new().timeout(20).with(client));

    let expected = concat!(
        r#"<Dial><Conference startConferenceOnEnter="true" endConferenceOnExit="false">case 7</Conference></Dial>"#,
        r#"<Dial timeout="20"><Client><Identity>alice</Identity><Parameter name="case" value="00123"/></Client></Dial>"#,
    );
    assert_eq!(written(&response), expected);
}

#[test]
fn audio_goes_to_streams_forks_and_agents() {
    let relay =
        ConversationRelay::new("wss://h/r").dtmf_detection(true).with(Language::new("es-ES").voice("v"));
    let response = VoiceResponse::new()
        .with(Start::new().with(Siprec::named("fork").track("both_tracks").with(Parameter::new("k", "v"))))
        .with(Stop::new().with(Stream::named("ear")))
        .with(Connect::new().action("/done").with(relay))
        .with(Connect::new().with(Element::new("Future").attribute("novelty", "1")));

    let expected = concat!(
        r#"<Start><Siprec name="fork" track="both_tracks"><Parameter name="k" value="v"/></Siprec></Start>"#,
        r#"<Stop><Stream name="ear"/></Stop>"#,
        r#"<Connect action="/done"><ConversationRelay url="wss://h/r" dtmfDetection="true">"#,
        r#"<Language code="es-ES" voice="v"/></ConversationRelay></Connect>"#,
        r#"<Connect><Future novelty="1"/></Connect>"#,
    );
    assert_eq!(written(&response), expected);
}

#[test]
fn a_task_carries_its_attributes_as_json_text() {
    let response = VoiceResponse::new()
        .with(Enqueue::task("WW1", r#"{"case":"7"}"#))
        .with(Record::new().max_length(120).play_beep(true))
        .with(Reject::new().reason("busy").attribute("novelty", "x"));

    let expected = concat!(
        r#"<Enqueue workflowSid="WW1"><Task>{&quot;case&quot;:&quot;7&quot;}</Task></Enqueue>"#,
        r#"<Record maxLength="120" playBeep="true"/><Reject reason="busy" novelty="x"/>"#,
    );
    assert_eq!(written(&response), expected);
}
