//! The answer to `handoff-destination-request`.

use serde_json::{Value, json};

use crate::{assistant::AssistantOverrides, wire::settings};

settings! {
    /// Who takes the call over; without a destination nobody does.
    pub struct HandoffReply {
        /// An assistant or a squad, in the detail of the REST API.
        pub destination: Value = hidden "destination",
        /// What the model is told when it is done.
        pub result: String = hidden "result",
        /// Why there is no handoff, for the model to hear.
        pub error: String = hidden "error",
    }
}

impl HandoffReply {
    /// Hands over to a stored assistant.
    pub fn to_assistant(assistant_id: &str) -> Self {
        Self::default().destination(json!({"type": "assistant", "assistantId": assistant_id}))
    }

    /// Hands over to a stored assistant with settings for this call.
    pub fn to_assistant_with(assistant_id: &str, overrides: &AssistantOverrides) -> Self {
        Self::default().destination(json!({
            "type": "assistant",
            "assistantId": assistant_id,
            "assistantOverrides": overrides,
        }))
    }

    /// Hands over to a stored squad.
    pub fn to_squad(squad_id: &str) -> Self {
        Self::default().destination(json!({"type": "squad", "squadId": squad_id}))
    }

    /// Does not hand over, and tells the model why; the schema wants a destination all the same.
    pub fn refuse(error: impl Into<String>) -> Self {
        Self::default().destination(json!({})).error(error)
    }

    /// The body of the response.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::body(self)
    }
}
