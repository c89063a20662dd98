//! What a server answers, always with HTTP 200: Vapi ignores every other status and its body.
//!
//! Requests are strict where messages are lenient: a reply emits documented fields only, and cannot be
//! built in a form Vapi would drop.

use serde::Serialize;

mod assistant;
mod campaign;
mod destination;
mod empty;
mod endpointing;
mod function_result;
mod handoff;
mod knowledge_base;
mod one_line;
mod tool_results;
mod transfer;

pub use assistant::AssistantReply;
pub use campaign::PredialReply;
pub use destination::{
    AssistantDestination, NumberDestination, SipDestination, TransferDestination, TransferMode, TransferPlan,
};
pub use empty::Empty;
pub use endpointing::EndpointingReply;
pub use function_result::FunctionResult;
pub use handoff::HandoffReply;
pub use knowledge_base::{Document, KnowledgeBaseReply};
pub use tool_results::{MAX_RESULT, ToolResult, ToolResults};
pub use transfer::TransferReply;

/// The body of a reply; replies hold nothing JSON cannot express, and writing to memory cannot fail.
fn body<T: Serialize>(reply: &T) -> Vec<u8> {
    serde_json::to_vec(reply).unwrap_or_default()
}
