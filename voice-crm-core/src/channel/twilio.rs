//! Twilio Voice: incoming calls answered by a routing decision, and everything that happens on them as events.
//!
//! All webhooks of a number may go to one path: each is known by its parameters. A call that a voice platform
//! answers further on (Vapi behind a Twilio number) is one record with what that platform tells.

use std::fmt;

use jiff::Timestamp;
use twilio_client::{
    WebhookVerifier,
    callback::{Callback, Params},
    origin::PublicOrigin,
    signature::{Payload, SETTINGS_HEADER, SIGNATURE_HEADER, SignedRequest},
};

use super::{
    Answered, Channel, DecodeError, Decoded, Incoming, Reply, Verdict, VerifyError, WebhookHead,
    WebhookRequest,
};
use crate::phone::Region;
use answer::Script;

mod answer;
mod events;

/// The webhooks of Twilio Voice.
#[derive(Clone)]
pub struct Twilio {
    verifier: WebhookVerifier,
    origin: PublicOrigin,
    script: Script,
}

/// Where the voice agent is to be reached.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum VoiceAgent {
    /// At a SIP address.
    Sip(String),
    /// At a telephone number.
    Number(String),
    /// At a `wss` address that speaks `ConversationRelay`.
    Relay(String),
}

impl Twilio {
    /// Webhooks that this verifier accepts, signed for addresses below this origin: the one that Twilio calls,
    /// whatever stands between it and here. Incoming calls go to the voice agent unless the routing says otherwise.
    pub fn new(verifier: WebhookVerifier, origin: PublicOrigin, agent: VoiceAgent) -> Self {
        Self { verifier, origin, script: Script::new(agent) }
    }

    /// What a caller hears before leaving a message.
    #[must_use]
    pub fn voicemail_prompt(mut self, text: impl Into<String>) -> Self {
        self.script.voicemail_prompt = text.into();
        self
    }

    /// The address to which Twilio reports recordings and asks what comes after a transfer; the path of this
    /// channel, as Twilio calls it.
    #[must_use]
    pub fn callback(mut self, url: impl Into<String>) -> Self {
        self.script.callback = Some(url.into());
        self
    }

    /// Hands on a request as Twilio signed it, for the public address: here only the path may be known, or that of a
    /// proxy.
    fn as_signed<T>(
        &self,
        head: &WebhookHead<'_>,
        body: &[u8],
        check: impl FnOnce(&SignedRequest<'_>) -> T,
    ) -> T {
        let content_type = (head.header)("content-type").and_then(|value| std::str::from_utf8(value).ok());
        let payload = Payload::of(head.method, content_type, body);
        let url = self.origin.url(head.url);
        let signed = SignedRequest::new(&url, (head.header)(SIGNATURE_HEADER), payload);
        check(&signed.settings((head.header)(SETTINGS_HEADER)))
    }
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio").finish_non_exhaustive()
    }
}

impl fmt::Debug for VoiceAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sip(_) => "Sip(..)",
            Self::Number(_) => "Number(..)",
            Self::Relay(_) => "Relay(..)",
        })
    }
}

impl Channel for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn screen(&self, head: &WebhookHead<'_>, _: Timestamp) -> Result<(), VerifyError> {
        let judged = self.as_signed(head, b"", |signed| self.verifier.screen(signed));
        judged.map_err(|error| VerifyError::new(error.reason()))
    }

    fn proof_headers(&self) -> Vec<&str> {
        vec!["x-twilio-signature"]
    }

    fn verify<'a>(&'a self, request: &'a WebhookRequest<'_>, _: Timestamp) -> Verdict<'a> {
        let judged = self.as_signed(&request.head(), &request.body, |signed| self.verifier.verify(signed));
        judged.map(|_| ()).map_err(|error| VerifyError::new(error.reason())).into()
    }

    /// POST unless the number says otherwise; a GET has its parameters in its query, which is what is signed of it.
    fn takes(&self, method: &str, below: &str) -> bool {
        matches!(method, "POST" | "GET") && below.is_empty()
    }

    fn decode(&self, request: &WebhookRequest<'_>, home: Region) -> Result<Decoded, DecodeError> {
        let params = match request.method {
            "GET" => Params::parse(query(request.url).as_bytes()),
            _ => Params::parse(&request.body),
        };
        let script = self.script.clone();
        Ok(match Callback::of(params) {
            // What the called side is to hear before it is connected: nothing, and so it is connected.
            Callback::Voice(voice) if voice.is_dialled_leg() => Decoded::new(told("whisper"), |_| empty()),
            // Detection was waited for, so nobody wants a machine to be spoken with, unless its greeting was waited for.
            Callback::Voice(voice) if voice.answered_by().as_ref().is_some_and(events::takes_no_message) => {
                Decoded::new(Incoming::Event(events::machine(&voice, home)?), |_| hang_up())
            }
            Callback::Voice(voice) => {
                let call = events::arrived(&voice, home)?;
                Decoded::new(Incoming::AssistantRequest(call), move |answered| script.begin(&answered))
            }
            Callback::RelayEnd(end) if end.is_handed_off() || end.has_failed() => {
                let call = events::handed_over(&end, home)?;
                Decoded::new(Incoming::TransferRequest(call), move |answered| script.hand_over(&answered))
            }
            Callback::RelayEnd(_) => Decoded::new(told("relay-end"), |_| hang_up()),
            Callback::Record(record) => Decoded::new(events::left_message(&record, home)?, |_| hang_up()),
            other => {
                let unanswered = events::still_waits(&other);
                let incoming = events::event(&other, home)?;
                Decoded::new(incoming, move |answered| script.go_on(&answered, unanswered))
            }
        })
    }
}

/// The query of a request, without what may stand behind it.
fn query(url: &str) -> &str {
    let sent = url.split('#').next().unwrap_or_default();
    sent.split_once('?').map_or("", |(_, query)| query)
}

/// Something that the bridge does not act on.
fn told(kind: &str) -> Incoming {
    Incoming::Ignored(kind.to_owned())
}

/// The call ends.
fn hang_up() -> Reply {
    Reply::new(200, "text/xml", "<Response><Hangup/></Response>")
}

/// An answer that asks for nothing.
fn empty() -> Reply {
    Reply::new(200, "text/xml", "<Response/>")
}
