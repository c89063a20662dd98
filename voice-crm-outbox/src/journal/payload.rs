//! The text in the store: as it is, or encrypted under a key that the store never sees.

use std::{borrow::Cow, sync::Arc};

use sha2::{Digest as _, Sha256};

use crate::{JobKey, Subject};

pub use keys::{InvalidPayloadKey, PayloadKeys};

mod keys;

/// The first byte of what is encrypted.
const SEALED: u8 = 1;
/// Stands before a plain text that would otherwise begin with a byte of meaning. No JSON does.
const PLAIN: u8 = 2;
/// The first byte, the number of the key, and the nonce.
const HEADER: usize = 1 + 4 + 12;

/// Tells the texts of a job apart, so that none can be put in place of another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// What the job is.
    Body = 0,
    /// The body of the receipt, or the reason.
    Outcome = 1,
    /// The memo of the receipt.
    Memo = 2,
}

/// Why something that is stored cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Unreadable {
    /// Its key was not given to this process; with it, it can be read.
    #[error("a job of the journal is encrypted under the key {0}, which was not given")]
    NoKey(u32),
    /// Another release wrote it, or it is damaged.
    #[error("a job of the journal is damaged, or another release wrote it")]
    Damaged,
}

/// Something cannot be stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a job of the journal cannot be encrypted")]
pub(super) struct Unwritable;

/// How a journal stores its texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Payloads(Option<PayloadKeys>);

impl Payloads {
    pub(super) fn new(keys: Option<PayloadKeys>) -> Self {
        Self(keys)
    }

    /// What is stored of a text.
    pub(super) fn seal(&self, key: JobKey, part: Part, text: &str) -> Result<Vec<u8>, Unwritable> {
        let Some(keys) = &self.0 else { return Ok(plain(text)) };
        let (number, nonce, sealed) =
            keys.seal(&context(key, part), text.as_bytes().to_vec()).map_err(|_| Unwritable)?;
        let mut stored = Vec::with_capacity(HEADER + sealed.len());
        stored.push(SEALED);
        stored.extend_from_slice(&number.to_be_bytes());
        stored.extend_from_slice(&nonce);
        stored.extend_from_slice(&sealed);
        Ok(stored)
    }

    /// The text that was stored.
    pub(super) fn open(&self, key: JobKey, part: Part, stored: &[u8]) -> Result<Arc<str>, Unreadable> {
        let text = self.bytes(key, part, stored)?;
        std::str::from_utf8(&text).map(Arc::from).map_err(|_| Unreadable::Damaged)
    }

    fn bytes<'a>(&self, key: JobKey, part: Part, stored: &'a [u8]) -> Result<Cow<'a, [u8]>, Unreadable> {
        if Self::is_text(stored) {
            return Ok(Cow::Borrowed(stored.strip_prefix(&[PLAIN]).unwrap_or(stored)));
        }
        let (header, sealed) = stored.split_at_checked(HEADER).ok_or(Unreadable::Damaged)?;
        let number = header[1..5].try_into().map(u32::from_be_bytes).map_err(|_| Unreadable::Damaged)?;
        let nonce = header[5..].try_into().map_err(|_| Unreadable::Damaged)?;
        let keys = self.0.as_ref().ok_or(Unreadable::NoKey(number))?;
        keys.open(number, nonce, &context(key, part), sealed).map(Cow::Owned)
    }

    /// Whether this is text, and nothing encrypted.
    pub(super) fn is_text(stored: &[u8]) -> bool {
        stored.first() != Some(&SEALED)
    }

    /// The mark under which a person's jobs are stored.
    pub(super) fn subject(&self, subject: &Subject) -> [u8; 16] {
        self.0.as_ref().map_or_else(|| plain_mark(subject), |keys| keys.mark(subject))
    }

    /// The marks under which this journal may have stored a person's jobs, with older keys or none.
    pub(super) fn subjects(&self, subject: &Subject) -> Vec<[u8; 16]> {
        let mut marks = self.0.as_ref().map(|keys| keys.marks(subject)).unwrap_or_default();
        marks.push(plain_mark(subject));
        marks
    }
}

/// A text that nothing in the store mistakes for an encrypted one.
fn plain(text: &str) -> Vec<u8> {
    let mut stored = Vec::with_capacity(text.len() + 1);
    if matches!(text.as_bytes().first(), Some(&(SEALED | PLAIN))) {
        stored.push(PLAIN);
    }
    stored.extend_from_slice(text.as_bytes());
    stored
}

/// Binds what is encrypted to its place.
fn context(key: JobKey, part: Part) -> [u8; 17] {
    let mut context = [part as u8; 17];
    context[..16].copy_from_slice(key.as_bytes());
    context
}

/// Not the name itself. But there are few enough telephone numbers to try them all, so it hides none from an attacker.
fn plain_mark(subject: &Subject) -> [u8; 16] {
    let hash = Sha256::digest([b"voice-crm caller ", subject.as_bytes()].concat());
    let mut mark = [0; 16];
    mark.copy_from_slice(&hash[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::*;

    fn keys(number: u32, byte: &str) -> PayloadKeys {
        PayloadKeys::new(number, &SecretString::from(byte.repeat(32))).unwrap()
    }

    fn key(byte: u8) -> JobKey {
        JobKey::from_bytes([byte; 16])
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_again_with_keys_and_without(text in ".*", sealed: bool) {
            let payloads = Payloads::new(sealed.then(|| keys(1, "a7")));
            let stored = payloads.seal(key(1), Part::Body, &text).unwrap();
            let read = payloads.open(key(1), Part::Body, &stored);
            prop_assert_eq!(read.as_deref(), Ok(&*text));
        }

        #[test]
        fn whatever_is_changed_in_what_is_encrypted_is_noticed(at: prop::sample::Index, bit in 0..8_u8) {
            let payloads = Payloads::new(Some(keys(1, "a7")));
            let mut stored = payloads.seal(key(1), Part::Body, "canary-transcript-c0de").unwrap();
            let at = at.index(stored.len());
            stored[at] ^= 1 << bit;
            prop_assert!(payloads.open(key(1), Part::Body, &stored).is_err());
        }
    }

    #[test]
    fn a_plain_text_is_never_mistaken_for_an_encrypted_one() {
        let payloads = Payloads::default();
        for text in
            ["", "{}", "\u{1}", "\u{1}\0\0\0\u{1} and then some words of a text", "\u{2}", "\u{2}\u{1}"]
        {
            let stored = payloads.seal(key(1), Part::Body, text).unwrap();
            assert_eq!(payloads.open(key(1), Part::Body, &stored).as_deref(), Ok(text));
            let keyed = Payloads::new(Some(keys(1, "a7")));
            assert_eq!(keyed.open(key(1), Part::Body, &stored).as_deref(), Ok(text), "read by one with keys");
        }
        assert_eq!(payloads.open(key(1), Part::Body, b"\xFF"), Err(Unreadable::Damaged), "no text at all");
    }

    #[test]
    fn the_mark_of_a_person_is_the_one_of_earlier_releases() {
        let person = Subject::new("+14155550142");
        let hex = |mark: [u8; 16]| JobKey::from_bytes(mark).to_string();
        assert_eq!(hex(Payloads::default().subject(&person)), "ba68e379b0eab4d1a24763629d134133");
        assert_eq!(
            hex(Payloads::new(Some(keys(1, "a7"))).subject(&person)),
            "0eb2b7da94edf4ad43ce6662771f9ccb"
        );
    }

    #[test]
    fn what_is_encrypted_shows_no_word_and_holds_only_in_its_place() {
        let payloads = Payloads::new(Some(keys(1, "a7")));
        let stored = payloads.seal(key(1), Part::Body, "canary-transcript-c0de").unwrap();
        assert!(!stored.windows(6).any(|window| window == b"canary"));
        assert!(payloads.open(key(2), Part::Body, &stored).is_err(), "another job");
        for part in [Part::Outcome, Part::Memo] {
            assert!(payloads.open(key(1), part, &stored).is_err(), "another part");
        }
    }

    #[test]
    fn a_new_key_reads_what_the_old_one_wrote_and_nothing_of_an_unknown_one() {
        let stored = Payloads::new(Some(keys(1, "a7"))).seal(key(1), Part::Body, "words").unwrap();
        let rotated = keys(2, "b8").with_old(1, &SecretString::from("a7".repeat(32))).unwrap();
        let read = |keys| Payloads::new(keys).open(key(1), Part::Body, &stored);
        assert_eq!(read(Some(rotated)).unwrap().as_ref(), "words");
        assert_eq!(read(Some(keys(2, "b8"))), Err(Unreadable::NoKey(1)));
        assert_eq!(read(None), Err(Unreadable::NoKey(1)));
    }

    #[test]
    fn a_person_is_found_under_every_key_and_without_one() {
        let person = Subject::new("+14155550142");
        let rotated = keys(2, "b8").with_old(1, &SecretString::from("a7".repeat(32))).unwrap();
        let marks = Payloads::new(Some(rotated)).subjects(&person);
        for keys in [None, Some(keys(1, "a7")), Some(keys(2, "b8"))] {
            assert!(marks.contains(&Payloads::new(keys).subject(&person)));
        }
        assert!(!marks.contains(&Payloads::new(Some(keys(3, "c9"))).subject(&person)));
    }
}
