//! Keys that are pressed once a telephone has answered.

use std::fmt;

/// The most keys of one sequence.
const MOST: usize = 32;

/// Keys that are pressed once a telephone has answered: digits, `*`, `#`, and `w` for a pause of half a second.
#[derive(Clone, Eq, PartialEq)]
pub struct Dtmf(String);

/// It is no sequence of keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "keys are 1 to {MOST} digits, *, # and w for a pause of half a second, with at least one that is no pause"
)]
pub struct InvalidDtmf;

impl Dtmf {
    /// Reads a sequence of keys.
    ///
    /// # Errors
    /// [`InvalidDtmf`] for another sign, for pauses alone, and for more than 32 keys.
    pub fn parse(text: &str) -> Result<Self, InvalidDtmf> {
        let is_key = |key: u8| key.is_ascii_digit() || matches!(key, b'*' | b'#');
        let is_good = text.len() <= MOST
            && text.bytes().all(|key| is_key(key) || key == b'w')
            && text.bytes().any(is_key);
        is_good.then(|| Self(text.to_owned())).ok_or(InvalidDtmf)
    }

    /// The keys in their order.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there are digits alone, as in an extension.
    pub fn is_digits(&self) -> bool {
        self.0.bytes().all(|key| key.is_ascii_digit())
    }
}

impl fmt::Debug for Dtmf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dtmf(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_digits_stars_hashes_and_pauses_between_them() {
        for good in ["1", "wwww1234#", "*7w0"] {
            assert_eq!(Dtmf::parse(good).as_ref().map(Dtmf::as_str), Ok(good));
        }
        for wrong in ["", "ww", "1,2", "+1", "12a", "\"/><Dial>", &"1".repeat(33)] {
            assert_eq!(Dtmf::parse(wrong), Err(InvalidDtmf), "{wrong}");
        }
        assert!(Dtmf::parse("101").unwrap().is_digits() && !Dtmf::parse("w101").unwrap().is_digits());
    }
}
