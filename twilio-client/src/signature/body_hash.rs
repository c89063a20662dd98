//! `bodySHA256`: how Twilio binds a body that is not a form to a signature that covers only the URL.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::params::hex_byte;

/// What the URL says about the body.
#[derive(Clone, Copy)]
pub(crate) enum BodyHash<'a> {
    Absent,
    Claimed(&'a str),
}

impl<'a> BodyHash<'a> {
    /// Reads the parameter from a raw URL. Twilio appends it, so the last one counts.
    pub(crate) fn in_url(url: &'a str) -> Self {
        let without_fragment = url.split('#').next().unwrap_or_default();
        let query = without_fragment.split_once('?').map_or("", |(_, query)| query);
        let claimed = query.split('&').rev().find_map(|pair| pair.strip_prefix("bodySHA256="));
        claimed.map_or(Self::Absent, Self::Claimed)
    }

    pub(crate) fn is_claimed(self) -> bool {
        matches!(self, Self::Claimed(_))
    }

    /// Whether the body is the one the URL speaks of; where the URL claims nothing there is nothing to miss.
    pub(crate) fn fits(self, body: &[u8]) -> bool {
        match self {
            Self::Absent => true,
            Self::Claimed(hex) => {
                let actual = Sha256::digest(body);
                decode(hex).is_some_and(|claimed| actual.as_slice().ct_eq(&claimed).into())
            }
        }
    }
}

fn decode(hex: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = hex.as_bytes().try_into().ok()?;
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_byte(pair[0], pair[1])?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    // printf '{}' | sha256sum
    const OF_BRACES: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn only_the_body_itself_fits_in_either_case_of_the_digits() {
        let lower = format!("https://h/x?a=1&bodySHA256={OF_BRACES}#rc=2");
        let upper = format!("https://h/x?bodySHA256={}", OF_BRACES.to_uppercase());

        assert!(BodyHash::in_url(&lower).fits(b"{}"));
        assert!(BodyHash::in_url(&upper).fits(b"{}"));
        assert!(!BodyHash::in_url(&lower).fits(b"{ }"));
    }

    #[test]
    fn a_malformed_hash_fits_nothing() {
        for hash in ["", "44", "é", &"0".repeat(63), &"g".repeat(64)] {
            assert!(!BodyHash::in_url(&format!("https://h/?bodySHA256={hash}")).fits(b"{}"), "{hash}");
        }
    }

    #[test]
    fn the_last_of_several_hashes_counts() {
        let url = format!("https://h/?bodySHA256={OF_BRACES}&bodySHA256=00");

        assert!(!BodyHash::in_url(&url).fits(b"{}"));
    }

    #[test]
    fn a_hash_in_the_path_or_fragment_is_none() {
        assert!(!BodyHash::in_url("https://h/bodySHA256=00#bodySHA256=00").is_claimed());
        assert!(!BodyHash::in_url("https://h/?xbodySHA256=00").is_claimed());
    }
}
