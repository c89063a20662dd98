//! How an HMAC credential signs: the fields of Vapi's `HMACAuthenticationPlan`, with its defaults.

use secrecy::SecretString;
use serde::Deserialize;

/// How requests are signed.
///
/// A plan can be read from the JSON form in which Vapi's credentials hold it; the public origin is set apart from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Document")]
pub struct HmacPlan {
    pub(super) secret: SecretString,
    pub(super) algorithm: Algorithm,
    pub(super) signature_header: String,
    pub(super) timestamp_header: String,
    pub(super) signature_prefix: String,
    pub(super) include_timestamp: bool,
    pub(super) payload_format: Option<String>,
    pub(super) public_origin: Option<String>,
    pub(super) message_id_header: String,
    pub(super) encoding: Encoding,
    pub(super) secret_is_base64: bool,
    pub(super) secret_may_be_short: bool,
}

/// The hash function under the MAC.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Algorithm {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
    /// SHA-1.
    Sha1,
}

impl Algorithm {
    /// How many bytes a MAC has.
    pub(super) fn mac_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// How the bytes of a signature are written in the header.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Encoding {
    /// Hexadecimal digits, all small or all capital.
    #[default]
    Hex,
    /// Base64 with the standard alphabet.
    Base64,
}

impl HmacPlan {
    /// Vapi's defaults: hex of HMAC-SHA256 over `{timestamp}.{body}` in `x-signature`, the time in
    /// `x-timestamp`.
    pub fn new(secret: impl Into<String>) -> Self {
        Self {
            secret: SecretString::from(secret.into()),
            algorithm: Algorithm::default(),
            signature_header: "x-signature".to_owned(),
            timestamp_header: "x-timestamp".to_owned(),
            signature_prefix: String::new(),
            include_timestamp: true,
            payload_format: None,
            public_origin: None,
            message_id_header: "svix-id".to_owned(),
            encoding: Encoding::default(),
            secret_is_base64: false,
            secret_may_be_short: false,
        }
    }

    /// Hex of HMAC-SHA256 over the body alone in `x-vapi-signature`, without a time.
    ///
    /// A recorded request stays valid for as long as the secret does, so prefer [`HmacPlan::new`].
    pub fn body_only(secret: impl Into<String>) -> Self {
        Self::new(secret).signature_header("x-vapi-signature").include_timestamp(false)
    }

    /// The hash function; SHA-256 unless set.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The header of the signature; `x-signature` unless set.
    #[must_use]
    pub fn signature_header(mut self, name: impl Into<String>) -> Self {
        self.signature_header = name.into();
        self
    }

    /// The header of the time; `x-timestamp` unless set.
    #[must_use]
    pub fn timestamp_header(mut self, name: impl Into<String>) -> Self {
        self.timestamp_header = name.into();
        self
    }

    /// What stands before the signature, such as `sha256=`; nothing unless set.
    #[must_use]
    pub fn signature_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.signature_prefix = prefix.into();
        self
    }

    /// Whether a time is sent and signed; true unless set.
    #[must_use]
    pub fn include_timestamp(mut self, included: bool) -> Self {
        self.include_timestamp = included;
        self
    }

    /// What is signed, with the placeholders `{body}`, `{timestamp}`, `{method}`, `{url}` and `{svix-id}`.
    ///
    /// Unless set it is `{timestamp}.{body}`, or `{body}` where no time is included. One with `{url}` wants a
    /// [`public_origin`](HmacPlan::public_origin).
    #[must_use]
    pub fn payload_format(mut self, format: impl Into<String>) -> Self {
        self.payload_format = Some(format.into());
        self
    }

    /// The scheme, host and port by which Vapi calls this server, such as `https://voice.example.com`, with the part of
    /// the path that a proxy takes off: what `{url}` begins with. No credential of Vapi's holds it.
    #[must_use]
    pub fn public_origin(mut self, origin: impl Into<String>) -> Self {
        self.public_origin = Some(origin.into());
        self
    }

    /// The header of the message id; `svix-id` unless set.
    #[must_use]
    pub fn message_id_header(mut self, name: impl Into<String>) -> Self {
        self.message_id_header = name.into();
        self
    }

    /// How the signature is written; hex unless set.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Whether the secret is the base64 form of the key; false unless set.
    #[must_use]
    pub fn secret_is_base64(mut self, base64: bool) -> Self {
        self.secret_is_base64 = base64;
        self
    }

    /// Takes a secret that is so short that it can be found by trying. Only for published test vectors.
    #[must_use]
    pub fn short_secret_by_choice(mut self) -> Self {
        self.secret_may_be_short = true;
        self
    }
}

/// The plan as the REST API writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    secret_key: String,
    #[serde(default)]
    algorithm: Algorithm,
    signature_header: Option<String>,
    timestamp_header: Option<String>,
    signature_prefix: Option<String>,
    include_timestamp: Option<bool>,
    payload_format: Option<String>,
    message_id_header: Option<String>,
    signature_encoding: Option<Encoding>,
    secret_is_base64: Option<bool>,
}

impl From<Document> for HmacPlan {
    fn from(document: Document) -> Self {
        let defaults = Self::new(document.secret_key);
        Self {
            algorithm: document.algorithm,
            signature_header: document.signature_header.unwrap_or(defaults.signature_header),
            timestamp_header: document.timestamp_header.unwrap_or(defaults.timestamp_header),
            signature_prefix: document.signature_prefix.unwrap_or(defaults.signature_prefix),
            include_timestamp: document.include_timestamp.unwrap_or(defaults.include_timestamp),
            payload_format: document.payload_format,
            public_origin: None,
            message_id_header: document.message_id_header.unwrap_or(defaults.message_id_header),
            encoding: document.signature_encoding.unwrap_or(defaults.encoding),
            secret_is_base64: document.secret_is_base64.unwrap_or(defaults.secret_is_base64),
            secret_may_be_short: defaults.secret_may_be_short,
            secret: defaults.secret,
        }
    }
}
