//! `status-update`: the call got further.

use super::wire_message;
use crate::{
    artifact::ConversationMessage, call::CallStatus, destination::Destination, ended_reason::EndedReason,
    wire::Raw,
};

wire_message! {
    /// The call got further: rings, is answered, is forwarded, has ended.
    pub struct StatusUpdate {
        /// How far.
        pub status: Option<CallStatus> = shown "status",
        /// Why the call ended, once it has.
        pub ended_reason: Option<EndedReason> = shown "endedReason",
        /// Where the call is forwarded to.
        pub destination: Option<Destination> = shown "destination",
        /// The conversation so far, in Vapi's form.
        pub messages: Vec<ConversationMessage> = shown "messages",
        /// The conversation so far, in the `OpenAI` form.
        pub messages_openai: Vec<ConversationMessage> = shown "messagesOpenAIFormatted",
        /// The conversation so far as text.
        pub transcript: Option<String> = hidden "transcript",
        /// Summary of the conversation.
        pub summary: Option<String> = hidden "summary",
        /// What the carrier reported about an inbound call that failed.
        pub debugging_artifacts: Option<Raw> = shown "inboundPhoneCallDebuggingArtifacts",
    }
}
