//! `assistant.started`: an assistant took the call. No schema is published for the server side.

use super::wire_message;
use crate::wire::Raw;

wire_message! {
    /// An assistant took the call.
    pub struct AssistantStarted {
        /// The assistant that took it, in full; unparsed.
        pub new_assistant: Option<Raw> = shown "newAssistant",
    }
}
