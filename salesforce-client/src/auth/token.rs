//! `AccessToken`: a bearer token, the instance it is for, and an identity of its own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::jwt;
use crate::error::{Error, ErrorKind, Result};

/// What a login gave.
pub struct AccessToken {
    serial: u64,
    secret: SecretString,
    authorization: HeaderValue,
    instance_url: Url,
    origin: Arc<str>,
    lifetime: Option<Duration>,
}

impl AccessToken {
    /// A token for the instance at `instance_url`.
    ///
    /// # Errors
    /// [`ErrorKind::Authentication`] when the text cannot stand in a header.
    pub fn new(secret: SecretString, instance_url: Url) -> Result<Self> {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {}", secret.expose_secret())).map_err(|_| {
                Error::new(ErrorKind::Authentication, "the token holds characters no header can carry")
            })?;
        authorization.set_sensitive(true);
        Ok(Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            secret,
            authorization,
            origin: instance_url.origin().ascii_serialization().into(),
            instance_url,
            lifetime: None,
        })
    }

    /// How long it is valid from now on, where the login told. Salesforce's does not.
    #[must_use]
    pub fn valid_for(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// The address requests with this token go to.
    pub fn instance_url(&self) -> &Url {
        &self.instance_url
    }

    /// The bearer text, for a request this crate does not make.
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Whether both are the outcome of the same login. The text alone does not tell: an org can
    /// hand out the same session twice.
    pub fn is_same_login(&self, other: &Self) -> bool {
        self.serial == other.serial
    }

    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    pub(crate) fn origin(&self) -> &Arc<str> {
        &self.origin
    }

    /// How long it is valid: as the login told, or as the token itself tells when it is a JWT.
    pub(super) fn known_lifetime(&self, now: Timestamp) -> Option<Duration> {
        self.lifetime.or_else(|| jwt::lifetime(self.secret.expose_secret(), now))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("instance", &self.origin).finish_non_exhaustive()
    }
}
