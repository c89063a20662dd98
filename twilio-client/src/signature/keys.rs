//! The secrets that sign webhooks: Auth Tokens, and shared keys apart from them.

use hmac::{Hmac, KeyInit as _, Mac};
use sha1::Sha1;
use sha2::Sha256;

use super::VerifyError;
use crate::auth::{AuthToken, SharedKey};

/// The hash function under a signature, as the settings header of a request names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `HMAC_SHA1`.
    Sha1,
    /// `HMAC_SHA256`.
    Sha256,
}

impl Algorithm {
    /// The word of the settings header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "HMAC_SHA1",
            Self::Sha256 => "HMAC_SHA256",
        }
    }

    /// How many characters the base64 of a signature has.
    pub(super) fn signature_length(self) -> usize {
        match self {
            Self::Sha1 => 28,
            Self::Sha256 => 44,
        }
    }
}

/// What a request was signed with, by its settings header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SignedWith {
    /// The account's token: there is no such header.
    Token,
    /// A shared key, with this hash function.
    SharedKey(Algorithm),
}

impl SignedWith {
    /// Reads `key=..,algorithm=HMAC_SHA256`. A header that names no hash function means SHA-1, as in Twilio's libraries.
    pub(super) fn read(settings: Option<&[u8]>) -> Result<Self, VerifyError> {
        let Some(settings) = settings.filter(|settings| !settings.is_empty()) else { return Ok(Self::Token) };
        let text = std::str::from_utf8(settings).map_err(|_| VerifyError::UnknownAlgorithm)?;
        let named = text.split(',').filter_map(|part| part.split_once('='));
        let mut algorithms =
            named.filter(|(name, _)| name.trim() == "algorithm").map(|(_, word)| word.trim());
        let word = algorithms.next().unwrap_or_default();
        let known = [Algorithm::Sha1, Algorithm::Sha256];
        match known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(word)) {
            Some(algorithm) => Ok(Self::SharedKey(algorithm)),
            None if word.is_empty() => Ok(Self::SharedKey(Algorithm::Sha1)),
            None => Err(VerifyError::UnknownAlgorithm),
        }
    }

    pub(super) fn algorithm(self) -> Algorithm {
        match self {
            Self::Token => Algorithm::Sha1,
            Self::SharedKey(algorithm) => algorithm,
        }
    }
}

/// Keyed and ready; a check clones one instead of deriving the key again.
#[derive(Clone)]
pub(super) enum Key {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
}

impl Key {
    /// A key of any length makes an HMAC, so there always is one.
    pub(super) fn new(algorithm: Algorithm, secret: &str) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Sha1 => Self::Sha1(Hmac::new_from_slice(secret.as_bytes()).ok()?),
            Algorithm::Sha256 => Self::Sha256(Hmac::new_from_slice(secret.as_bytes()).ok()?),
        })
    }

    /// Whether these pieces have this signature. The comparison takes the same time for every wrong one.
    pub(super) fn fits(&self, pieces: [&str; 6], signed: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Sha1(mac) => fed(mac, &pieces, signed).verify_slice(signature).is_ok(),
            Self::Sha256(mac) => fed(mac, &pieces, signed).verify_slice(signature).is_ok(),
        }
    }

    pub(super) fn sign(&self, pieces: &[&str], signed: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1(mac) => fed(mac, pieces, signed).finalize().into_bytes().to_vec(),
            Self::Sha256(mac) => fed(mac, pieces, signed).finalize().into_bytes().to_vec(),
        }
    }
}

fn fed<M: Mac + Clone>(mac: &M, pieces: &[&str], signed: &[u8]) -> M {
    let mut mac = mac.clone();
    for piece in pieces {
        mac.update(piece.as_bytes());
    }
    mac.update(signed);
    mac
}

/// Everything that may have signed a request. A token never stands in for a shared key, nor the reverse.
#[derive(Clone, Default)]
pub(super) struct Keys {
    tokens: Vec<Key>,
    shared_sha1: Vec<Key>,
    shared_sha256: Vec<Key>,
}

impl Keys {
    pub(super) fn add_token(&mut self, token: &AuthToken) {
        self.tokens.extend(Key::new(Algorithm::Sha1, token.expose()));
    }

    pub(super) fn add_shared_key(&mut self, key: &SharedKey) {
        self.shared_sha1.extend(Key::new(Algorithm::Sha1, key.expose()));
        self.shared_sha256.extend(Key::new(Algorithm::Sha256, key.expose()));
    }

    /// The secrets of the kind that a request says it was signed with.
    pub(super) fn of(&self, signed_with: SignedWith) -> Result<&[Key], VerifyError> {
        let (keys, missing) = match signed_with {
            SignedWith::Token => (&self.tokens, VerifyError::NoToken),
            SignedWith::SharedKey(Algorithm::Sha1) => (&self.shared_sha1, VerifyError::NoSharedKey),
            SignedWith::SharedKey(Algorithm::Sha256) => (&self.shared_sha256, VerifyError::NoSharedKey),
        };
        if keys.is_empty() { Err(missing) } else { Ok(keys) }
    }

    /// How many tokens and how many shared keys there are.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.tokens.len(), self.shared_sha1.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_say_what_signed_a_request() {
        let read = |text: &str| SignedWith::read(Some(text.as_bytes()));
        let shared = |algorithm| Ok(SignedWith::SharedKey(algorithm));

        assert_eq!(SignedWith::read(None), Ok(SignedWith::Token));
        assert_eq!(read(""), Ok(SignedWith::Token));
        assert_eq!(read("key=webhooks_sharedkey_01,algorithm=HMAC_SHA256"), shared(Algorithm::Sha256));
        assert_eq!(read(" algorithm = hmac_sha1 , key=x"), shared(Algorithm::Sha1));
        assert_eq!(read("key=webhooks_sharedkey_01"), shared(Algorithm::Sha1));
        for unknown in ["algorithm=HMAC_SHA512", "algorithm=none", "algorithm=HMAC_SHA256x"] {
            assert_eq!(read(unknown), Err(VerifyError::UnknownAlgorithm), "{unknown}");
        }
        assert_eq!(SignedWith::read(Some(b"\xff")), Err(VerifyError::UnknownAlgorithm));
    }
}
