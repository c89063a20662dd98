//! `conversation-update`: the conversation so far, sent after each change.

use super::wire_message;
use crate::artifact::ConversationMessage;

wire_message! {
    /// The conversation so far.
    pub struct ConversationUpdate {
        /// In Vapi's form.
        pub messages: Vec<ConversationMessage> = shown "messages",
        /// In the `OpenAI` form.
        pub messages_openai: Vec<ConversationMessage> = shown "messagesOpenAIFormatted",
    }
}
