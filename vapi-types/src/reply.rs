//! What a server answers, always with HTTP 200: Vapi ignores every other status and its body.
//!
//! Requests are strict where messages are lenient: a reply emits documented fields only, and cannot be
//! built in a form Vapi would drop.

mod function_result;
mod one_line;
mod tool_results;

pub use function_result::FunctionResult;
pub use tool_results::{MAX_RESULT, ToolResult, ToolResults};
