//! No text is lost for what it holds: half of a character costs that half.

use vapi_types::{ServerMessage, without_lone_surrogates};

use crate::bound::{check_bytes, check_values};

/// Units of UTF-16, of which every second is half of a character.
fn units(input: &[u16]) -> Vec<u16> {
    input.iter().map(|unit| if unit % 2 == 0 { 0xd800 | (unit & 0x7ff) } else { *unit }).collect()
}

fn escaped(units: &[u16], backslash: &str) -> String {
    units.iter().map(|unit| format!("{backslash}u{unit:04x}")).collect()
}

#[test]
fn a_transcript_is_what_a_lenient_reader_of_utf16_reads() {
    check_values!(Vec<u16>, |input| {
        let units = units(input);
        let transcript = escaped(&units, "\\");
        let body = format!(
            r#"{{"message":{{"type":"end-of-call-report","artifact":{{"transcript":"a {transcript}"}}}}}}"#
        );
        let message = ServerMessage::decode(body.as_bytes()).unwrap();
        let ServerMessage::EndOfCallReport(report) = message else { panic!("another message") };
        let said = report.artifact.transcript.unwrap();
        assert_eq!(said, format!("a {}", String::from_utf16_lossy(&units)));
    });
}

#[test]
fn arguments_in_a_text_are_read_so_too() {
    check_values!(Vec<u16>, |input| {
        let units = units(input);
        let text = escaped(&units, "\\\\");
        let body = format!(
            r#"{{"message":{{"type":"tool-calls","toolCallList":[{{"id":"1","function":{{"name":"f","arguments":"{{\"text\":\"a {text}\"}}"}}}}]}}}}"#
        );
        let message = ServerMessage::decode(body.as_bytes()).unwrap();
        let ServerMessage::ToolCalls(calls) = message else { panic!("another message") };
        let arguments: serde_json::Map<String, serde_json::Value> = calls.calls[0].arguments.parse().unwrap();
        assert_eq!(arguments["text"], format!("a {}", String::from_utf16_lossy(&units)));
    });
}

#[test]
fn what_serde_reads_is_read_as_it_is() {
    check_bytes!(256, |input| {
        // Half of the bytes mean something in an escape.
        let text: Vec<u8> = input
            .iter()
            .map(|byte| if *byte < 128 { b"\\\"ud89aDC0ef{"[usize::from(*byte) % 13] } else { *byte })
            .collect();
        let text = format!("\"{}\"", String::from_utf8_lossy(&text));
        let mended = without_lone_surrogates(&text);
        if let Ok(read) = serde_json::from_str::<String>(&text) {
            assert_eq!(serde_json::from_str::<String>(&mended).unwrap(), read);
        }
    });
}
