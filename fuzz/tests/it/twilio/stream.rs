//! The messages of WebSockets: every JSON object is an event, nothing else is, and no order of marks confuses.

use std::time::Duration;

use serde_json::Value;
use twilio_client::stream::media::{MediaCommands, MediaEvent};
use twilio_client::stream::mulaw;
use twilio_client::stream::playback::{Heard, Playback};
use twilio_client::stream::relay::RelayEvent;

use crate::{bound::check_values, edit::check_seeded, seeds::STREAM};

fn exercise(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let object = serde_json::from_str::<Value>(&text).is_ok_and(|value| value.is_object());
    let (media, relay) = (MediaEvent::parse(&text), RelayEvent::parse(&text));
    let _ = format!("{media:?} {relay:?}");
    assert_eq!((media.is_ok(), relay.is_ok()), (object, object));
}

#[test]
fn every_json_object_is_an_event_and_nothing_else_is() {
    check_seeded!(STREAM, exercise);
}

#[test]
fn sound_of_any_bytes_comes_back_from_its_message() {
    let commands = MediaCommands::new("MZ1");
    check_values!(Vec<u8>, |sound| {
        let MediaEvent::Media(media) = MediaEvent::parse(&commands.media(sound)).unwrap() else {
            panic!("not sound");
        };
        assert!(media.payload == *sound);
        // Sound is what is left when it is decoded and encoded again, but for the two zeros.
        for byte in sound {
            let again = mulaw::encode(mulaw::decode(*byte));
            assert!(again == *byte || (*byte == 0x7f && again == 0xff));
        }
    });
}

/// Plays, marks, barges in and lets marks return as the input says, beside a model that counts.
#[test]
fn no_order_of_marks_counts_a_sound_twice_or_as_heard_that_was_cleared() {
    check_values!(Vec<(u8, u8)>, |steps| {
        let mut playback = Playback::new(MediaCommands::new("MZ1"));
        let (mut sent, mut heard) = (Duration::ZERO, Duration::ZERO);
        let mut marks: Vec<(String, bool, bool)> = Vec::new();
        for (step, number) in steps {
            match step % 4 {
                0 => {
                    playback.play(&vec![0xff; usize::from(*number)]);
                    sent += Duration::from_micros(u64::from(*number) * 125);
                }
                1 => marks.push((playback.mark().1, false, false)),
                2 => {
                    let speaking = playback.is_speaking();
                    assert_eq!(playback.barge_in().is_some(), speaking);
                    assert!(!playback.is_speaking());
                    marks.iter_mut().for_each(|(_, cleared, _)| *cleared = true);
                }
                _ if marks.is_empty() => assert_eq!(playback.returned("mark-0"), None),
                _ => {
                    let at = usize::from(*number) % marks.len();
                    let (name, cleared, settled) = marks[at].clone();
                    let verdict = playback.returned(&name);
                    assert_eq!(verdict.is_none(), settled);
                    assert_eq!(verdict == Some(Heard::Cleared), cleared && !settled);
                    if let Some(Heard::Played(length)) = verdict {
                        heard += length;
                    }
                    marks[..=at].iter_mut().for_each(|(_, _, settled)| *settled = true);
                }
            }
            assert!(heard <= sent);
        }
    });
}
