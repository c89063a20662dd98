//! What an assistant may do beside talking.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::wire::{Field, Fields, Object, Raw, Trail, Value};

mod built_in;
mod function;
mod message;
mod rejection;

pub use built_in::{
    ApiRequestTool, DtmfTool, EndCallTool, HandoffTool, QueryTool, SmsTool, TransferCallTool,
};
pub use function::{Function, FunctionTool, StaticParameter};
pub use message::{Condition, Operator, Speaker, ToolMessage, ToolMessageKind};
pub use rejection::{Combination, RejectionCondition, RejectionKind, RejectionPlan};

/// Defines the enum and its reading and writing from one table of tool types.
macro_rules! tools {
    ($($(#[$doc:meta])* $variant:ident($tool:ty) = $kind:literal,)+) => {
        /// A tool of an assistant, by type.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Tool {
            $($(#[$doc])* $variant(Box<$tool>),)+
            /// A tool of another type, in full: integrations, MCP servers, code and others.
            Other(Raw),
        }

        $(
            impl From<$tool> for Tool {
                fn from(tool: $tool) -> Self {
                    Self::$variant(Box::new(tool))
                }
            }
        )+

        impl Serialize for Tool {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if let Self::Other(raw) = self {
                    return raw.serialize(serializer);
                }
                let mut map = serializer.serialize_map(None)?;
                match self {
                    $(Self::$variant(tool) => {
                        map.serialize_entry("type", $kind)?;
                        tool.write_fields(&mut map)?;
                    })+
                    Self::Other(_) => {}
                }
                map.end()
            }
        }

        impl Tool {
            /// Reads a tool of a type that has a name here.
            pub(crate) fn take_from(fields: &mut Fields<'_, '_>) -> Option<Self> {
                let kind: String = Option::take_from(fields, "type")?;
                Self::from_fields(&kind, fields)
            }

            fn from_fields(kind: &str, fields: &mut Fields<'_, '_>) -> Option<Self> {
                match kind {
                    $($kind => Some(Self::$variant(Object::from_fields(fields))),)+
                    _ => None,
                }
            }
        }
    };
}

tools! {
    /// Calls a function of the operator's server.
    Function(FunctionTool) = "function",
    /// Transfers the call.
    TransferCall(TransferCallTool) = "transferCall",
    /// Ends the call.
    EndCall(EndCallTool) = "endCall",
    /// Hands the call to another assistant.
    Handoff(HandoffTool) = "handoff",
    /// Presses keys.
    Dtmf(DtmfTool) = "dtmf",
    /// Sends a text message.
    Sms(SmsTool) = "sms",
    /// Makes an HTTP request without a server of the operator between.
    ApiRequest(ApiRequestTool) = "apiRequest",
    /// Looks into documents.
    Query(QueryTool) = "query",
}

impl Value for Tool {
    const EXPECTED: &'static str = "a tool";

    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self> {
        let entries = serde_json::from_str(raw.get()).ok()?;
        let known = Self::take_from(&mut Fields::new(entries, *trail));
        Some(known.unwrap_or_else(|| Self::Other(Raw::new(raw))))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}
