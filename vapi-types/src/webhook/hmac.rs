//! Requests signed by an HMAC plan.

use std::{str, time::Duration};

use jiff::Timestamp;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::{
    Algorithm, ConfigError, Encoding, HmacPlan, Parts, Verified, VerifyError,
    mac::Key,
    origin::PublicOrigin,
    payload::{PayloadFormat, Piece},
    signature::{self, Signature},
    token::header_name,
    window,
};

/// A plan made ready: names checked, payload taken apart, keys prepared.
#[derive(Clone)]
pub(super) struct HmacScheme {
    algorithm: Algorithm,
    encoding: Encoding,
    secret_is_base64: bool,
    secret_may_be_short: bool,
    keys: Vec<Key>,
    payload: PayloadFormat,
    origin: Option<PublicOrigin>,
    signature_header: String,
    signature_prefix: String,
    timestamp_header: String,
    message_id_header: String,
}

/// What the headers of a request say of its signature.
pub(super) struct Received<'a> {
    signature: Signature,
    timestamp: &'a str,
    signed_at: Option<Timestamp>,
    message_id: &'a [u8],
}

/// The pieces of one request that a payload may name.
struct Signed<'a> {
    method: &'a str,
    url: &'a str,
    timestamp: &'a str,
    message_id: &'a [u8],
    body: &'a [u8],
}

impl HmacScheme {
    pub(super) fn new(plan: HmacPlan) -> Result<Self, ConfigError> {
        let default_format = if plan.include_timestamp { "{timestamp}.{body}" } else { "{body}" };
        let payload = PayloadFormat::parse(plan.payload_format.as_deref().unwrap_or(default_format))?;
        if payload.names(&Piece::Timestamp) && !plan.include_timestamp {
            return Err(ConfigError::NoTimestamp);
        }
        let origin = plan.public_origin.as_deref().map(PublicOrigin::parse).transpose()?;
        if payload.names(&Piece::Url) && origin.is_none() {
            return Err(ConfigError::NoPublicOrigin);
        }
        let secret = plan.secret.expose_secret();
        let key = Key::new(plan.algorithm, secret, plan.secret_is_base64, plan.secret_may_be_short)?;
        Ok(Self {
            algorithm: plan.algorithm,
            encoding: plan.encoding,
            secret_is_base64: plan.secret_is_base64,
            secret_may_be_short: plan.secret_may_be_short,
            keys: vec![key],
            origin: origin.filter(|_| payload.names(&Piece::Url)),
            payload,
            signature_header: header_name(&plan.signature_header)?,
            signature_prefix: plan.signature_prefix,
            timestamp_header: header_name(&plan.timestamp_header)?,
            message_id_header: header_name(&plan.message_id_header)?,
        })
    }

    pub(super) fn also_accept(&mut self, secret: &str) -> Result<(), ConfigError> {
        self.keys.push(Key::new(self.algorithm, secret, self.secret_is_base64, self.secret_may_be_short)?);
        Ok(())
    }

    pub(super) fn verify(
        &self,
        parts: &Parts<'_>,
        window: Duration,
        now: Timestamp,
    ) -> Result<Verified, VerifyError> {
        let received = self.received(parts.header, window, now)?;
        let url = self.origin.as_ref().map(|origin| origin.url(parts.url)).unwrap_or_default();
        let signed = Signed {
            method: parts.method,
            url: &url,
            timestamp: received.timestamp,
            message_id: received.message_id,
            body: parts.body,
        };
        let matches = |key: &Key| self.mac(key, &signed).matches(received.signature.as_bytes());
        let secret_index = self.keys.iter().position(matches).ok_or(VerifyError::WrongSignature)?;
        Ok(Verified { secret_index, signed_at: received.signed_at })
    }

    /// The headers that a request must carry.
    pub(super) fn headers(&self) -> Vec<&str> {
        let mut headers = vec![self.signature_header.as_str()];
        if self.payload.names(&Piece::Timestamp) {
            headers.push(&self.timestamp_header);
        }
        if self.payload.names(&Piece::MessageId) {
            headers.push(&self.message_id_header);
        }
        headers
    }

    /// Reads the headers, and refuses what no body could make genuine.
    pub(super) fn received<'a>(
        &self,
        header: &dyn Fn(&str) -> Option<&'a [u8]>,
        window: Duration,
        now: Timestamp,
    ) -> Result<Received<'a>, VerifyError> {
        let signature = self.received_signature(header)?;
        let timestamp = self.received_timestamp(header)?;
        // A time that is not signed proves nothing, so it is not looked at.
        let signed_at = timestamp.map(window::parse).transpose()?;
        if let Some(signed_at) = signed_at {
            window::check(signed_at, window, now)?;
        }
        let message_id = self.received_message_id(header)?;
        Ok(Received { signature, timestamp: timestamp.unwrap_or_default(), signed_at, message_id })
    }

    pub(super) fn sign(&self, method: &str, url: &str, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        let timestamp = now.as_millisecond().to_string();
        let digest = Sha256::digest([timestamp.as_bytes(), body].concat());
        let message_id = format!("msg_{}", signature::encode(Encoding::Hex, &digest[..8]));
        let signed = Signed { method, url, timestamp: &timestamp, message_id: message_id.as_bytes(), body };

        let mut headers = Vec::with_capacity(3);
        if let Some(key) = self.keys.first() {
            let signature = signature::encode(self.encoding, &self.mac(key, &signed).finish());
            headers.push((self.signature_header.clone(), format!("{}{signature}", self.signature_prefix)));
        }
        if self.payload.names(&Piece::Timestamp) {
            headers.push((self.timestamp_header.clone(), timestamp));
        }
        if self.payload.names(&Piece::MessageId) {
            headers.push((self.message_id_header.clone(), message_id));
        }
        headers
    }

    fn mac(&self, key: &Key, signed: &Signed<'_>) -> Key {
        let mut mac = key.clone();
        for piece in self.payload.pieces() {
            mac.update(match piece {
                Piece::Literal(text) => text.as_bytes(),
                Piece::Body => signed.body,
                Piece::Timestamp => signed.timestamp.as_bytes(),
                Piece::Method => signed.method.as_bytes(),
                Piece::Url => signed.url.as_bytes(),
                Piece::MessageId => signed.message_id,
            });
        }
        mac
    }

    fn received_signature<'a>(
        &self,
        header: &dyn Fn(&str) -> Option<&'a [u8]>,
    ) -> Result<Signature, VerifyError> {
        let value = header(&self.signature_header).filter(|value| !value.is_empty());
        let value = value.ok_or(VerifyError::MissingSignature)?;
        str::from_utf8(value)
            .ok()
            .and_then(|text| text.strip_prefix(self.signature_prefix.as_str()))
            .and_then(|text| Signature::decode(self.encoding, text))
            .filter(|signature| signature.as_bytes().len() == self.algorithm.mac_length())
            .ok_or(VerifyError::MalformedSignature)
    }

    fn received_timestamp<'a>(
        &self,
        header: &dyn Fn(&str) -> Option<&'a [u8]>,
    ) -> Result<Option<&'a str>, VerifyError> {
        if !self.payload.names(&Piece::Timestamp) {
            return Ok(None);
        }
        let value = header(&self.timestamp_header).ok_or(VerifyError::MissingTimestamp)?;
        str::from_utf8(value).map(Some).map_err(|_| VerifyError::MalformedTimestamp)
    }

    fn received_message_id<'a>(
        &self,
        header: &dyn Fn(&str) -> Option<&'a [u8]>,
    ) -> Result<&'a [u8], VerifyError> {
        if !self.payload.names(&Piece::MessageId) {
            return Ok(&[]);
        }
        let value = header(&self.message_id_header).filter(|value| !value.is_empty());
        value.ok_or(VerifyError::MissingMessageId)
    }
}
