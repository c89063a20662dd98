//! `chat.created` and `chat.deleted`: text conversations.

use jiff::Timestamp;

use super::wire_message;
use crate::{
    artifact::ConversationMessage,
    wire::{Raw, wire_object},
};

wire_message! {
    /// A chat began or was deleted.
    pub struct ChatEvent {
        /// The chat.
        pub chat: Chat = shown "chat",
    }
}

wire_object! {
    /// One exchange of a text conversation.
    pub struct Chat {
        /// Identifier.
        pub id: Option<String> = shown "id",
        /// Organization the chat belongs to.
        pub org_id: Option<String> = shown "orgId",
        /// Session the chat belongs to.
        pub session_id: Option<String> = shown "sessionId",
        /// Chat this one continues.
        pub previous_chat_id: Option<String> = shown "previousChatId",
        /// Assistant that answers, by id.
        pub assistant_id: Option<String> = shown "assistantId",
        /// What the customer wrote: a text or a list of messages.
        pub input: Option<Raw> = shown "input",
        /// The conversation so far.
        pub messages: Vec<ConversationMessage> = shown "messages",
        /// What the assistant wrote.
        pub output: Vec<ConversationMessage> = shown "output",
        /// When it began.
        pub created_at: Option<Timestamp> = shown "createdAt",
        /// When it last changed.
        pub updated_at: Option<Timestamp> = shown "updatedAt",
        /// Cost in US dollars.
        pub cost: Option<f64> = shown "cost",
    }
}
