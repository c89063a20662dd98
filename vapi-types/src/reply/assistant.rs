//! The answer to `assistant-request`.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::TransferDestination;
use crate::{
    assistant::{Assistant, AssistantOverrides, Squad},
    wire::Hidden,
};

/// Who takes an incoming call. Vapi waits 7.5 seconds for it, whatever the server's timeout is.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum AssistantReply {
    /// This assistant.
    Assistant(Box<Assistant>),
    /// A stored assistant.
    AssistantId(String),
    /// A stored assistant with settings for this call, such as the values of its variables.
    AssistantWith {
        /// The assistant.
        assistant_id: String,
        /// What is different for this call.
        overrides: Box<AssistantOverrides>,
    },
    /// This squad.
    Squad(Box<Squad>),
    /// A stored squad.
    SquadId(String),
    /// No assistant; the call is forwarded at once.
    Destination(Box<TransferDestination>),
    /// Nobody; this is spoken to the caller, and the call ends.
    Error(String),
}

impl AssistantReply {
    /// The body of the response.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::body(self)
    }
}

impl fmt::Debug for AssistantReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assistant(assistant) => f.debug_tuple("Assistant").field(assistant).finish(),
            Self::AssistantId(id) => f.debug_tuple("AssistantId").field(id).finish(),
            Self::AssistantWith { assistant_id, overrides } => f
                .debug_struct("AssistantWith")
                .field("assistant_id", assistant_id)
                .field("overrides", overrides)
                .finish(),
            Self::Squad(squad) => f.debug_tuple("Squad").field(squad).finish(),
            Self::SquadId(id) => f.debug_tuple("SquadId").field(id).finish(),
            Self::Destination(destination) => f.debug_tuple("Destination").field(destination).finish(),
            Self::Error(_) => f.debug_tuple("Error").field(&Hidden).finish(),
        }
    }
}

impl Serialize for AssistantReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Assistant(assistant) => map.serialize_entry("assistant", assistant)?,
            Self::AssistantId(id) => map.serialize_entry("assistantId", id)?,
            Self::AssistantWith { assistant_id, overrides } => {
                map.serialize_entry("assistantId", assistant_id)?;
                map.serialize_entry("assistantOverrides", overrides)?;
            }
            Self::Squad(squad) => map.serialize_entry("squad", squad)?,
            Self::SquadId(id) => map.serialize_entry("squadId", id)?,
            Self::Destination(destination) => map.serialize_entry("destination", destination)?,
            Self::Error(error) => map.serialize_entry("error", error)?,
        }
        map.end()
    }
}
