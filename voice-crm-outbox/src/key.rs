//! The key of a job: the same on every replica and in every week.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de, ser};
use sha2::{Digest, Sha256};

/// The identity of a job: an idempotency key of sixteen bytes.
///
/// Derive it from what caused the job. A request that is delivered twice then names the same job on every replica and
/// in every week.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct JobKey([u8; 16]);

impl JobKey {
    /// The key of the `index`-th job that has this origin, told in parts.
    pub fn derive<const PARTS: usize>(origin: [&str; PARTS], index: u32) -> Self {
        let mut hash = Sha256::new();
        for part in origin {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(index.to_be_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        Self(key)
    }

    /// The key of something that belongs to the job with this key, such as a file.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        Self::derive(["", "part", &self.to_string(), name], 0)
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

impl fmt::Display for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobKey({self})")
    }
}

/// The text is not the key of a job.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the key of a job, which is 32 hexadecimal digits")]
pub struct InvalidJobKey;

impl FromStr for JobKey {
    type Err = InvalidJobKey;

    fn from_str(text: &str) -> Result<Self, InvalidJobKey> {
        if text.len() != 32 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(InvalidJobKey);
        }
        let mut key = [0; 16];
        for (index, byte) in key.iter_mut().enumerate() {
            let pair = &text[index * 2..index * 2 + 2];
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidJobKey)?;
        }
        Ok(Self(key))
    }
}

impl Serialize for JobKey {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for JobKey {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_origin_gives_the_same_key_and_any_other_another() {
        let key = |one, other, index| JobKey::derive([one, other], index);
        assert_eq!(key("c", "t", 0), key("c", "t", 0));
        let all = [key("c", "t", 0), key("c", "t", 1), key("c", "u", 0), key("ct", "", 0), key("", "ct", 0)];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn a_key_survives_its_text_form_and_no_other_text_is_a_key() {
        let key = JobKey::derive(["c", "t"], 7);
        assert_eq!(key.to_string().parse(), Ok(key));
        for bad in ["", "zz", "ß3333333333333333333333333333333", &"g".repeat(32), &"+f".repeat(16)] {
            assert_eq!(bad.parse::<JobKey>(), Err(InvalidJobKey), "{bad}");
        }
    }
}
