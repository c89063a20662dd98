//! The keys under which a journal encrypts what it stores, with their numbers, for rotation.

use std::{fmt, iter, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hmac,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::Unreadable;
use crate::Subject;

/// The keys under which a journal encrypts what it stores: AES-256-GCM, each with a number of your choice.
///
/// New jobs are encrypted under the current key; older keys still read what they wrote. To rotate, give a new key a new
/// number. Keep the old key until nothing under it is left: jobs that are done are forgotten in time, dead jobs stay
/// until they are retried or discarded.
#[derive(Clone)]
pub struct PayloadKeys {
    current: Numbered,
    old: Arc<[Numbered]>,
}

#[derive(Clone)]
struct Numbered {
    number: u32,
    key: Arc<RandomizedNonceKey>,
    mark: Arc<hmac::Key>,
}

/// The text is no key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPayloadKey {
    /// It has another form.
    #[error("a key of the journal is 64 hexadecimal digits, as `openssl rand -hex 32` prints them")]
    Form,
    /// Its number is taken.
    #[error("two keys of the journal have the number {0}; give each its own")]
    Number(u32),
}

impl PayloadKeys {
    /// One key, given as 64 hexadecimal digits, and its number, which is stored beside each text.
    ///
    /// # Errors
    /// [`InvalidPayloadKey::Form`] when it is no such key.
    pub fn new(number: u32, key: &SecretString) -> Result<Self, InvalidPayloadKey> {
        Ok(Self { current: Numbered::new(number, key)?, old: Arc::default() })
    }

    /// Adds a key that only reads what was encrypted under it before.
    ///
    /// # Errors
    /// [`InvalidPayloadKey`] when it is no such key, or its number is taken.
    pub fn with_old(self, number: u32, key: &SecretString) -> Result<Self, InvalidPayloadKey> {
        if self.all().any(|known| known.number == number) {
            return Err(InvalidPayloadKey::Number(number));
        }
        let old = Numbered::new(number, key)?;
        Ok(Self { old: self.old.iter().cloned().chain([old]).collect(), ..self })
    }

    fn all(&self) -> impl Iterator<Item = &Numbered> {
        iter::once(&self.current).chain(&*self.old)
    }

    /// Encrypts under the current key; gives its number, the nonce, and the ciphertext with its tag.
    pub(super) fn seal(
        &self,
        context: &[u8],
        mut text: Vec<u8>,
    ) -> Result<(u32, [u8; 12], Vec<u8>), aws_lc_rs::error::Unspecified> {
        let nonce = self.current.key.seal_in_place_append_tag(Aad::from(context), &mut text)?;
        Ok((self.current.number, *nonce.as_ref(), text))
    }

    pub(super) fn open(
        &self,
        number: u32,
        nonce: [u8; 12],
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, Unreadable> {
        let known = self.all().find(|known| known.number == number).ok_or(Unreadable::NoKey(number))?;
        let mut text = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = known.key.open_in_place(nonce, Aad::from(context), &mut text);
        let length = opened.map_err(|_| Unreadable::Damaged)?.len();
        text.truncate(length);
        Ok(text)
    }

    pub(super) fn mark(&self, subject: &Subject) -> [u8; 16] {
        self.current.mark(subject)
    }

    pub(super) fn marks(&self, subject: &Subject) -> Vec<[u8; 16]> {
        self.all().map(|known| known.mark(subject)).collect()
    }
}

impl Numbered {
    fn new(number: u32, key: &SecretString) -> Result<Self, InvalidPayloadKey> {
        let bytes = bytes(key.expose_secret().trim()).ok_or(InvalidPayloadKey::Form)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| InvalidPayloadKey::Form)?;
        // A key of its own for the marks, so that no key serves two ends.
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), b"voice-crm caller mark");
        let mark = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        Ok(Self { number, key: Arc::new(key), mark: Arc::new(mark) })
    }

    fn mark(&self, subject: &Subject) -> [u8; 16] {
        first_half(&hmac::sign(&self.mark, subject.as_bytes()))
    }
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

fn first_half(tag: &hmac::Tag) -> [u8; 16] {
    let mut mark = [0; 16];
    mark.copy_from_slice(&tag.as_ref()[..16]);
    mark
}

impl fmt::Debug for PayloadKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().map(|known| known.number)).finish()
    }
}
