//! An RSA private key out of a PEM file, and the signature RS256.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, ErrorKind, Result};

/// Salesforce takes certificates from this many bits on.
const FEWEST_BYTES: usize = 2048 / 8;

pub(super) struct RsaKey(KeyPair);

impl RsaKey {
    /// Reads the private key in `pem`: PKCS #8 or PKCS #1, not encrypted.
    pub(super) fn from_pem(pem: &SecretString) -> Result<Self> {
        let refuse = |hint| Error::new(ErrorKind::Configuration, hint);
        let text = pem.expose_secret();
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(refuse(
                "the private key is encrypted: decrypt it first, for instance with `openssl pkey`",
            ));
        }
        let not_rsa = |_| refuse("the private key is no usable RSA key");
        let key = if let Some(der) = section(text, "PRIVATE KEY") {
            RsaKeyPair::from_pkcs8(&der?).map_err(not_rsa)?
        } else if let Some(der) = section(text, "RSA PRIVATE KEY") {
            RsaKeyPair::from_der(&der?).map_err(not_rsa)?
        } else {
            return Err(refuse(
                "there is no private key in the PEM text: it begins with `-----BEGIN PRIVATE KEY-----`",
            ));
        };
        if key.public_modulus_len() < FEWEST_BYTES {
            return Err(refuse("the RSA key is shorter than 2,048 bits, which Salesforce does not accept"));
        }
        Ok(Self(key))
    }

    /// The RS256 signature of `message`.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| Error::new(ErrorKind::Configuration, "the private key cannot sign"))?;
        Ok(signature)
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaKey(..)")
    }
}

/// The bytes between the two lines that name `label`, when they are there.
fn section(pem: &str, label: &str) -> Option<Result<Vec<u8>>> {
    let begin = format!("-----BEGIN {label}-----");
    let start = pem.find(&begin)? + begin.len();
    let length = pem[start..].find(&format!("-----END {label}-----"));
    let broken = || Error::new(ErrorKind::Configuration, "the PEM text of the private key is damaged");
    Some(length.ok_or_else(broken).and_then(|length| {
        let text: String = pem[start..start + length].split_ascii_whitespace().collect();
        STANDARD.decode(text).map_err(|_| broken())
    }))
}

#[cfg(test)]
pub(super) mod tests {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    pub(crate) fn pem(label: &str, der: &[u8]) -> SecretString {
        let text = STANDARD.encode(der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\r\n{}\r\n-----END {label}-----\r\n", lines.join("\r\n")).into()
    }

    pub(crate) fn key() -> (KeyPair, Vec<u8>) {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let der = der.as_ref().to_vec();
        (pair, der)
    }

    #[test]
    fn both_forms_of_a_key_give_a_signature_that_its_public_key_accepts() {
        let (pair, pkcs8) = key();
        // The older form is the octet string inside the newer one.
        let pkcs1 = &pkcs8[26..];
        for key in [pem("PRIVATE KEY", &pkcs8), pem("RSA PRIVATE KEY", pkcs1)] {
            let signature = RsaKey::from_pem(&key).unwrap().sign(b"message").unwrap();
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
            assert!(public.verify(b"message", &signature).is_ok());
            assert!(public.verify(b"massage", &signature).is_err());
        }
    }

    #[test]
    fn what_is_no_usable_key_is_named() {
        let (_, pkcs8) = key();
        let whole = pem("PRIVATE KEY", &pkcs8);
        let cut = &whole.expose_secret()[..300];
        for (text, word) in [
            ("", "no private key"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "no private key"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA", "encrypted"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "no usable RSA key"),
            ("-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----", "damaged"),
            (cut, "damaged"),
        ] {
            let error = RsaKey::from_pem(&text.into()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(word), "{word}");
        }
    }
}
