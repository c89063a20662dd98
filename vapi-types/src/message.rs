//! What Vapi sends to a server URL: one message per request, told apart by its `type`.
//!
//! See "Server events" in Vapi's documentation. Types without a published schema (`assistant.started`,
//! `function-call`, `language-changed`) are read as they have been seen to arrive.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::wire::{Fields, Object, Raw};

mod arguments;
mod assistant_started;
mod campaign;
mod chat;
mod context;
mod conversation_update;
mod decode;
mod end_of_call_report;
mod function_call;
mod language;
mod model;
mod notice;
mod phone_call_control;
mod request;
mod session;
mod speech;
mod status_update;
mod tool_calls;
mod transcript;
mod transfer_update;
mod upload;

pub use arguments::{Arguments, ArgumentsError};
pub use assistant_started::AssistantStarted;
pub use campaign::{CampaignContact, CampaignPredial};
pub use chat::{Chat, ChatEvent};
pub use context::Context;
pub use conversation_update::ConversationUpdate;
pub use end_of_call_report::EndOfCallReport;
pub use function_call::FunctionCall;
pub use language::LanguageChange;
pub use model::{ModelOutput, VoiceInput};
pub use notice::Notice;
pub use phone_call_control::{ControlRequest, PhoneCallControl};
pub use request::{
    AssistantRequest, EndpointingRequest, HandoffDestinationRequest, KnowledgeBaseRequest,
    TransferDestinationRequest, VoiceRequest,
};
pub use session::{Session, SessionEvent};
pub use speech::{AssistantSpeech, SpeechStatus, SpeechUpdate, UserInterrupted};
pub use status_update::StatusUpdate;
pub use tool_calls::{ToolCall, ToolCalls};
pub use transcript::{Transcript, TranscriptKind};
pub use transfer_update::TransferUpdate;
pub use upload::{ArtifactUpload, UploadedArtifact};

pub(crate) use context::{derefs_to_context, wire_message};

/// The longest body that is decoded, in bytes.
pub const MAX_BODY: usize = 16 << 20;

/// How deep objects and lists may nest in a body.
pub const MAX_DEPTH: usize = 128;

/// Defines the enum and everything that must know each of its variants, from one table.
macro_rules! server_messages {
    ($($(#[$doc:meta])* $variant:ident($message:ty) = $kind:literal,)+) => {
        /// One message of a call, by type; a type this crate does not know is kept whole.
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum ServerMessage {
            $($(#[$doc])* $variant($message),)+
            /// A type this crate does not know, which newer versions of Vapi may send at any time.
            Unknown {
                /// The type, or nothing if the message named none.
                kind: String,
                /// The whole message.
                raw: Raw,
            },
        }

        impl ServerMessage {
            /// Every type this crate knows.
            pub const KINDS: &[&'static str] = &[$($kind,)+];

            /// The type of the message as it stands on the wire.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                    Self::Unknown { kind, .. } => kind,
                }
            }

            /// What comes with every message, unless its type is unknown.
            pub fn context(&self) -> Option<&Context> {
                match self {
                    $(Self::$variant(message) => Some(&message.context),)+
                    Self::Unknown { .. } => None,
                }
            }

            fn from_fields(kind: &str, fields: &mut Fields<'_, '_>) -> Option<Self> {
                match kind {
                    $($kind => Some(Self::$variant(Object::from_fields(fields))),)+
                    _ => None,
                }
            }
        }

        impl Serialize for ServerMessage {
            /// Writes the message without its envelope; [`ServerMessage::to_body`] writes both.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if let Self::Unknown { raw, .. } = self {
                    return raw.serialize(serializer);
                }
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("type", self.kind())?;
                match self {
                    $(Self::$variant(message) => message.write_fields(&mut map)?,)+
                    Self::Unknown { .. } => {}
                }
                map.end()
            }
        }

        impl fmt::Debug for ServerMessage {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant(message) => f.debug_tuple(stringify!($variant)).field(message).finish(),)+
                    Self::Unknown { raw, .. } => f.debug_struct("Unknown").field("raw", raw).finish_non_exhaustive(),
                }
            }
        }
    };
}

server_messages! {
    /// The model wants functions called; expects an answer.
    ToolCalls(ToolCalls) = "tool-calls",
    /// The model wants a function called, in the legacy form; expects an answer.
    FunctionCall(FunctionCall) = "function-call",
    /// A call came in on a number without an assistant; expects an answer within 7.5 seconds.
    AssistantRequest(AssistantRequest) = "assistant-request",
    /// The model wants to transfer and does not know where to; expects an answer.
    TransferDestinationRequest(TransferDestinationRequest) = "transfer-destination-request",
    /// The model wants to hand the call to another assistant; expects an answer.
    HandoffDestinationRequest(HandoffDestinationRequest) = "handoff-destination-request",
    /// The model wants documents; expects an answer.
    KnowledgeBaseRequest(KnowledgeBaseRequest) = "knowledge-base-request",
    /// A text is to be spoken by a custom voice; expects audio.
    VoiceRequest(VoiceRequest) = "voice-request",
    /// Has the customer finished speaking? Expects an answer.
    EndpointingRequest(EndpointingRequest) = "call.endpointing.request",
    /// May this contact be dialled? Expects an answer.
    CampaignPredial(CampaignPredial) = "campaign.predial",
    /// The call got further.
    StatusUpdate(StatusUpdate) = "status-update",
    /// The call is over; this is its record.
    EndOfCallReport(Box<EndOfCallReport>) = "end-of-call-report",
    /// The conversation so far.
    ConversationUpdate(ConversationUpdate) = "conversation-update",
    /// Words of the customer or the assistant, partial or final.
    Transcript(Transcript) = "transcript",
    /// Words of the customer or the assistant, where only final ones were asked for.
    FinalTranscript(Transcript) = "transcript[transcriptType=\"final\"]",
    /// Somebody began or stopped speaking.
    SpeechUpdate(SpeechUpdate) = "speech-update",
    /// The assistant speaks, word by word.
    AssistantSpeech(AssistantSpeech) = "assistant.speechStarted",
    /// An assistant took the call.
    AssistantStarted(AssistantStarted) = "assistant.started",
    /// A token or tool call of the model.
    ModelOutput(ModelOutput) = "model-output",
    /// What is sent to the voice.
    VoiceInput(VoiceInput) = "voice-input",
    /// The customer spoke over the assistant.
    UserInterrupted(UserInterrupted) = "user-interrupted",
    /// The call is being transferred.
    TransferUpdate(TransferUpdate) = "transfer-update",
    /// The server is to forward or hang up the call itself.
    PhoneCallControl(PhoneCallControl) = "phone-call-control",
    /// The transcriber heard another language.
    LanguageChangeDetected(LanguageChange) = "language-change-detected",
    /// The transcriber heard another language, under the type's former name.
    LanguageChanged(LanguageChange) = "language-changed",
    /// The assistant has not answered for a while.
    Hang(Notice) = "hang",
    /// A chat began.
    ChatCreated(ChatEvent) = "chat.created",
    /// A chat was deleted.
    ChatDeleted(ChatEvent) = "chat.deleted",
    /// A session began.
    SessionCreated(SessionEvent) = "session.created",
    /// A session changed.
    SessionUpdated(SessionEvent) = "session.updated",
    /// A session was deleted.
    SessionDeleted(SessionEvent) = "session.deleted",
    /// A call was deleted.
    CallDeleted(Notice) = "call.deleted",
    /// A call could not be deleted.
    CallDeleteFailed(Notice) = "call.delete.failed",
    /// Records of a call were stored, or could not be.
    ArtifactUpload(ArtifactUpload) = "call.artifact.upload",
}
