//! `RecordId`: 15 or 18 characters on the wire, one identity here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The id of a record.
///
/// The 15-character form is case-sensitive; the 18-character form adds three characters that encode
/// the case. Both parse to the same value, which is kept and written in the long form.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RecordId([u8; 18]);

impl RecordId {
    /// Reads an id of 15 or 18 characters.
    ///
    /// # Errors
    /// [`InvalidId`] says which rule the text breaks; it never repeats the text.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let bytes = text.as_bytes();
        if bytes.len() != 15 && bytes.len() != 18 {
            return Err(InvalidId::Length);
        }
        if !bytes.iter().all(u8::is_ascii_alphanumeric) {
            return Err(InvalidId::Character);
        }
        let mut id = [0; 18];
        id[..15].copy_from_slice(&bytes[..15]);
        for (chunk, place) in (15..18).enumerate() {
            let five = &bytes[chunk * 5..chunk * 5 + 5];
            let bits =
                five.iter().rev().fold(0, |bits, byte| bits << 1 | usize::from(byte.is_ascii_uppercase()));
            id[place] = SUFFIX[bits];
        }
        if bytes.len() == 18 && !bytes[15..].eq_ignore_ascii_case(&id[15..]) {
            return Err(InvalidId::Checksum);
        }
        Ok(Self(id))
    }

    /// The 18-character form.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters and digits get in, so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The first three characters, which tell the object: `500` is a Case.
    pub fn key_prefix(&self) -> &str {
        &self.as_str()[..3]
    }
}

/// Why a text is not a record id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidId {
    /// Not 15 or 18 characters.
    Length,
    /// Something other than ASCII letters and digits.
    Character,
    /// The last three characters do not belong to the first fifteen.
    Checksum,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a record id has 15 or 18 characters",
            Self::Character => "a record id has ASCII letters and digits only",
            Self::Checksum => "the last three characters of the record id do not belong to the others",
        })
    }
}

impl std::error::Error for InvalidId {}

impl FromStr for RecordId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for RecordId {
    type Error = InvalidId;

    fn try_from(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_short_and_the_long_form_are_one_id() {
        let short = RecordId::parse("001D000000IqhSL").unwrap();
        let long = RecordId::parse("001D000000IqhSLIAZ").unwrap();

        assert_eq!(short, long);
        assert_eq!(short.as_str(), "001D000000IqhSLIAZ");
        assert_eq!(short.key_prefix(), "001");
    }

    #[test]
    fn a_wrong_checksum_is_refused() {
        assert_eq!(RecordId::parse("001D000000IqhSLIAA"), Err(InvalidId::Checksum));
        assert_eq!(RecordId::parse("001"), Err(InvalidId::Length));
        assert_eq!(RecordId::parse("001D000000Iqh'L"), Err(InvalidId::Character));
    }

    proptest! {
        #[test]
        fn every_short_id_survives_its_long_form(text in "[0-9A-Za-z]{15}") {
            let id = RecordId::parse(&text).unwrap();
            prop_assert_eq!(RecordId::parse(id.as_str()), Ok(id));
            prop_assert!(id.as_str().starts_with(&text));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            let _ = RecordId::parse(&text);
        }
    }
}
