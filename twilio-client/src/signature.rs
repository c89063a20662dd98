//! Proof that a webhook comes from Twilio.
//!
//! The signature is a base64 HMAC-SHA1, keyed with the account's Auth Token, of the public URL and, for form
//! bodies, of the parameters sorted by name. Any other body is bound by its SHA-256 in the URL
//! (`bodySHA256`). Everything is done on the URL as it was received: a URL that is parsed and written again
//! is another text, and another text has another signature.
//!
//! Three things a signature does not give. It covers no time, so a captured request can be replayed: tell
//! repeats apart by `CallSid` and `SequenceNumber`. It joins names and values without a delimiter, so bytes
//! can move between the end of the URL and the parameters, or between a name and its value, unnoticed: take
//! only the parameters you expect. And it proves who sent the request, not who is calling.
//!
//! See Twilio's page "Webhooks Security".

mod body_hash;
mod diagnosis;
mod params;
mod request;
mod spelling;
mod url_parts;

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

pub use self::diagnosis::{Diagnosis, Difference};
pub use self::request::{Payload, SIGNATURE_HEADER, SignedRequest};
pub use self::spelling::Spelling;

pub(crate) use self::params::decode_form;

use self::body_hash::BodyHash;
use self::spelling::Spellings;
use self::url_parts::UrlParts;
use crate::auth::AuthToken;

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
/// let body = Payload::of(Some("application/x-www-form-urlencoded"), b"CallStatus=ringing");
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
    /// Keyed and ready; a check clones one instead of deriving the key again.
    macs: Vec<Hmac<Sha1>>,
}

impl WebhookVerifier {
    /// Accepts what is signed with this token.
    pub fn new(token: &AuthToken) -> Self {
        Self { macs: Vec::new() }.or(token)
    }

    /// Accepts what is signed with this token as well: the secondary one while tokens are rotated, or that
    /// of a subaccount, whose webhooks are signed with its own.
    #[must_use]
    pub fn or(mut self, token: &AuthToken) -> Self {
        // A key of any length makes an HMAC, so `extend` always adds exactly one.
        self.macs.extend(Hmac::new_from_slice(token.expose().as_bytes()));
        self
    }

    /// Says whether Twilio signed this request.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] says why not; every variant deserves a 401 or 403 with an empty body.
    pub fn verify(&self, request: &SignedRequest<'_>) -> Result<Verified, VerifyError> {
        let signature = decode_signature(request.signature)?;
        let hash = BodyHash::in_url(request.url);
        let (signed, hashed) = signed_parts(request.payload, hash)?;
        let verified = self.find(request.url, &signed, &signature).ok_or(VerifyError::SignatureMismatch)?;
        if hash.fits(hashed) { Ok(verified) } else { Err(VerifyError::BodyHashMismatch) }
    }

    /// Looks for a URL that a refused signature does fit: another scheme, slash or query, no parameters, or
    /// one of `others`, such as the URL put together from the request's `Host` header.
    ///
    /// This is for a log line that helps to set the public URL right. It must not decide about the request,
    /// and it costs several times a check, so do not run it for every stranger's request.
    pub fn diagnose(&self, request: &SignedRequest<'_>, others: &[&str]) -> Option<Diagnosis> {
        let signature = decode_signature(request.signature).ok()?;
        let (signed, _) = signed_parts(request.payload, BodyHash::in_url(request.url)).unwrap_or_default();
        let fits = |url: &str, signed: &[u8]| self.find(url, signed, &signature).is_some();

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

    fn find(&self, url: &str, signed: &[u8], signature: &[u8]) -> Option<Verified> {
        let spellings = Spellings::of(&UrlParts::cut(url));
        self.macs.iter().enumerate().find_map(|(token, mac)| {
            let spelling = spellings.find(|pieces| {
                let mut mac = mac.clone();
                for piece in pieces {
                    mac.update(piece.as_bytes());
                }
                mac.update(signed);
                mac.verify_slice(signature).is_ok()
            })?;
            Some(Verified { token, spelling })
        })
    }
}

impl std::fmt::Debug for WebhookVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookVerifier").field("tokens", &self.macs.len()).finish_non_exhaustive()
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
    let (signed, _) = signed_parts(payload, BodyHash::in_url(url))?;
    // A key of any length makes an HMAC.
    let mac = Hmac::<Sha1>::new_from_slice(token.expose().as_bytes());
    let mut mac = mac.map_err(|_| VerifyError::SignatureMismatch)?;
    mac.update(url.split('#').next().unwrap_or_default().as_bytes());
    mac.update(&signed);
    Ok(base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes()))
}

fn decode_signature(header: Option<&[u8]>) -> Result<Vec<u8>, VerifyError> {
    let text = header.filter(|text| !text.is_empty()).ok_or(VerifyError::MissingSignature)?;
    // 28 characters hold the 20 bytes of a SHA-1; anything else is refused before it is decoded.
    if text.len() != 28 {
        return Err(VerifyError::MalformedSignature);
    }
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| VerifyError::MalformedSignature)
}

/// What is signed after the URL, and the bytes that the hash in the URL speaks of.
///
/// A URL with a hash binds the raw body whatever its content type says; otherwise a change of that header,
/// which is not signed, would let another body through.
fn signed_parts<'a>(payload: Payload<'a>, hash: BodyHash<'_>) -> Result<(Vec<u8>, &'a [u8]), VerifyError> {
    match payload {
        Payload::Empty => Ok((Vec::new(), b"")),
        Payload::Form(body) | Payload::Raw(body) if hash.is_claimed() || body.is_empty() => {
            Ok((Vec::new(), body))
        }
        Payload::Form(body) => Ok((params::canonical_form(body), b"")),
        Payload::Raw(_) => Err(VerifyError::MissingBodyHash),
        Payload::Params(_) if hash.is_claimed() => Err(VerifyError::RawBodyNeeded),
        Payload::Params(params) => Ok((params::canonical_params(params), b"")),
    }
}

/// The request was signed with one of our tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verified {
    token: usize,
    spelling: Spelling,
}

impl Verified {
    /// Which token it was, counted from 0 in the order they were given: after a rotation, when nothing is
    /// signed with the old one any more, it can go.
    pub fn token(&self) -> usize {
        self.token
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
    /// The header is not the base64 of a SHA-1.
    #[error("the signature is malformed")]
    MalformedSignature,
    /// The signature fits no spelling of the URL with these parameters and any of the tokens.
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
            Self::SignatureMismatch => "signature_mismatch",
            Self::MissingBodyHash => "missing_body_hash",
            Self::BodyHashMismatch => "body_hash_mismatch",
            Self::RawBodyNeeded => "raw_body_needed",
        }
    }
}
