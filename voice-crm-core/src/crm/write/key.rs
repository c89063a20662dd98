//! The key of a write: the same on every replica and in every week.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de, ser};
use sha2::{Digest, Sha256};

use crate::call::CallId;

/// The identity of one write: the external id in the CRM and the key in the journal.
///
/// Made from organisation, channel, call, function call and index, so that the same webhook names
/// the same write on every replica and in every week.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct WriteKey([u8; 16]);

impl WriteKey {
    /// The key of the `index`-th write that `origin` makes on a call.
    pub fn new(organisation: &str, channel: &str, call: &CallId, origin: &str, index: u32) -> Self {
        let mut hash = Sha256::new();
        for part in [organisation, channel, call.as_str(), origin] {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(index.to_be_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        Self(key)
    }

    /// The key of something that belongs to the record under this key, such as its file.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        Self::new("", "part", &self.to_string().into(), name, 0)
    }

    /// The key's sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The key with these sixteen bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriteKey({self})")
    }
}

/// The text is not the key of a write.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the key of a write, which is 32 hexadecimal digits")]
pub struct InvalidWriteKey;

impl FromStr for WriteKey {
    type Err = InvalidWriteKey;

    fn from_str(text: &str) -> Result<Self, InvalidWriteKey> {
        if text.len() != 32 || !text.is_ascii() {
            return Err(InvalidWriteKey);
        }
        let mut key = [0; 16];
        for (index, byte) in key.iter_mut().enumerate() {
            let pair = &text[index * 2..index * 2 + 2];
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidWriteKey)?;
        }
        Ok(Self(key))
    }
}

impl Serialize for WriteKey {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WriteKey {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(call: &str, origin: &str, index: u32) -> WriteKey {
        WriteKey::new("org", "vapi", &call.into(), origin, index)
    }

    #[test]
    fn the_same_origin_gives_the_same_key_and_any_other_another() {
        assert_eq!(key("c", "t", 0), key("c", "t", 0));
        let all = [key("c", "t", 0), key("c", "t", 1), key("c", "u", 0), key("ct", "", 0), key("", "ct", 0)];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn a_key_survives_its_text_form() {
        let key = key("c", "t", 7);
        assert_eq!(key.to_string().parse(), Ok(key));
        for bad in ["", "zz", "ß3333333333333333333333333333333", &"g".repeat(32)] {
            assert_eq!(bad.parse::<WriteKey>(), Err(InvalidWriteKey), "{bad}");
        }
    }
}
