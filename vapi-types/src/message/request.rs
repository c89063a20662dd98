//! The requests that expect an answer, beside tool calls and `campaign.predial`.

use super::wire_message;
use crate::{artifact::ConversationMessage, wire::Raw};

wire_message! {
    /// `assistant-request`: which assistant shall take this call? Answer within 7.5 seconds.
    pub struct AssistantRequest {}
}

wire_message! {
    /// `transfer-destination-request`: where shall this call go?
    pub struct TransferDestinationRequest {}
}

wire_message! {
    /// `handoff-destination-request`: which assistant shall take over?
    pub struct HandoffDestinationRequest {
        /// What the model passed to the handoff tool.
        pub parameters: Option<Raw> = shown "parameters",
    }
}

wire_message! {
    /// `knowledge-base-request`: which documents belong to this conversation?
    pub struct KnowledgeBaseRequest {
        /// The conversation in Vapi's form.
        pub messages: Vec<ConversationMessage> = shown "messages",
        /// The conversation in the `OpenAI` form.
        pub messages_openai: Vec<ConversationMessage> = shown "messagesOpenAIFormatted",
    }
}

wire_message! {
    /// `voice-request`: answer with the text as 16-bit mono PCM at the sample rate, not with JSON.
    pub struct VoiceRequest {
        /// What is to be spoken.
        pub text: Option<String> = hidden "text",
        /// Samples per second.
        pub sample_rate: Option<u64> = shown "sampleRate",
    }
}

wire_message! {
    /// `call.endpointing.request`: how long shall the assistant wait before it speaks?
    pub struct EndpointingRequest {
        /// The conversation in Vapi's form.
        pub messages: Vec<ConversationMessage> = shown "messages",
        /// The conversation in the `OpenAI` form.
        pub messages_openai: Vec<ConversationMessage> = shown "messagesOpenAIFormatted",
    }
}
