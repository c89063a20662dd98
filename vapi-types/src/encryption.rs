//! Tool arguments that Vapi encrypted for this server alone.
//!
//! A tool's `server.encryptedPaths` names arguments that arrive as base64 of RSA-OAEP with SHA-256, made with the
//! public key of the server's credential. See "Tool argument encryption" in Vapi's documentation. With a key of 2048
//! bits one argument holds at most 190 bytes.

use std::fmt;

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::SecretString;

use crate::message::Arguments;

mod key;
mod place;

pub use key::KeyError;

use place::replace;

/// Decrypts the arguments at certain paths with a private key.
///
/// ```
/// use secrecy::SecretString;
/// use vapi_types::encryption::{Decryptor, KeyError};
///
/// fn decryptor(pem: &SecretString) -> Result<Decryptor, KeyError> {
///     Ok(Decryptor::new(pem)?.path("ssn").path("payment.cardNumber"))
/// }
/// # assert!(decryptor(&SecretString::from("")).is_err());
/// ```
///
/// One argument takes the processor about a millisecond.
pub struct Decryptor {
    keys: Vec<OaepPrivateDecryptingKey>,
    paths: Vec<String>,
}

/// An argument cannot be decrypted. It names the path, which is the operator's, and no value.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptError {
    /// The arguments are not a JSON object.
    #[error("the arguments are not a JSON object")]
    NotAnObject,
    /// The argument is there and is no base64 text: it was not encrypted.
    #[error("{0}: the argument is not encrypted")]
    NotEncrypted(String),
    /// The argument was encrypted for another key, or changed on the way.
    #[error("{0}: the argument cannot be decrypted")]
    WrongKey(String),
    /// What was encrypted is not text in UTF-8.
    #[error("{0}: the argument is not text")]
    NotText(String),
}

impl Decryptor {
    /// A decryptor with an RSA private key in PEM form, PKCS #8 or PKCS #1, of at least 2048 bits and without a
    /// passphrase.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn new(private_key: &SecretString) -> Result<Self, KeyError> {
        Ok(Self { keys: vec![key::read(private_key)?], paths: Vec::new() })
    }

    /// Also tries an older private key, while a rotation lasts.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn also_try(mut self, older_key: &SecretString) -> Result<Self, KeyError> {
        self.keys.push(key::read(older_key)?);
        Ok(self)
    }

    /// Adds a path, spelled as in `server.encryptedPaths`: names with dots between, such as `payment.cardNumber`. A
    /// number leads into a list.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// The arguments with the text of each encrypted one in its place; what is absent or null stays so.
    ///
    /// # Errors
    /// [`DecryptError`]. An argument that arrives in the clear where it should be encrypted is refused.
    pub fn decrypt(&self, arguments: &Arguments) -> Result<Arguments, DecryptError> {
        if !arguments.is_object() {
            return Err(DecryptError::NotAnObject);
        }
        let mut text = arguments.as_str().to_owned();
        for path in &self.paths {
            let steps: Vec<&str> = path.split('.').collect();
            if let Some(replaced) = replace(&text, &steps, &|json| self.decrypt_text(json, path))? {
                text = replaced;
            }
        }
        Ok(Arguments::of_object(text))
    }

    /// Decrypts one JSON text into another.
    fn decrypt_text(&self, json: &str, path: &str) -> Result<String, DecryptError> {
        let not_encrypted = || DecryptError::NotEncrypted(path.to_owned());
        let text: String = serde_json::from_str(json).map_err(|_| not_encrypted())?;
        let encrypted = BASE64_STANDARD.decode(text).map_err(|_| not_encrypted())?;
        if encrypted.is_empty() {
            return Err(not_encrypted());
        }
        let decrypted = self.keys.iter().find_map(|key| decrypt_with(key, &encrypted));
        let decrypted = decrypted.ok_or_else(|| DecryptError::WrongKey(path.to_owned()))?;
        let text = String::from_utf8(decrypted).map_err(|_| DecryptError::NotText(path.to_owned()))?;
        Ok(serde_json::Value::String(text).to_string())
    }
}

fn decrypt_with(key: &OaepPrivateDecryptingKey, encrypted: &[u8]) -> Option<Vec<u8>> {
    let mut room = vec![0; key.min_output_size()];
    let text = key.decrypt(&OAEP_SHA256_MGF1SHA256, encrypted, &mut room, None).ok()?;
    let length = text.len();
    room.truncate(length);
    Some(room)
}

impl fmt::Debug for Decryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decryptor")
            .field("keys", &self.keys.len())
            .field("paths", &self.paths)
            .finish_non_exhaustive()
    }
}
