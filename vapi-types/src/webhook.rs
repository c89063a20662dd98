//! Is this request really from Vapi?
//!
//! Vapi has no fixed signature: what a request carries is what the operator configured on the `server`
//! object that won. So the scheme is chosen here by configuration, and never by the request. See "Server
//! authentication" in Vapi's documentation.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;

mod error;
mod hmac;
mod mac;
mod oauth2;
mod origin;
mod payload;
mod plan;
mod signature;
mod token;
mod window;

pub use error::{ConfigError, VerifyError};
pub use oauth2::TokenValidator;
pub use plan::{Algorithm, Encoding, HmacPlan};

use hmac::HmacScheme;
use token::TokenScheme;

/// The shortest secret that is taken, in characters; in bytes where it is base64.
///
/// Whoever has one signed request can try secrets without asking anybody, and finds a shorter one made of letters and
/// digits in days.
pub const SHORTEST_SECRET: usize = 16;

/// The parts of a request that authentication may look at, borrowed from any HTTP framework.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// Method in capitals, such as `POST`.
    pub method: &'a str,
    /// The target of the request as it was received: path and query, or a whole URL. Of that only path and query count;
    /// where a plan signs the URL, the rest comes from [`HmacPlan::public_origin`].
    pub url: &'a str,
    /// Looks up a header by its lower-case name, whatever case it was sent in.
    pub header: &'a dyn Fn(&str) -> Option<&'a [u8]>,
    /// The body as received, byte for byte.
    pub body: &'a [u8],
}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What a verified request proved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// Which secret it was made with: 0 is the first, the next ones are those of
    /// [`Verifier::also_accept`] in order. Once nothing but 0 is seen, a rotation is done.
    pub secret_index: usize,
    /// When it was signed, where the scheme signs the time.
    pub signed_at: Option<Timestamp>,
}

/// Decides whether a request is genuine, by one scheme and one or more secrets.
#[derive(Clone)]
pub struct Verifier {
    scheme: Scheme,
    window: Duration,
}

#[derive(Clone)]
enum Scheme {
    Hmac(Box<HmacScheme>),
    Token(TokenScheme),
    OAuth2(Arc<dyn TokenValidator>),
    Unverified,
}

impl Verifier {
    /// An HMAC over body, time and whatever else the plan names.
    ///
    /// # Errors
    /// [`ConfigError`] if the plan cannot work: empty or short secret, no body in the payload, unknown placeholder, or a URL in
    /// the payload and no public origin.
    pub fn hmac(plan: HmacPlan) -> Result<Self, ConfigError> {
        Ok(Self::new(Scheme::Hmac(Box::new(HmacScheme::new(plan)?))))
    }

    /// The legacy shared secret, sent as it is in `x-vapi-secret`.
    ///
    /// # Errors
    /// [`ConfigError::EmptySecret`], [`ConfigError::ShortSecret`].
    pub fn secret(secret: impl Into<String>) -> Result<Self, ConfigError> {
        Self::header("x-vapi-secret", secret)
    }

    /// A bearer token in `Authorization`.
    ///
    /// # Errors
    /// [`ConfigError::EmptySecret`], [`ConfigError::ShortSecret`].
    pub fn bearer(token: impl Into<String>) -> Result<Self, ConfigError> {
        Ok(Self::new(Scheme::Token(TokenScheme::bearer(token.into())?)))
    }

    /// A secret sent as it is in a header of your choice.
    ///
    /// # Errors
    /// [`ConfigError::EmptySecret`], [`ConfigError::ShortSecret`], [`ConfigError::HeaderName`].
    pub fn header(name: &str, value: impl Into<String>) -> Result<Self, ConfigError> {
        Ok(Self::new(Scheme::Token(TokenScheme::header(name, value.into())?)))
    }

    /// A bearer token from an OAuth 2 server, judged by your own validator.
    pub fn oauth2(validator: Arc<dyn TokenValidator>) -> Self {
        Self::new(Scheme::OAuth2(validator))
    }

    /// Accepts every request, from anybody. Only for a server that nobody else can reach.
    pub fn unverified_by_choice() -> Self {
        Self::new(Scheme::Unverified)
    }

    fn new(scheme: Scheme) -> Self {
        Self { scheme, window: DEFAULT_WINDOW }
    }

    /// Also accepts requests made with an older secret, while a rotation lasts.
    ///
    /// # Errors
    /// [`ConfigError::EmptySecret`], [`ConfigError::ShortSecret`], [`ConfigError::SecretNotBase64`], or [`ConfigError::NothingToRotate`]
    /// for a scheme that has no secret here.
    pub fn also_accept(mut self, older_secret: impl Into<String>) -> Result<Self, ConfigError> {
        match &mut self.scheme {
            Scheme::Hmac(scheme) => scheme.also_accept(&older_secret.into())?,
            Scheme::Token(scheme) => scheme.also_accept(older_secret.into())?,
            Scheme::OAuth2(_) | Scheme::Unverified => return Err(ConfigError::NothingToRotate),
        }
        Ok(self)
    }

    /// How far the signed time may lie from now, in the past or the future; 300 seconds unless set.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// The headers in which the proof of a request is looked for, such as `x-vapi-signature`.
    pub fn headers(&self) -> Vec<&str> {
        match &self.scheme {
            Scheme::Hmac(scheme) => scheme.headers(),
            Scheme::Token(scheme) => vec![scheme.name()],
            Scheme::OAuth2(_) => vec!["authorization"],
            Scheme::Unverified => Vec::new(),
        }
    }

    /// Judges a request, before anything of it is parsed.
    ///
    /// # Errors
    /// [`VerifyError`] says why it is refused; answer 401 without a body and count the reason.
    pub fn verify(&self, parts: &Parts<'_>, now: Timestamp) -> Result<Verified, VerifyError> {
        match &self.scheme {
            Scheme::Hmac(scheme) => scheme.verify(parts, self.window, now),
            Scheme::Token(scheme) => scheme.verify(parts.header),
            Scheme::OAuth2(validator) => oauth2::verify(validator.as_ref(), parts.header, now),
            Scheme::Unverified => Ok(Verified { secret_index: 0, signed_at: None }),
        }
    }

    /// Refuses by its headers alone a request that cannot be genuine whatever its body is.
    ///
    /// For secrets and tokens that is the whole verdict. For a signature it checks that one is there and well formed, and
    /// that the signed time is within the window. [`verify`](Verifier::verify) must still judge what passes, once the
    /// body is read; it refuses all that this refuses.
    ///
    /// `header` looks up a header by its lower-case name, whatever case it was sent in.
    ///
    /// # Errors
    /// As [`verify`](Verifier::verify).
    pub fn screen<'a>(
        &self,
        header: &dyn Fn(&str) -> Option<&'a [u8]>,
        now: Timestamp,
    ) -> Result<(), VerifyError> {
        match &self.scheme {
            Scheme::Hmac(scheme) => scheme.received(header, self.window, now).map(drop),
            Scheme::Token(scheme) => scheme.verify(header).map(drop),
            Scheme::OAuth2(validator) => oauth2::verify(validator.as_ref(), header, now).map(drop),
            Scheme::Unverified => Ok(()),
        }
    }

    /// The headers a sender with the first secret would add: for simulators and tests.
    ///
    /// `url` is the whole URL as the sender calls it, where a plan signs that.
    ///
    /// Nothing for OAuth 2, whose tokens are made elsewhere.
    pub fn sign(&self, method: &str, url: &str, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
        match &self.scheme {
            Scheme::Hmac(scheme) => scheme.sign(method, url, body, now),
            Scheme::Token(scheme) => scheme.sign(),
            Scheme::OAuth2(_) | Scheme::Unverified => Vec::new(),
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Hmac(_) => "hmac",
            Scheme::Token(_) => "token",
            Scheme::OAuth2(_) => "oauth2",
            Scheme::Unverified => "unverified by choice",
        };
        f.debug_struct("Verifier")
            .field("scheme", &scheme)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

const DEFAULT_WINDOW: Duration = Duration::from_secs(300);
