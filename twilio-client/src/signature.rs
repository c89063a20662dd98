//! Proof that a webhook comes from Twilio.
//!
//! The signature is a base64 HMAC of the public URL and, for form bodies, of the parameters sorted by name. It is SHA-1
//! with the account's Auth Token, or SHA-1 or SHA-256 with a shared key where a second header says so. Any other body is
//! bound by its SHA-256 in the URL (`bodySHA256`). Everything is done on the URL as it was received: a URL that is parsed and written again
//! is another text, and another text has another signature.
//!
//! Four things a signature does not give. It covers no time, so a captured request can be replayed: tell
//! repeats apart by `CallSid` and `SequenceNumber`. It joins names and values without a delimiter, so bytes
//! can move between the end of the URL and the parameters, or between a name and its value, unnoticed: take
//! only the parameters you expect. It does not cover the method, so decide by the method what a request may be before
//! you verify it. And it proves who sent the request, not who is calling.
//!
//! See Twilio's page "Webhooks Security".

mod body_hash;
mod diagnosis;
mod keys;
mod params;
mod request;
mod spelling;
mod url_parts;

use base64::Engine as _;

pub use self::diagnosis::{Diagnosis, Difference};
pub use self::keys::Algorithm;
pub use self::request::{Payload, SETTINGS_HEADER, SIGNATURE_HEADER, SignedRequest};
pub use self::spelling::Spelling;

pub(crate) use self::params::decode_form;

use self::body_hash::BodyHash;
use self::keys::{Key, Keys, SignedWith};
use self::spelling::Spellings;
use self::url_parts::UrlParts;
use crate::auth::{AuthToken, SharedKey};

/// Checks the signatures of webhooks and WebSocket handshakes.
///
/// It never panics and every request gets a verdict, whatever its bytes are.
///
/// ```
/// use twilio_client::origin::PublicOrigin;
/// use twilio_client::signature::{Payload, SignedRequest, VerifyError};
/// use twilio_client::{AuthToken, WebhookVerifier};
///
/// let verifier = WebhookVerifier::new(&AuthToken::new("the-auth-token-of-the-account")?);
/// let origin: PublicOrigin = "https://voice.example.com".parse()?;
///
/// let url = origin.url("/voice?queue=2");
/// let body = Payload::of("POST", Some("application/x-www-form-urlencoded"), b"CallStatus=ringing");
///
/// let signed = SignedRequest::new(&url, Some(b"So72yZjLcDO5C71WxYHSNvkvU74="), body);
/// assert!(verifier.verify(&signed)?.spelling().is_as_received());
///
/// let unsigned = SignedRequest::new(&url, None, body);
/// assert_eq!(verifier.verify(&unsigned), Err(VerifyError::MissingSignature));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct WebhookVerifier {
    keys: Keys,
}

impl WebhookVerifier {
    /// Accepts what is signed with this token.
    pub fn new(token: &AuthToken) -> Self {
        Self { keys: Keys::default() }.or(token)
    }

    /// Accepts what is signed with this shared key, and nothing that a token signed.
    pub fn shared_key(key: &SharedKey) -> Self {
        Self { keys: Keys::default() }.or_shared_key(key)
    }

    /// Accepts what is signed with this token as well: the secondary one while tokens are rotated, or that
    /// of a subaccount, whose webhooks are signed with its own.
    #[must_use]
    pub fn or(mut self, token: &AuthToken) -> Self {
        self.keys.add_token(token);
        self
    }

    /// Accepts what is signed with this shared key as well, beside a token, or beside another key while they are
    /// rotated. A token never stands in for a shared key, nor the reverse.
    #[must_use]
    pub fn or_shared_key(mut self, key: &SharedKey) -> Self {
        self.keys.add_shared_key(key);
        self
    }

    /// Says whether Twilio signed this request.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] says why not; every variant deserves a 401 or 403 with an empty body.
    pub fn verify(&self, request: &SignedRequest<'_>) -> Result<Verified, VerifyError> {
        let proof = self.proof(request)?;
        let hash = BodyHash::in_url(request.url);
        let (signed, hashed) = signed_parts(request.payload, hash)?;
        let verified = proof.find(request.url, &signed).ok_or(VerifyError::SignatureMismatch)?;
        let fits = hashed.is_none_or(|body| hash.fits(body));
        if fits { Ok(verified) } else { Err(VerifyError::BodyHashMismatch) }
    }

    /// Refuses by its head alone a request that cannot be genuine whatever its body is.
    ///
    /// A signature has to be there and to be of the right form. Where only the URL is signed, it also has to fit: for
    /// [`Payload::Empty`] that is the whole verdict; where the URL carries the hash of the body, only the hash is left
    /// to compare. Any other payload is not looked at, so give [`Payload::of`] an empty body while it is not read. What
    /// passes is still to be judged by [`verify`](WebhookVerifier::verify), which refuses whatever this refuses.
    ///
    /// # Errors
    ///
    /// As [`verify`](WebhookVerifier::verify).
    pub fn screen(&self, request: &SignedRequest<'_>) -> Result<(), VerifyError> {
        let proof = self.proof(request)?;
        if matches!(request.payload, Payload::Empty) || BodyHash::in_url(request.url).is_claimed() {
            proof.find(request.url, b"").ok_or(VerifyError::SignatureMismatch)?;
        }
        Ok(())
    }

    /// Looks for a URL that a refused signature does fit: another scheme, slash or query, no parameters, or
    /// one of `others`, such as the URL put together from the request's `Host` header.
    ///
    /// This is for a log line that helps to set the public URL right. It must not decide about the request,
    /// and it costs several times a check, so do not run it for every stranger's request.
    pub fn diagnose(&self, request: &SignedRequest<'_>, others: &[&str]) -> Option<Diagnosis> {
        let proof = self.proof(request).ok()?;
        let (signed, _) = signed_parts(request.payload, BodyHash::in_url(request.url)).unwrap_or_default();
        let fits = |url: &str, signed: &[u8]| proof.find(url, signed).is_some();

        if !signed.is_empty() && fits(request.url, b"") {
            return Some(Diagnosis::new(Difference::Parameters, request.url));
        }
        let others = others.iter().map(|url| (Difference::OtherUrl, (*url).to_owned()));
        diagnosis::suspects(request.url)
            .into_iter()
            .chain(others)
            .find(|(_, url)| url != request.url && (fits(url, &signed) || fits(url, b"")))
            .map(|(difference, url)| Diagnosis::new(difference, &url))
    }

    /// What the headers say: a signature, and which of our secrets may have made it.
    fn proof(&self, request: &SignedRequest<'_>) -> Result<Proof<'_>, VerifyError> {
        let signed_with = SignedWith::read(request.settings)?;
        let signature = decode_signature(request.signature, signed_with.algorithm())?;
        Ok(Proof { signed_with, keys: self.keys.of(signed_with)?, signature })
    }
}

/// A signature of the right form, and the secrets that may have made it.
struct Proof<'v> {
    signed_with: SignedWith,
    keys: &'v [Key],
    signature: Vec<u8>,
}

impl Proof<'_> {
    fn find(&self, url: &str, signed: &[u8]) -> Option<Verified> {
        let spellings = Spellings::of(&UrlParts::cut(url));
        self.keys.iter().enumerate().find_map(|(place, key)| {
            let spelling = spellings.find(|pieces| key.fits(pieces, signed, &self.signature))?;
            let signed_by = match self.signed_with {
                SignedWith::Token => SignedBy::Token(place),
                SignedWith::SharedKey(_) => SignedBy::SharedKey(place),
            };
            Some(Verified { signed_by, spelling })
        })
    }
}

impl std::fmt::Debug for WebhookVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (tokens, shared_keys) = self.keys.counts();
        f.debug_struct("WebhookVerifier")
            .field("tokens", &tokens)
            .field("shared_keys", &shared_keys)
            .finish_non_exhaustive()
    }
}

/// The signature that Twilio would send with this request: for tests, and for programs that play Twilio's part.
///
/// ```
/// use twilio_client::signature::{Payload, SignedRequest, sign};
/// use twilio_client::{AuthToken, WebhookVerifier};
///
/// let token = AuthToken::new("the-auth-token-of-the-account")?;
/// let (url, body) = ("https://voice.example.com/voice", Payload::Form(b"CallStatus=ringing"));
/// let signature = sign(&token, url, body)?;
///
/// let request = SignedRequest::new(url, Some(signature.as_bytes()), body);
/// assert!(WebhookVerifier::new(&token).verify(&request).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`VerifyError::MissingBodyHash`] and [`VerifyError::RawBodyNeeded`], as for checking; a hash in the URL is
/// taken as it stands.
pub fn sign(token: &AuthToken, url: &str, payload: Payload<'_>) -> Result<String, VerifyError> {
    sign_with(Key::new(Algorithm::Sha1, token.expose()), url, payload)
}

/// The signature that Twilio would send with a request that a shared key signs; the [`SETTINGS_HEADER`] goes with it, as
/// `key=webhooks_sharedkey_..,algorithm=HMAC_SHA256`.
///
/// # Errors
///
/// As [`sign`].
pub fn sign_with_shared_key(
    key: &SharedKey,
    algorithm: Algorithm,
    url: &str,
    payload: Payload<'_>,
) -> Result<String, VerifyError> {
    sign_with(Key::new(algorithm, key.expose()), url, payload)
}

fn sign_with(key: Option<Key>, url: &str, payload: Payload<'_>) -> Result<String, VerifyError> {
    let (signed, _) = signed_parts(payload, BodyHash::in_url(url))?;
    let key = key.ok_or(VerifyError::SignatureMismatch)?;
    let signature = key.sign(&[url.split('#').next().unwrap_or_default()], &signed);
    Ok(base64::engine::general_purpose::STANDARD.encode(signature))
}

fn decode_signature(header: Option<&[u8]>, algorithm: Algorithm) -> Result<Vec<u8>, VerifyError> {
    let text = header.filter(|text| !text.is_empty()).ok_or(VerifyError::MissingSignature)?;
    // Anything but the length of a signature is refused before it is decoded.
    if text.len() != algorithm.signature_length() {
        return Err(VerifyError::MalformedSignature);
    }
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| VerifyError::MalformedSignature)
}

/// What is signed after the URL, and the body that a hash in the URL has to fit, where it is of one.
///
/// A URL with a hash binds the raw body whatever its content type says; otherwise a change of that header,
/// which is not signed, would let another body through.
fn signed_parts<'a>(
    payload: Payload<'a>,
    hash: BodyHash<'_>,
) -> Result<(Vec<u8>, Option<&'a [u8]>), VerifyError> {
    match payload {
        Payload::Empty => Ok((Vec::new(), None)),
        // If the URL has a hash, an empty body must fit it too.
        Payload::Form(body) | Payload::Raw(body) if hash.is_claimed() || body.is_empty() => {
            Ok((Vec::new(), Some(body)))
        }
        Payload::Form(body) => Ok((params::canonical_form(body), None)),
        Payload::Raw(_) => Err(VerifyError::MissingBodyHash),
        Payload::Params(_) if hash.is_claimed() => Err(VerifyError::RawBodyNeeded),
        Payload::Params(params) => Ok((params::canonical_params(params), None)),
    }
}

/// The request was signed with one of our secrets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verified {
    signed_by: SignedBy,
    spelling: Spelling,
}

/// Which of our secrets signed a request, each kind counted from 0 in the order they were given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignedBy {
    /// This Auth Token.
    Token(usize),
    /// This shared key.
    SharedKey(usize),
}

impl Verified {
    /// Which secret it was: after a rotation, when nothing is signed with the old one any more, that can go.
    pub fn signed_by(&self) -> SignedBy {
        self.signed_by
    }

    /// How the signed URL was spelt.
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }
}

/// Why a request was not accepted as Twilio's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no signature header, or it is empty.
    #[error("the request carries no signature")]
    MissingSignature,
    /// The header is not the base64 of a SHA-1, or of a SHA-256 where a shared key signed with that.
    #[error("the signature is malformed")]
    MalformedSignature,
    /// The settings header names a hash function that this crate does not know.
    #[error("the request is signed with an unknown hash function")]
    UnknownAlgorithm,
    /// A shared key signed the request, and none is configured.
    #[error("the request is signed with a shared key, and none is configured")]
    NoSharedKey,
    /// The Auth Token signed the request, and only shared keys are configured.
    #[error("the request is signed with the auth token, and only shared keys are configured")]
    NoToken,
    /// The signature fits no spelling of the URL with these parameters and any of the secrets.
    #[error("the signature does not match")]
    SignatureMismatch,
    /// The body is not a form, and the URL carries no `bodySHA256` that would bind it.
    #[error("the body is not a form and the url carries no hash of it")]
    MissingBodyHash,
    /// The URL is genuine, but the body is not the one it was sent with.
    #[error("the body does not match its hash in the url")]
    BodyHashMismatch,
    /// The URL carries a hash of the body, and only decoded parameters were given.
    #[error("the url carries a hash of the body, which cannot be checked without the raw body")]
    RawBodyNeeded,
}

impl VerifyError {
    /// A short name for a counter.
    pub fn reason(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::UnknownAlgorithm => "unknown_algorithm",
            Self::NoSharedKey => "no_shared_key",
            Self::NoToken => "no_token",
            Self::SignatureMismatch => "signature_mismatch",
            Self::MissingBodyHash => "missing_body_hash",
            Self::BodyHashMismatch => "body_hash_mismatch",
            Self::RawBodyNeeded => "raw_body_needed",
        }
    }
}
