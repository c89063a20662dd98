//! Percent-encoding of path segments.

/// Whether every `%` begins an escape, and the escapes are UTF-8.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        let Some(tail) = after.get(2..) else { return false };
        if hexadecimal(after.as_bytes()).is_none() {
            return false;
        }
        rest = tail;
    }
    std::str::from_utf8(&bytes(text)).is_ok()
}

/// Decodes `%2F` and the like in a text that is well formed.
pub(crate) fn decode(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

fn bytes(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let escape = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(hexadecimal);
        decoded.push(escape.unwrap_or(*byte));
        at += if escape.is_some() { 3 } else { 1 };
    }
    decoded
}

/// Encodes everything that could mean something in a path or a query.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    encoded
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(digits[0])? << 4 | digit(digits[1])?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{decode, encode, is_well_formed};

    #[test]
    fn a_lone_percent_sign_is_no_escape() {
        assert_eq!(decode("a%2Fb%20c"), "a/b c");
        assert!(is_well_formed("a%2Fb%20c") && is_well_formed("%C3%A9") && is_well_formed(""));
        for bad in ["100%", "%", "%2", "%zz", "a%2Fb%z", "%+1", "%é", "%FF", "%C3"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_text_survives_encoding(text in any::<String>()) {
            assert!(is_well_formed(&encode(&text)));
            assert_eq!(decode(&encode(&text)), text);
        }
    }
}
