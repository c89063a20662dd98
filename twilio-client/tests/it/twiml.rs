//! `TwiML` as Twilio reads it.

use proptest::prelude::*;
use twilio_client::twiml::ssml;
use twilio_client::twiml::{
    AiSession, Application, Client, Conference, Config, Connect, ConversationRelay, Dial, Echo, Element,
    Enqueue, Gather, Hangup, InvalidTwiml, Language, Media, Message, MessagingResponse, Number, Parameter,
    ParseErrorKind, Pause, Pay, Play, Prompt, Queue, Record, Recording, Redirect, Refer, ReferSip, Reject,
    Room, Say, Sim, Siprec, Start, Stop, Stream, Task, Transcription, VirtualAgent, VoiceResponse,
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

#[test]
fn every_verb_and_noun_has_its_place() {
    let speech = Say::new("Case ").with(ssml::SayAs::new("7").interpret_as("digits")).then(" is open.");
    let pay = Pay::new().charge_amount("9.90").with(
        Prompt::new().step("payment-card-number").error_type(&["timeout"]).with(Say::new("Your card?")),
    );
    let transcription = Transcription::new().name("t").language("en-US").with(Config::new("a", "b"));
    let response = VoiceResponse::new()
        .with(speech)
        .with(Echo::new())
        .with(pay)
        .with(Refer::new().with(ReferSip::new("sip:a@b")))
        .with(Start::new().with(transcription).with(Recording::new().channels("dual")))
        .with(Stop::new().with(Transcription::named("t")))
        .with(Connect::new().with(VirtualAgent::new("df").with(Parameter::new("k", "v"))))
        .with(Connect::new().with(AiSession::new("x")))
        .with(Connect::new().with(Room::new("r")))
        .with(Dial::new().with(Application::new("AP1").with(Parameter::new("k", "v"))).with(Sim::new("DE1")))
        .with(Enqueue::new("q").with(Task::new("{}").priority(5)))
        .with(Queue::new("support"));

    let expected = concat!(
        r#"<Say>Case <say-as interpret-as="digits">7</say-as> is open.</Say><Echo/>"#,
        r#"<Pay chargeAmount="9.90"><Prompt for="payment-card-number" errorType="timeout">"#,
        r#"<Say>Your card?</Say></Prompt></Pay><Refer><Sip>sip:a@b</Sip></Refer>"#,
        r#"<Start><Transcription name="t" languageCode="en-US"><Config name="a" value="b"/></Transcription>"#,
        r#"<Recording channels="dual"/></Start><Stop><Transcription name="t"/></Stop>"#,
        r#"<Connect><VirtualAgent connectorName="df"><Parameter name="k" value="v"/></VirtualAgent></Connect>"#,
        r#"<Connect><AiSession aiConnector="x"/></Connect><Connect><Room>r</Room></Connect>"#,
        r#"<Dial><Application><ApplicationSid>AP1</ApplicationSid><Parameter name="k" value="v"/></Application>"#,
        r#"<Sim>DE1</Sim></Dial><Enqueue>q<Task priority="5">{}</Task></Enqueue><Queue>support</Queue>"#,
    );
    assert_eq!(written(&response), expected);
    assert_eq!(VoiceResponse::parse(&response.to_xml().unwrap()).unwrap(), response);
}

/// What is wrong with a document that has this in its response.
fn refused(verb: impl Into<Element>) -> Option<InvalidTwiml> {
    VoiceResponse::new().with(verb.into()).to_xml().err()
}

#[test]
fn a_verb_in_the_wrong_place_is_refused_though_the_compiler_cannot_see_it() {
    let place = |element: &'static str, parent: &'static str| {
        Some(InvalidTwiml::Place { element: element.into(), parent: parent.into() })
    };
    let inside =
        |outer: &'static str, inner: &'static str| Element::new(outer).child(Element::new(inner).text("x"));

    assert_eq!(refused(inside("Gather", "Dial")), place("Dial", "Gather"));
    assert_eq!(refused(inside("Gather", "Record")), place("Record", "Gather"));
    assert_eq!(refused(Element::new("Number").text("+14155550100")), place("Number", "Response"));
    assert_eq!(refused(inside("Start", "ConversationRelay")), place("ConversationRelay", "Start"));
    assert_eq!(refused(inside("Dial", "Say")), place("Say", "Dial"));
    let message = MessagingResponse::new().with(Element::new("Body").text("x"));
    assert_eq!(message.to_xml().err(), place("Body", "Response"));
    // Novelties are not judged, nor what stands in them.
    assert_eq!(refused(Element::new("Novelty").child(Element::new("Say").text("x"))), None);
    assert_eq!(refused(inside("Dial", "Novelty")), None);
}

#[test]
fn a_verb_without_what_it_is_about_is_refused() {
    let missing = |verb: Element| match refused(verb) {
        Some(InvalidTwiml::Missing { element, what }) => format!("{element} needs {what}"),
        other => format!("{other:?}"),
    };

    assert_eq!(missing(Say::new(" ").into()), "Say needs a text or an element in it");
    assert_eq!(missing(Play::new("").into()), "Play needs an address or digits");
    assert_eq!(missing(Redirect::new("").into()), "Redirect needs a text");
    assert_eq!(missing(Dial::new().into()), "Dial needs a text or an element in it");
    assert_eq!(missing(Dial::new().with(Number::new("")).into()), "Number needs a text");
    assert_eq!(missing(Enqueue::new("").into()), "Enqueue needs the name of a queue or a workflowSid");
    assert_eq!(missing(Connect::new().into()), "Connect needs an element in it");
    assert_eq!(
        missing(Connect::new().with(ConversationRelay::new("")).into()),
        "ConversationRelay needs a url"
    );
    let nameless = Stop::new().with(Stream::named(""));
    assert_eq!(missing(nameless.into()), "Stream needs the name of the stream to stop");
    assert_eq!(missing(Refer::new().into()), "Refer needs a Sip");
    let empty = MessagingResponse::new().with(Message::without_text()).to_xml();
    assert!(matches!(empty, Err(InvalidTwiml::Missing { .. })));
}

#[test]
fn what_is_longer_or_more_than_twilio_takes_is_refused() {
    let too_long =
        |element: &'static str, most| Some(InvalidTwiml::TooLong { element: element.into(), most });
    let words = |length| "é".repeat(length);

    assert_eq!(refused(Say::new(words(4096))), None);
    assert_eq!(refused(Say::new(words(4097))), too_long("Say", 4096));
    let many = (0..20).fold(VoiceResponse::new(), |all, _| all.with(Say::new(words(2000))));
    assert_eq!(many.to_xml().err(), too_long("Response", 65_536));
    let message = MessagingResponse::new().with(Message::new(words(1601)));
    assert_eq!(message.to_xml().err(), too_long("Body", 1600));
    let passed = Connect::new().with(Stream::new("wss://h/s").with(Parameter::new("k", words(500))));
    assert_eq!(refused(passed), too_long("Parameter", 500));
    let ten = (0..10).fold(Dial::new(), |dial, _| dial.with(Number::new("+14155550100")));
    assert_eq!(refused(ten.clone()), None);
    let eleven = ten.with(Number::new("+14155550100"));
    assert_eq!(refused(eleven), Some(InvalidTwiml::TooMany { element: "Dial".into(), most: 10 }));
    let two = Connect::new().with(Stream::new("wss://h/a")).with(Stream::new("wss://h/b"));
    assert_eq!(refused(two), Some(InvalidTwiml::TooMany { element: "Connect".into(), most: 1 }));
}

#[test]
fn a_value_that_twilio_does_not_take_is_refused_by_its_name() {
    let value = |verb: Element| match refused(verb) {
        Some(InvalidTwiml::Value { attribute, .. }) => Some(attribute),
        _ => None,
    };

    assert_eq!(value(Dial::new().timeout(601).with(Number::new("+14155550100")).into()), Some("timeout"));
    assert_eq!(value(Gather::new().num_digits(0).into()), Some("numDigits"));
    assert_eq!(value(Record::new().max_length(0).into()), Some("maxLength"));
    assert_eq!(value(Play::digits("1-2").into()), Some("digits"));
    assert_eq!(value(Reject::new().reason("tired").into()), Some("reason"));
    assert_eq!(value(Connect::new().with(Stream::new("https://h/s")).into()), Some("url"));
    let large = Conference::new("x").max_participants(251);
    assert_eq!(value(Dial::new().with(large).into()), Some("maxParticipants"));
    let said = refused(Play::digits("canary-transcript-c0de")).unwrap().to_string();
    assert!(said.contains("digits of <Play>") && !said.contains("canary"), "{said}");
}

#[test]
fn a_message_is_answered_with_text_and_files() {
    let message = Message::new("Case 7").to("+14155550100").with(Media::new("https://h/a.png"));
    let response = MessagingResponse::new().with(message).with(Redirect::new("/next"));

    let xml = response.to_xml().unwrap();
    assert!(xml.ends_with(
        r#"<Response><Message to="+14155550100"><Body>Case 7</Body><Media>https://h/a.png</Media></Message><Redirect>/next</Redirect></Response>"#
    ));
    assert_eq!(MessagingResponse::parse(&xml).unwrap(), response);
}

#[test]
fn indentation_and_other_spellings_of_others_are_read_as_the_same() {
    let foreign = "<?xml version='1.0'?>\n<!-- c -->\n<Response>\n  <Say voice='a&#x26;b'>Hi <![CDATA[<there>]]></Say>\n  \
                   <Dial>\n    <Number>+14155550100</Number>\r\n  </Dial>\n</Response>\n";
    let expected = VoiceResponse::new()
        .with(Say::new("Hi <there>").voice("a&b"))
        .with(Dial::new().with(Number::new("+14155550100")));

    assert_eq!(VoiceResponse::parse(foreign).unwrap(), expected);
}

#[test]
fn what_is_no_twiml_says_why() {
    let deep = "<a>".repeat(65) + &"</a>".repeat(65);
    for (text, kind) in [
        ("", ParseErrorKind::NotOneRoot),
        ("<Response/><Response/>", ParseErrorKind::NotOneRoot),
        ("<Response/>x", ParseErrorKind::NotOneRoot),
        ("<Response>", ParseErrorKind::NotOneRoot),
        ("<Response></Say>", ParseErrorKind::NotXml),
        ("<Say/>", ParseErrorKind::NotAResponse),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><Response>&b;</Response>", ParseErrorKind::DocumentType),
        ("<Response>&b;</Response>", ParseErrorKind::Entity),
        ("<Response>&#1;</Response>", ParseErrorKind::Character),
        ("<Response a='&#xFFFF;'/>", ParseErrorKind::Character),
        (&deep, ParseErrorKind::TooDeep),
    ] {
        assert_eq!(VoiceResponse::parse(text).unwrap_err().kind(), kind, "{text}");
    }
}

fn tree() -> impl Strategy<Value = Element> {
    let text = "[ -~\\n\\r\\t\u{e9}\u{1f600}&<>\"']{0,20}";
    let name = "[A-Za-z_][A-Za-z0-9_.-]{0,8}";
    let leaf = (name, proptest::collection::vec((name, text), 0..4), proptest::option::of(text));
    let leaf = leaf.prop_map(|(name, attributes, text)| {
        let element =
            attributes.into_iter().fold(Element::new(name), |it, (name, value)| it.attribute(name, value));
        text.into_iter().fold(element, Element::text)
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let child = prop_oneof![inner.prop_map(Ok), text.prop_map(Err)];
        (name, proptest::collection::vec(child, 0..4)).prop_map(|(name, children)| {
            children.into_iter().fold(Element::new(name), |element, child| match child {
                Ok(child) => element.child(child),
                Err(text) => element.text(text),
            })
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_it_was(tree in tree()) {
        prop_assert_eq!(Element::parse(&tree.to_xml().unwrap()), Ok(tree));
    }

    #[test]
    fn any_text_gets_a_verdict(text in "\\PC{0,60}", wild in "[<>/a&#;!\\[\\]CDAT'\"= ?-]{0,40}") {
        let _ = VoiceResponse::parse(&text);
        let _ = VoiceResponse::parse(&wild);
    }
}
