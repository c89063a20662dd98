//! Messages of `WebSocket`s, as Twilio writes them and as it does not.

use proptest::prelude::*;
use serde_json::{Value, json};
use twilio_client::stream::media::{MediaCommands, MediaEvent};
use twilio_client::stream::relay::{Interruptible, RelayCommand, RelayEvent};

fn media(value: &Value) -> MediaEvent {
    MediaEvent::parse(&value.to_string()).unwrap()
}

fn relay(value: &Value) -> RelayEvent {
    RelayEvent::parse(&value.to_string()).unwrap()
}

#[test]
fn a_stream_begins_with_its_parameters_whatever_their_type() {
    let event = media(&json!({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
        "streamSid": "MZ1", "accountSid": "AC1", "callSid": "CA1", "tracks": ["inbound", "outbound"],
        "customParameters": {"case": "7", "tries": 2}, "brandNew": [1],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": "1"}}}));

    let MediaEvent::Start(start) = event else { panic!("not a start") };
    assert_eq!((start.stream_sid.as_str(), start.call_sid.as_deref()), ("MZ1", Some("CA1")));
    assert_eq!(start.tracks, ["inbound", "outbound"]);
    assert_eq!(start.custom_parameters["tries"], 2);
    assert_eq!((start.sample_rate, start.channels), (Some(8000), Some(1)));
    assert_eq!(start.extra["brandNew"], json!([1]));
}

#[test]
fn keys_marks_and_ends_are_read() {
    let key = json!({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "#"}});
    let mark = json!({"event": "mark", "mark": {"name": "mark-1"}});
    let stop = json!({"event": "stop", "stop": {"accountSid": "AC1", "callSid": "CA1"}});

    assert!(matches!(media(&key), MediaEvent::Dtmf(dtmf) if dtmf.digit == "#"));
    assert!(matches!(media(&mark), MediaEvent::Mark(mark) if mark.name == "mark-1"));
    assert!(matches!(media(&stop), MediaEvent::Stop(fields) if fields["stop"]["callSid"] == "CA1"));
}

#[test]
fn what_lacks_what_it_should_have_is_kept_whole() {
    for odd in [
        json!({"event": "media", "media": {"payload": "not base64!"}}),
        json!({"event": "media", "media": 7}),
        json!({"event": "start", "start": {}}),
        json!({"event": "teleport", "x": [1]}),
        json!({"noEvent": true}),
    ] {
        let MediaEvent::Unknown(kept) = media(&odd) else { panic!("{odd} was taken for something") };
        assert_eq!(Value::Object(kept), odd);
    }
    for odd in [json!({"type": "prompt"}), json!({"type": "novelty", "a": null}), json!({})] {
        let RelayEvent::Unknown(kept) = relay(&odd) else { panic!("{odd} was taken for something") };
        assert_eq!(Value::Object(kept), odd);
    }
    for text in ["", "[]", "7", "{"] {
        assert!(MediaEvent::parse(text).is_err() && RelayEvent::parse(text).is_err());
    }
}

#[test]
fn a_conversation_is_read_leniently() {
    let setup = json!({"type": "setup", "sessionId": "VX1", "callSid": "CA1", "from": "+14155550142",
        "callStatus": "RINGING", "customParameters": {"case": 7}, "novelty": 1});
    let RelayEvent::Setup(setup) = relay(&setup) else { panic!("not a setup") };
    assert_eq!(setup.custom_parameters["case"], 7);
    assert_eq!(setup.extra["novelty"], 1);

    let prompt = json!({"type": "prompt", "voicePrompt": "yes", "lang": "en-US", "last": false});
    assert!(matches!(relay(&prompt), RelayEvent::Prompt(prompt) if !prompt.last));
    let cut =
        json!({"type": "interrupt", "utteranceUntilInterrupt": "Life", "durationUntilInterruptMs": 460.5});
    assert!(matches!(relay(&cut), RelayEvent::Interrupt(it) if it.duration_until_interrupt_ms == Some(460)));
    assert!(matches!(relay(&json!({"type": "dtmf", "digit": 1})), RelayEvent::Dtmf(digit) if digit == "1"));
}

#[test]
fn commands_are_written_as_twilio_reads_them() {
    let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let commands = MediaCommands::new("MZ1");

    assert_eq!(
        read(commands.media(&[0xff, 0x7f])),
        json!({"event": "media", "streamSid": "MZ1", "media": {"payload": "/38="}})
    );
    assert_eq!(read(commands.mark("m")), json!({"event": "mark", "streamSid": "MZ1", "mark": {"name": "m"}}));
    assert_eq!(read(commands.clear()), json!({"event": "clear", "streamSid": "MZ1"}));
    let play = RelayCommand::play("https://h/a").times(2).interruptible(Interruptible::Speech);
    assert_eq!(
        read(play.preemptible(true).to_json()),
        json!({"type": "play", "source": "https://h/a", "loop": 2, "interruptible": "speech", "preemptible": true})
    );
    assert_eq!(
        read(RelayCommand::change_language(Some("es-ES"), None).to_json()),
        json!({"type": "language", "ttsLanguage": "es-ES"})
    );
    assert_eq!(
        read(RelayCommand::end(Some(&json!({"case": 7}))).to_json()),
        json!({"type": "end", "handoffData": "{\"case\":7}"})
    );
    assert_eq!(read(RelayCommand::send_digits("1").to_json()), json!({"type": "sendDigits", "digits": "1"}));
}

fn shown(value: &dyn std::fmt::Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn debug_shows_neither_words_nor_numbers() {
    let words = "canary-transcript-c0de +14155550142";
    let mut seen = String::new();
    for value in [
        json!({"type": "setup", "sessionId": "VX1", "from": words, "customParameters": {"a": words}, "b": words}),
        json!({"type": "prompt", "voicePrompt": words}),
        json!({"type": "interrupt", "utteranceUntilInterrupt": words}),
        json!({"type": "dtmf", "digit": words}),
        json!({"type": "error", "description": words}),
        json!({"type": "other", "x": words}),
    ] {
        seen += &shown(&relay(&value));
    }
    for value in [
        json!({"event": "start", "streamSid": "MZ1", "start": {"customParameters": {"a": words}, "b": words}}),
        json!({"event": "dtmf", "dtmf": {"digit": words}}),
        json!({"event": "mark", "mark": {"name": words}}),
        json!({"event": "other", "x": words}),
    ] {
        seen += &shown(&media(&value));
    }
    seen += &shown(&RelayCommand::text(words, true));
    assert!(!seen.contains("canary") && !seen.contains("4155550142"));
}

proptest! {
    #[test]
    fn any_text_gets_a_verdict(text in "\\PC{0,80}", key in "event|type", kind in "[a-z]{0,9}|start|media|setup") {
        let _ = MediaEvent::parse(&text);
        let _ = RelayEvent::parse(&text);
        let object = json!({key: kind, "start": text, "media": {"payload": text}}).to_string();
        prop_assert!(MediaEvent::parse(&object).is_ok() && RelayEvent::parse(&object).is_ok());
    }

    #[test]
    fn sound_survives_the_way_out_and_in(sound in proptest::collection::vec(any::<u8>(), 0..400)) {
        let sent = MediaCommands::new("MZ1").media(&sound);
        let MediaEvent::Media(read) = MediaEvent::parse(&sent).unwrap() else { panic!("not media") };
        prop_assert_eq!(read.payload, sound);
    }
}
