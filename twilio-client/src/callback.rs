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

mod action;
mod call;
mod family;
mod known_by;
mod media;
mod overrides;
mod params;
mod routing;
mod stir;

pub(crate) use self::family::Value as FamilyValue;

pub use self::action::{
    EnqueueCallback, PayCallback, QueueCallback, RecordCallback, ReferCallback, VirtualAgentCallback,
};
pub use self::call::{AmdCallback, CallStatusCallback, DialCallback, GatherCallback, VoiceCallback};
pub use self::media::{
    ConferenceCallback, ConferenceWaitCallback, MessageCallback, RecordingCallback, RecordingTextCallback,
    RelayEndCallback, SiprecCallback, StreamCallback, TranscriptionCallback,
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
    /// Machine detection says, apart from the call, whether a person or a machine answered.
    Amd(AmdCallback),
    /// Keys or speech were taken, or none in time.
    Gather(GatherCallback),
    /// A `<Record>` is over.
    Record(RecordCallback),
    /// A `<Dial>` is over.
    Dial(DialCallback),
    /// An `<Enqueue>` is over.
    Enqueue(EnqueueCallback),
    /// A caller waits in a queue or leaves it, and what they hear is asked for.
    Queue(QueueCallback),
    /// A call was to be referred elsewhere, or a party that was dialled wants it to be.
    Refer(ReferCallback),
    /// A payment was taken or has come a step further.
    Pay(PayCallback),
    /// A recording has come a step further.
    Recording(RecordingCallback),
    /// A recording was written down.
    RecordingText(RecordingTextCallback),
    /// Something happened in a conference.
    Conference(ConferenceCallback),
    /// Somebody waits for a conference or hears an announcement, and what they hear is asked for.
    ConferenceWait(ConferenceWaitCallback),
    /// Something happened to a stream.
    Stream(StreamCallback),
    /// Something happened to a fork by SIPREC.
    Siprec(SiprecCallback),
    /// Something was said.
    Transcription(TranscriptionCallback),
    /// A `ConversationRelay` is over.
    RelayEnd(RelayEndCallback),
    /// A `<VirtualAgent>` is over or has come a step further.
    VirtualAgent(VirtualAgentCallback),
    /// A message came in or has come a step further.
    Message(MessageCallback),
    /// `TaskRouter` asks what to do with a reservation.
    Assignment(AssignmentCallback),
    /// Something happened in `TaskRouter`.
    Routing(RoutingEvent),
    /// None of these.
    Unknown(Params),
}
