//! The answer to a messaging webhook.

use super::tag::{named_by_text, tags};
use super::{Element, InvalidTwiml};

/// The answer to a messaging webhook: what to send back.
///
/// See Twilio's page "TwiML for Programmable Messaging".
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "a response does nothing until it is written"]
pub struct MessagingResponse(pub(super) Element);

impl MessagingResponse {
    /// A response that sends nothing.
    pub fn new() -> Self {
        Self(Element::new("Response"))
    }

    /// Adds a verb after the others.
    pub fn with(self, verb: impl super::Inside<Self>) -> Self {
        Self(self.0.child(verb))
    }

    /// The response as a document, to be sent as `application/xml`.
    ///
    /// # Errors
    ///
    /// As for [`VoiceResponse::to_xml`](super::VoiceResponse::to_xml).
    pub fn to_xml(&self) -> Result<String, InvalidTwiml> {
        self.0.to_document()
    }
}

impl Default for MessagingResponse {
    fn default() -> Self {
        Self::new()
    }
}

tags! {
    /// A message to be sent.
    Message in [MessagingResponse] {
        /// Who gets it, if not the sender of the message that came in.
        to: &str = "to",
        /// Who sends it, if not the number that the message came to.
        from: &str = "from",
        /// Where to ask what comes after.
        action: &str = "action",
        /// The method of the action.
        method: &str = "method",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
    }

    /// The text of a message.
    Body in [Message] {}

    /// A file of a message.
    Media in [Message] {}
}

named_by_text! {
    /// This text.
    Body
    /// The file at this address.
    Media
}

impl Message {
    /// A message of this text.
    pub fn new(body: impl Into<String>) -> Self {
        Self::empty().with(Body::new(body))
    }

    /// A message without text.
    pub fn without_text() -> Self {
        Self::empty()
    }
}
