//! The parameters of Twilio's webhooks, by family.
//!
//! A family is a view: its methods read the parameters it knows, and everything that came is still there, for
//! Twilio adds parameters without notice. Verify a request before you read it.
//!
//! ```
//! use twilio_client::callback::{Callback, Params};
//! use twilio_client::word::CallStatus;
//!
//! let body = b"CallSid=CA0123456789abcdef0123456789abcdef&CallStatus=completed&CallDuration=42&SequenceNumber=3";
//! let Callback::CallStatus(status) = Callback::of(Params::parse(body)) else { panic!() };
//! assert_eq!(status.call_status(), Some(CallStatus::Completed));
//! assert_eq!(status.duration().map(|it| it.as_secs()), Some(42));
//! ```

mod call;
mod family;
mod media;
mod overrides;
mod params;
mod routing;
mod stir;

pub(crate) use self::family::Value as FamilyValue;

pub use self::call::{AmdCallback, CallStatusCallback, DialCallback, GatherCallback, VoiceCallback};
pub use self::media::{
    ConferenceCallback, MessageCallback, RecordingCallback, RelayEndCallback, SiprecCallback, StreamCallback,
    TranscriptionCallback,
};
pub use self::overrides::{ConnectionOverrides, InvalidOverride, RetryOn};
pub use self::params::Params;
pub use self::routing::{AssignmentCallback, RoutingEvent};
pub use self::stir::{Attestation, StirVerdict, StirVerification};

/// The header that is the same on every attempt at delivering one webhook.
pub const IDEMPOTENCY_HEADER: &str = "i-twilio-idempotency-token";

/// A webhook by its family.
///
/// What an address was given to Twilio for says best what comes there; where several families share an address,
/// their parameters tell them apart.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Callback {
    /// A call comes in, or wants its next instructions.
    Voice(VoiceCallback),
    /// A call has come a step further.
    CallStatus(CallStatusCallback),
    /// A person or a machine answered.
    Amd(AmdCallback),
    /// Keys or speech were taken.
    Gather(GatherCallback),
    /// A `<Dial>` is over.
    Dial(DialCallback),
    /// A recording has come a step further.
    Recording(RecordingCallback),
    /// Something happened in a conference.
    Conference(ConferenceCallback),
    /// Something happened to a stream.
    Stream(StreamCallback),
    /// Something happened to a fork by SIPREC.
    Siprec(SiprecCallback),
    /// Something was said.
    Transcription(TranscriptionCallback),
    /// A `ConversationRelay` is over.
    RelayEnd(RelayEndCallback),
    /// A message came in or has come a step further.
    Message(MessageCallback),
    /// `TaskRouter` asks what to do with a reservation.
    Assignment(AssignmentCallback),
    /// Something happened in `TaskRouter`.
    Routing(RoutingEvent),
    /// None of these.
    Unknown(Params),
}

impl Callback {
    /// Finds the family by the parameters that only it has.
    pub fn of(params: Params) -> Self {
        let has = |name| params.get(name).is_some();
        if has("WorkspaceSid") && has("EventType") {
            Self::Routing(params.into())
        } else if has("WorkspaceSid") && has("ReservationSid") {
            Self::Assignment(params.into())
        } else if has("TranscriptionEvent") {
            Self::Transcription(params.into())
        } else if has("StreamEvent") || has("StreamError") {
            Self::Stream(params.into())
        } else if has("SiprecSid") || has("SiprecEvent") || has("SiprecError") {
            Self::Siprec(params.into())
        } else if has("ConferenceSid") && has("StatusCallbackEvent") {
            Self::Conference(params.into())
        } else if has("RecordingStatus") {
            Self::Recording(params.into())
        } else if has("SessionStatus") || has("HandoffData") {
            Self::RelayEnd(params.into())
        } else if has("MessageSid") || has("SmsSid") {
            Self::Message(params.into())
        } else if has("DialCallStatus") {
            Self::Dial(params.into())
        } else if has("Digits") || has("SpeechResult") || has("UnstableSpeechResult") {
            Self::Gather(params.into())
        } else if has("MachineDetectionDuration") && !has("SequenceNumber") {
            Self::Amd(params.into())
        } else if has("CallSid") && (has("SequenceNumber") || has("CallbackSource") || has("CallDuration")) {
            Self::CallStatus(params.into())
        } else if has("CallSid") {
            Self::Voice(params.into())
        } else {
            Self::Unknown(params)
        }
    }
}
