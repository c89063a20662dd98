//! A signature between its bytes and the text of its header.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::Encoding;

/// A decoded signature, at most as long as the longest MAC.
pub(super) struct Signature {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Signature {
    /// Decodes the text of a signature; `None` if it is not of the encoding.
    ///
    /// Only the one spelling a sender produces is accepted, so that no character of a header can change
    /// unnoticed: hex in one case, base64 with zero padding bits.
    pub(super) fn decode(encoding: Encoding, text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        let length = match encoding {
            Encoding::Hex => hex(text.as_bytes(), &mut bytes)?,
            Encoding::Base64 => STANDARD.decode_slice(text, &mut bytes).ok()?,
        };
        Some(Self { bytes, length })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

pub(super) fn encode(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Hex => bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }),
        Encoding::Base64 => STANDARD.encode(bytes),
    }
}

fn hex(digits: &[u8], bytes: &mut [u8]) -> Option<usize> {
    let mixed = digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase);
    let (pairs, odd) = digits.as_chunks::<2>();
    if mixed || !odd.is_empty() || pairs.len() > bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(pairs.len())
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Bytes of an HMAC-SHA512, and a little room so that base64 can decode into it.
const LONGEST: usize = 66;
