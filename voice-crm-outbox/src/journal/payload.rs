//! The words in the store: JSON as it is, or encrypted under a key that the store never sees.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::{crm::WriteKey, phone::PhoneNumber};

pub use keys::{InvalidPayloadKey, PayloadKeys};

mod keys;

/// The first byte of what is encrypted; no JSON begins so.
const SEALED: u8 = 1;
/// That byte, the number of the key, and the nonce.
const HEADER: usize = 1 + 4 + 12;

/// Tells a write from its outcome, so that neither can be put in place of the other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// The write.
    Body = 0,
    /// The receipt or the reason.
    Outcome = 1,
}

/// Why something that is stored cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Unreadable {
    /// Its key was not given to this process; with it, it can be read.
    #[error("an entry of the journal is encrypted under the key {0}, which was not given")]
    NoKey(u32),
    /// Another release wrote it, or it is damaged.
    #[error("an entry of the journal is damaged, or another release wrote it")]
    Damaged,
}

/// Something cannot be written down.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an entry of the journal cannot be written down")]
pub(super) struct Unwritable;

/// How a journal writes down what it keeps.
#[derive(Clone, Debug, Default)]
pub(super) struct Payloads(Option<PayloadKeys>);

impl Payloads {
    pub(super) fn new(keys: Option<PayloadKeys>) -> Self {
        Self(keys)
    }

    /// What is stored of a value.
    pub(super) fn write<T: Serialize>(
        &self,
        key: WriteKey,
        part: Part,
        value: &T,
    ) -> Result<Vec<u8>, Unwritable> {
        let text = serde_json::to_vec(value).map_err(|_| Unwritable)?;
        let Some(keys) = &self.0 else { return Ok(text) };
        let (number, nonce, sealed) = keys.seal(&context(key, part), text).map_err(|_| Unwritable)?;
        let mut stored = Vec::with_capacity(HEADER + sealed.len());
        stored.push(SEALED);
        stored.extend_from_slice(&number.to_be_bytes());
        stored.extend_from_slice(&nonce);
        stored.extend_from_slice(&sealed);
        Ok(stored)
    }

    /// The value that was stored.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        key: WriteKey,
        part: Part,
        stored: &[u8],
    ) -> Result<T, Unreadable> {
        let text = self.text(key, part, stored)?;
        serde_json::from_slice(&text).map_err(|_| Unreadable::Damaged)
    }

    fn text<'a>(&self, key: WriteKey, part: Part, stored: &'a [u8]) -> Result<Cow<'a, [u8]>, Unreadable> {
        if Self::is_text(stored) {
            return Ok(Cow::Borrowed(stored));
        }
        let (header, sealed) = stored.split_at_checked(HEADER).ok_or(Unreadable::Damaged)?;
        let number = header[1..5].try_into().map(u32::from_be_bytes).map_err(|_| Unreadable::Damaged)?;
        let nonce = header[5..].try_into().map_err(|_| Unreadable::Damaged)?;
        let keys = self.0.as_ref().ok_or(Unreadable::NoKey(number))?;
        keys.open(number, nonce, &context(key, part), sealed).map(Cow::Owned)
    }

    /// Whether this is JSON as it is.
    pub(super) fn is_text(stored: &[u8]) -> bool {
        stored.first() != Some(&SEALED)
    }

    /// By what the writes of a person are found again.
    pub(super) fn caller(&self, caller: &PhoneNumber) -> [u8; 16] {
        self.0.as_ref().map_or_else(|| plain_mark(caller), |keys| keys.mark(caller))
    }

    /// By what they may be found that were written under older keys, or under none.
    pub(super) fn callers(&self, caller: &PhoneNumber) -> Vec<[u8; 16]> {
        let mut marks = self.0.as_ref().map(|keys| keys.marks(caller)).unwrap_or_default();
        marks.push(plain_mark(caller));
        marks
    }
}

/// Binds what is encrypted to its place.
fn context(key: WriteKey, part: Part) -> [u8; 17] {
    let mut context = [part as u8; 17];
    context[..16].copy_from_slice(key.as_bytes());
    context
}

/// Not the number itself; but there are few enough numbers to try them all, so it hides nothing from an attacker.
fn plain_mark(caller: &PhoneNumber) -> [u8; 16] {
    let hash = Sha256::digest([b"voice-crm caller ", caller.as_e164().as_bytes()].concat());
    let mut mark = [0; 16];
    mark.copy_from_slice(&hash[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::*;
    use crate::phone::Region;

    fn keys(number: u32, byte: &str) -> PayloadKeys {
        PayloadKeys::new(number, &SecretString::from(byte.repeat(32))).unwrap()
    }

    fn key(byte: u8) -> WriteKey {
        WriteKey::from_bytes([byte; 16])
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_again_with_keys_and_without(text in ".*", sealed: bool) {
            let payloads = Payloads::new(sealed.then(|| keys(1, "a7")));
            let stored = payloads.write(key(1), Part::Body, &text).unwrap();
            prop_assert_eq!(payloads.read::<String>(key(1), Part::Body, &stored).unwrap(), text);
        }

        #[test]
        fn whatever_is_changed_in_what_is_encrypted_is_noticed(at: prop::sample::Index, bit in 0..8_u8) {
            let payloads = Payloads::new(Some(keys(1, "a7")));
            let mut stored = payloads.write(key(1), Part::Body, &"canary-transcript-c0de").unwrap();
            let at = at.index(stored.len());
            stored[at] ^= 1 << bit;
            prop_assert!(payloads.read::<String>(key(1), Part::Body, &stored).is_err());
        }
    }

    #[test]
    fn what_is_encrypted_shows_no_word_and_holds_only_in_its_place() {
        let payloads = Payloads::new(Some(keys(1, "a7")));
        let stored = payloads.write(key(1), Part::Body, &"canary-transcript-c0de").unwrap();
        assert!(!stored.windows(6).any(|window| window == b"canary"));
        assert!(payloads.read::<String>(key(2), Part::Body, &stored).is_err(), "another write");
        assert!(payloads.read::<String>(key(1), Part::Outcome, &stored).is_err(), "another part");
    }

    #[test]
    fn a_new_key_reads_what_the_old_one_wrote_and_nothing_of_an_unknown_one() {
        let stored = Payloads::new(Some(keys(1, "a7"))).write(key(1), Part::Body, &"words").unwrap();
        let rotated = keys(2, "b8").with_old(1, &SecretString::from("a7".repeat(32))).unwrap();
        let read = |keys| Payloads::new(keys).read::<String>(key(1), Part::Body, &stored);
        assert_eq!(read(Some(rotated)).unwrap(), "words");
        assert_eq!(read(Some(keys(2, "b8"))), Err(Unreadable::NoKey(1)));
        assert_eq!(read(None), Err(Unreadable::NoKey(1)));
    }

    #[test]
    fn a_person_is_found_under_every_key_and_without_one() {
        let caller = PhoneNumber::parse("+14155550142", Region::US).unwrap();
        let rotated = keys(2, "b8").with_old(1, &SecretString::from("a7".repeat(32))).unwrap();
        let marks = Payloads::new(Some(rotated)).callers(&caller);
        for keys in [None, Some(keys(1, "a7")), Some(keys(2, "b8"))] {
            assert!(marks.contains(&Payloads::new(keys).caller(&caller)));
        }
        assert!(!marks.contains(&Payloads::new(Some(keys(3, "c9"))).caller(&caller)));
    }
}
