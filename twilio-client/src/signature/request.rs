//! What is verified: the URL as it was requested, the signature header, and the body.

/// The name of the header that carries the signature, in lower case.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";

/// The name of the header that comes with what a [`SharedKey`](crate::SharedKey) signed, in lower case.
pub const SETTINGS_HEADER: &str = "x-twilio-webhooks-signature-settings";

/// One request that claims to come from Twilio.
///
/// `Debug` shows neither the query, nor the signature, nor the body.
#[derive(Clone, Copy)]
pub struct SignedRequest<'a> {
    pub(crate) url: &'a str,
    pub(crate) signature: Option<&'a [u8]>,
    pub(crate) settings: Option<&'a [u8]>,
    pub(crate) payload: Payload<'a>,
}

impl<'a> SignedRequest<'a> {
    /// Takes the public URL (see [`PublicOrigin`](crate::origin::PublicOrigin)), the bytes of the
    /// [`SIGNATURE_HEADER`] if there is one, and the body.
    pub fn new(url: &'a str, signature: Option<&'a [u8]>, payload: Payload<'a>) -> Self {
        Self { url, signature, settings: None, payload }
    }

    /// Takes the bytes of the [`SETTINGS_HEADER`] as well, if there is one: it says that a shared key signed, and with
    /// which hash function.
    #[must_use]
    pub fn settings(mut self, settings: Option<&'a [u8]>) -> Self {
        self.settings = settings;
        self
    }
}

impl std::fmt::Debug for SignedRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedRequest")
            .field("signed", &self.signature.is_some())
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

/// The body of a request, as far as the signature cares.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// A request that can have no body: a GET webhook or a WebSocket handshake. Twilio puts the parameters of a GET into
    /// the URL, and a `bodySHA256` there speaks of nothing that was sent. A POST with an empty body is not this.
    Empty,
    /// The raw bytes of an `application/x-www-form-urlencoded` body; its parameters are signed.
    Form(&'a [u8]),
    /// Parameters that were decoded before, in any order, duplicates included.
    Params(&'a [(&'a str, &'a str)]),
    /// The raw bytes of any other body, such as JSON; the URL carries its hash as `bodySHA256`.
    Raw(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// Chooses by the method, in capitals, and the `Content-Type` header, of which only the media type is looked at.
    pub fn of(method: &str, content_type: Option<&str>, body: &'a [u8]) -> Self {
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if method == "GET" {
            // Twilio sends no body with a GET, so one that comes all the same has to be bound by its hash.
            if body.is_empty() { Self::Empty } else { Self::Raw(body) }
        } else if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Self::Form(body)
        } else {
            Self::Raw(body)
        }
    }
}

impl std::fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Form(body) => write!(f, "Form({} bytes)", body.len()),
            Self::Params(params) => write!(f, "Params({} of them)", params.len()),
            Self::Raw(body) => write!(f, "Raw({} bytes)", body.len()),
        }
    }
}
