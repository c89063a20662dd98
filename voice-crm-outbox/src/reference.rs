//! The short form of a key, for a caller's ear and for finding the write again.

use std::str::FromStr;

use crate::JobKey;

/// How many digits a reference has.
const DIGITS: usize = 9;
/// The first reference. None begins with a zero, which is lost where a reference is taken for a number.
const FIRST: u64 = 100_000_000;
/// How many references there are.
const REFERENCES: u64 = 900_000_000;

/// The short form of a [`JobKey`], for a caller's ear.
///
/// It is nine digits. Letters rhyme on a telephone (`M` and `N`; `B`, `D`, `E`, `G`, `P` and `T`), and in many languages a
/// caller has no names for Latin ones.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reference(String);

impl JobKey {
    /// The short form that a caller can be given: nine digits, the first of them no zero.
    pub fn reference(&self) -> Reference {
        let [first, second, third, fourth, ..] = *self.as_bytes();
        let first = u32::from_be_bytes([first, second, third, fourth]);
        // Scaled rather than cut, so that the keys of a reference stand side by side in any index of keys.
        let number = FIRST + ((u64::from(first) * REFERENCES) >> 32);
        Reference(number.to_string())
    }
}

impl Reference {
    /// The nine digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first and the last of the keys that have this reference.
    ///
    /// In any index of keys those between them stand side by side, so nothing more is needed to find them.
    pub fn keys(&self) -> (JobKey, JobKey) {
        // Only nine digits without a zero in front come in.
        let number = self.0.parse::<u64>().unwrap_or(FIRST) - FIRST;
        let first = |number: u64| u32::try_from((number << 32).div_ceil(REFERENCES)).unwrap_or(u32::MAX);
        let (mut low, mut high) = ([0; 16], [0xFF; 16]);
        low[..4].copy_from_slice(&first(number).to_be_bytes());
        // The keys of the last reference reach to the end.
        let end = if number + 1 == REFERENCES { u32::MAX } else { first(number + 1) - 1 };
        high[..4].copy_from_slice(&end.to_be_bytes());
        (JobKey::from_bytes(low), JobKey::from_bytes(high))
    }
}

/// The text is no reference.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a reference, which is nine digits without a zero in front")]
pub struct InvalidReference;

impl FromStr for Reference {
    type Err = InvalidReference;

    /// Reads a reference as people write it and as machines hear it: with spaces, dashes and commas, and with digits as
    /// wide as the characters of Chinese and Japanese.
    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let heard = text.chars().filter(|character| {
            !character.is_whitespace()
                && !matches!(character, '-' | '\u{2013}' | '.' | ',' | '\u{3001}' | '\u{ff0c}')
        });
        let text: String = heard.map(narrow).take(DIGITS + 1).collect();
        let fits = text.len() == DIGITS
            && text.bytes().all(|digit| digit.is_ascii_digit())
            && !text.starts_with('0');
        if fits { Ok(Self(text)) } else { Err(InvalidReference) }
    }
}

/// The ASCII digit for a digit of full width; every other character as it is.
fn narrow(character: char) -> char {
    let digit = u32::from(character).checked_sub(0xFF10).and_then(|digit| char::from_digit(digit, 10));
    digit.unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reference_is_nine_digits_without_a_zero_in_front() {
        for byte in [0x00, 0x5A, 0xFF] {
            let reference = JobKey::from_bytes([byte; 16]).reference();
            assert_eq!(reference.as_str().len(), 9, "{byte}");
            assert!(reference.as_str().bytes().all(|digit| digit.is_ascii_digit()), "{byte}");
            assert!(!reference.as_str().starts_with('0'), "{byte}");
        }
    }

    proptest! {
        #[test]
        fn a_key_lies_among_the_keys_of_its_reference_and_of_no_other(bytes: [u8; 16], other: [u8; 16]) {
            let (key, other) = (JobKey::from_bytes(bytes), JobKey::from_bytes(other));
            let reference = key.reference();
            let (first, last) = reference.keys();
            prop_assert!(first <= key && key <= last);
            prop_assert_eq!(first.reference(), reference.clone());
            prop_assert_eq!(last.reference(), reference.clone());
            prop_assert_eq!((first <= other) && (other <= last), other.reference() == reference);
        }
    }

    #[test]
    fn the_references_of_the_first_and_the_last_key_end_where_the_keys_end() {
        for byte in [0x00, 0xFF] {
            let key = JobKey::from_bytes([byte; 16]);
            let (first, last) = key.reference().keys();
            assert!(first <= key && key <= last, "{byte}");
        }
    }

    #[test]
    fn a_reference_is_read_as_it_is_said() {
        let reference = JobKey::from_bytes([0x5A; 16]).reference();
        let (front, back) = reference.as_str().split_at(3);
        let wide =
            |text: &str| text.chars().filter_map(|digit| char::from_u32(u32::from(digit) + 0xFEE0)).collect();
        let spelt: String = reference.as_str().chars().flat_map(|digit| [digit, ' ']).collect();
        let wide: String = wide(reference.as_str());
        for said in [
            reference.as_str().to_owned(),
            format!(" {front} - {back}. "),
            format!("{front}, {back}"),
            spelt,
            wide,
        ] {
            assert_eq!(said.parse(), Ok(reference.clone()), "{said}");
        }
        for wrong in ["", "22222222", "2222222222", "022222222", "22222222O", "2222222\u{e9}"] {
            assert_eq!(wrong.parse::<Reference>(), Err(InvalidReference), "{wrong}");
        }
    }
}
