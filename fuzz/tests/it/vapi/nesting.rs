//! Hostile nesting is refused before anything recurses, however it is dressed.

use vapi_types::{DecodeErrorKind, ServerMessage, message::MAX_DEPTH};

use crate::bound::check_values;

/// Opening brackets of both kinds, with strings and escapes between that a careless count would trip over.
#[test]
fn deep_nesting_of_any_pattern_is_refused() {
    check_values!((u16, Vec<u8>, bool), |(depth, pattern, closed)| {
        let depth = usize::from(*depth) % 2_000;
        let mut body = String::from("{\"message\":{\"type\":\"hang\",\"x\":");
        let mut ends = Vec::new();
        for level in 0..depth {
            let (open, end) = match pattern.get(level % pattern.len().max(1)).unwrap_or(&0) % 4 {
                0 => ("[", "]"),
                1 => ("{\"a\":", "}"),
                2 => ("[\"]\\\"}\",", "]"),
                _ => ("{\"[\\\\\":", "}"),
            };
            body.push_str(open);
            ends.push(end);
        }
        body.push('1');
        if *closed {
            body.extend(ends.into_iter().rev());
            body.push_str("}}");
        }

        let decoded = ServerMessage::decode(body.as_bytes());

        // The body and its message are two levels.
        match decoded {
            Ok(_) => assert!(*closed && depth + 2 <= MAX_DEPTH),
            Err(error) if depth + 2 > MAX_DEPTH => assert_eq!(error.kind(), DecodeErrorKind::TooDeep),
            Err(_) => assert!(!*closed),
        }
    });
}
