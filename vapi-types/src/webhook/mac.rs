//! The MAC itself: a key prepared once, fed piece by piece, compared in constant time.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::{Algorithm, ConfigError};

/// A prepared key; cloning it costs two hash states and no hashing.
#[derive(Clone)]
pub(super) enum Key {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl Key {
    pub(super) fn new(
        algorithm: Algorithm,
        secret: &str,
        is_base64: bool,
        may_be_short: bool,
    ) -> Result<Self, ConfigError> {
        let decoded;
        let bytes = if is_base64 {
            decoded = STANDARD.decode(secret).map_err(|_| ConfigError::SecretNotBase64)?;
            decoded.as_slice()
        } else {
            secret.as_bytes()
        };
        if secret.trim().is_empty() || bytes.is_empty() {
            return Err(ConfigError::EmptySecret);
        }
        // Of base64 the key counts, and not its longer spelling.
        let length = if is_base64 { bytes.len() } else { secret.trim().chars().count() };
        if !may_be_short {
            ConfigError::if_short(length)?;
        }
        // HMAC takes keys of any length but none, so the error of each constructor is that one.
        let empty = |_| ConfigError::EmptySecret;
        Ok(match algorithm {
            Algorithm::Sha1 => Self::Sha1(Hmac::new_from_slice(bytes).map_err(empty)?),
            Algorithm::Sha256 => Self::Sha256(Hmac::new_from_slice(bytes).map_err(empty)?),
            Algorithm::Sha512 => Self::Sha512(Hmac::new_from_slice(bytes).map_err(empty)?),
        })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(mac) => mac.update(bytes),
            Self::Sha256(mac) => mac.update(bytes),
            Self::Sha512(mac) => mac.update(bytes),
        }
    }

    /// Compares in constant time.
    pub(super) fn matches(self, signature: &[u8]) -> bool {
        match self {
            Self::Sha1(mac) => mac.verify_slice(signature).is_ok(),
            Self::Sha256(mac) => mac.verify_slice(signature).is_ok(),
            Self::Sha512(mac) => mac.verify_slice(signature).is_ok(),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha1(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha512(mac) => mac.finalize().into_bytes().to_vec(),
        }
    }
}
