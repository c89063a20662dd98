//! Reading an RSA private key from the forms that people have it in.

use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// A private key cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text holds no private key in PEM form.
    #[error("the text holds no private key in PEM form")]
    NotPem,
    /// The key is protected by a passphrase.
    #[error("the private key is protected by a passphrase; remove it first")]
    Passphrase,
    /// The key is not an RSA key of at least 2048 bits.
    #[error("the private key is not an RSA key of at least 2048 bits")]
    Unusable,
}

pub(super) fn read(pem: &SecretString) -> Result<OaepPrivateDecryptingKey, KeyError> {
    let pem = pem.expose_secret();
    if pem.contains("ENCRYPTED") {
        return Err(KeyError::Passphrase);
    }
    let pkcs8 = match (section(pem, "PRIVATE KEY"), section(pem, "RSA PRIVATE KEY")) {
        (Some(pkcs8), _) => pkcs8,
        (None, Some(pkcs1)) => wrap(pkcs1.expose_secret()),
        (None, None) => return Err(KeyError::NotPem),
    };
    let key = PrivateDecryptingKey::from_pkcs8(pkcs8.expose_secret()).map_err(|_| KeyError::Unusable)?;
    OaepPrivateDecryptingKey::new(key).map_err(|_| KeyError::Unusable)
}

/// The bytes between the lines that begin and end a section of this label.
fn section(pem: &str, label: &str) -> Option<SecretSlice<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let base64: String = inside.split_whitespace().collect();
    BASE64_STANDARD.decode(base64).ok().map(SecretSlice::from)
}

/// Puts an RSA key of PKCS #1 into the envelope of PKCS #8: version 0, the algorithm, the key.
fn wrap(pkcs1: &[u8]) -> SecretSlice<u8> {
    let key = tagged(OCTET_STRING, pkcs1);
    let inside = [VERSION_0, RSA_ENCRYPTION, &key].concat();
    tagged(SEQUENCE, &inside).into()
}

/// A value in DER, whose length takes one byte below 128 and else says first how many bytes it takes.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let digits = &length[value.len().leading_zeros() as usize / 8..];
    let mut tagged = vec![tag];
    match digits {
        [] => tagged.push(0),
        [short] if *short < 0x80 => tagged.push(*short),
        // A length has at most eight bytes.
        long => {
            tagged.push(0x80 + long.len().to_le_bytes()[0]);
            tagged.extend(long);
        }
    }
    tagged.extend(value);
    tagged
}

const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;
const VERSION_0: &[u8] = &[0x02, 0x01, 0x00];
/// The object identifier 1.2.840.113549.1.1.1 and its parameters, null.
const RSA_ENCRYPTION: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

#[cfg(test)]
mod tests {
    use super::tagged;

    #[test]
    fn lengths_are_written_as_der_wants_them() {
        for (length, expected) in [
            (0, &[4, 0][..]),
            (127, &[4, 127]),
            (128, &[4, 0x81, 128]),
            (255, &[4, 0x81, 255]),
            (256, &[4, 0x82, 1, 0]),
            (65_536, &[4, 0x83, 1, 0, 0]),
        ] {
            let tagged = tagged(4, &vec![7; length]);

            assert!(tagged.starts_with(expected));
            assert_eq!(tagged.len(), expected.len() + length);
        }
    }
}
