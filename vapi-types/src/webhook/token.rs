//! Secrets that are sent as they are: `x-vapi-secret`, bearer tokens, headers of the operator's choice.

use std::str;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{ConfigError, Verified, VerifyError};

/// A header that must carry one of several secrets.
#[derive(Clone)]
pub(super) struct TokenScheme {
    header: String,
    is_bearer: bool,
    secrets: Vec<Secret>,
}

#[derive(Clone)]
struct Secret {
    text: SecretString,
    digest: [u8; 32],
}

impl TokenScheme {
    pub(super) fn bearer(token: String) -> Result<Self, ConfigError> {
        Ok(Self { header: "authorization".to_owned(), is_bearer: true, secrets: vec![Secret::new(token)?] })
    }

    pub(super) fn header(name: &str, value: String) -> Result<Self, ConfigError> {
        Ok(Self { header: header_name(name)?, is_bearer: false, secrets: vec![Secret::new(value)?] })
    }

    pub(super) fn also_accept(&mut self, secret: String) -> Result<(), ConfigError> {
        self.secrets.push(Secret::new(secret)?);
        Ok(())
    }

    pub(super) fn verify<'a>(
        &self,
        header: &dyn Fn(&str) -> Option<&'a [u8]>,
    ) -> Result<Verified, VerifyError> {
        let value = self.header_value(header).ok_or(VerifyError::MissingSecret)?;
        let digest: [u8; 32] = Sha256::digest(value).into();
        // Every secret is compared, and digests instead of texts, so that time tells neither length nor place.
        let mut found = Choice::from(0);
        let mut place = 0_u64;
        for (index, secret) in (0_u64..).zip(&self.secrets) {
            let equal = secret.digest.ct_eq(&digest);
            place.conditional_assign(&index, equal & !found);
            found |= equal;
        }
        if bool::from(found) {
            let secret_index = usize::try_from(place).unwrap_or_default();
            return Ok(Verified { secret_index, signed_at: None });
        }
        Err(VerifyError::WrongSecret)
    }

    pub(super) fn sign(&self) -> Vec<(String, String)> {
        let scheme = if self.is_bearer { "Bearer " } else { "" };
        let value = |secret: &Secret| format!("{scheme}{}", secret.text.expose_secret());
        self.secrets.first().map(|secret| (self.header.clone(), value(secret))).into_iter().collect()
    }

    /// The header that must carry it.
    pub(super) fn name(&self) -> &str {
        &self.header
    }

    fn header_value<'a>(&self, header: &dyn Fn(&str) -> Option<&'a [u8]>) -> Option<&'a [u8]> {
        let value = header(&self.header)?;
        if self.is_bearer { bearer_token(value) } else { Some(value).filter(|value| !value.is_empty()) }
    }
}

impl Secret {
    fn new(text: String) -> Result<Self, ConfigError> {
        if text.trim().is_empty() {
            return Err(ConfigError::EmptySecret);
        }
        ConfigError::if_short(text.trim().chars().count())?;
        Ok(Self { digest: Sha256::digest(&text).into(), text: SecretString::from(text) })
    }
}

/// The token behind `Bearer `, whose case does not matter; `None` for another scheme or an empty token.
pub(super) fn bearer_token(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(SCHEME.len())?;
    (scheme.eq_ignore_ascii_case(SCHEME) && !token.is_empty()).then_some(token)
}

/// The name in small letters, as every lookup expects it.
pub(super) fn header_name(name: &str) -> Result<String, ConfigError> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_name) {
        return Err(ConfigError::HeaderName(name.to_owned()));
    }
    Ok(name.to_ascii_lowercase())
}

const SCHEME: &[u8] = b"Bearer ";
