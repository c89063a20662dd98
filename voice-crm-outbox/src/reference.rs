//! The short form of a key, for a caller's ear and for finding the write again.

use std::str::FromStr;

use crate::JobKey;

/// Crockford's alphabet less the letters that sound or look like others.
const ALPHABET: &[u8; 25] = b"2346789ACEFGHJKMNPQRTUWXY";
/// How many references there are.
const REFERENCES: u64 = 25_u64.pow(6);

/// The short form of a [`JobKey`], for a caller's ear.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reference(String);

impl JobKey {
    /// The short form that a caller can be given: six characters, none of them easily misheard.
    pub fn reference(&self) -> Reference {
        let [first, second, third, fourth, ..] = *self.as_bytes();
        let first = u32::from_be_bytes([first, second, third, fourth]);
        // Scaled rather than cut, so that the keys of a reference stand side by side in any index of keys.
        let mut number = (u64::from(first) * REFERENCES) >> 32;
        let mut text = [0; 6];
        for character in text.iter_mut().rev() {
            *character = ALPHABET[usize::try_from(number % 25).unwrap_or_default()];
            number /= 25;
        }
        Reference(text.into_iter().map(char::from).collect())
    }
}

impl Reference {
    /// The six characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first and the last of the keys that have this reference.
    ///
    /// In any index of keys those between them stand side by side, so nothing more is needed to find them.
    pub fn keys(&self) -> (JobKey, JobKey) {
        let digits = self.0.bytes().map(|character| ALPHABET.iter().position(|known| *known == character));
        let number = digits.fold(0, |number, digit| number * 25 + digit.unwrap_or_default() as u64);
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
#[error("not a reference, which is six characters out of 2346789ACEFGHJKMNPQRTUWXY")]
pub struct InvalidReference;

impl FromStr for Reference {
    type Err = InvalidReference;

    /// Reads a reference as people write it and as machines hear it: in any case, with spaces and dashes.
    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let heard = text.chars().filter(|character| !matches!(character, ' ' | '-' | '.' | ','));
        let text: String = heard.map(|character| character.to_ascii_uppercase()).take(7).collect();
        let known = text.bytes().all(|character| ALPHABET.contains(&character));
        if text.len() == 6 && known { Ok(Self(text)) } else { Err(InvalidReference) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reference_has_six_characters_that_are_not_misheard() {
        let reference = JobKey::from_bytes([0x5A; 16]).reference();
        assert_eq!(reference.as_str().len(), 6);
        assert!(!reference.as_str().contains(['0', 'O', '1', 'I', 'L', '5', 'S', 'B', 'D', 'V', 'Z']));
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
        for said in [reference.as_str().to_lowercase(), format!(" {front} - {back}. ")] {
            assert_eq!(said.parse(), Ok(reference.clone()), "{said}");
        }
        for wrong in ["", "22222", "2222222", "22222O", "22222\u{e9}"] {
            assert_eq!(wrong.parse::<Reference>(), Err(InvalidReference), "{wrong}");
        }
    }
}
