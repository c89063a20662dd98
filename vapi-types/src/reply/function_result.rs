//! The answer to the legacy `function-call`.

use serde::Serialize;

use super::{MAX_RESULT, ToolResult, one_line::one_line};

/// The answer to a legacy function call, which knows no error field: an error is told as the result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionResult {
    result: Line,
}

impl FunctionResult {
    /// Answers with a result or an error, folded into one line.
    pub fn new(result: &ToolResult) -> Self {
        let (ToolResult::Result(text) | ToolResult::Error(text) | ToolResult::Last(text)) = result;
        Self { result: Line(one_line(text, MAX_RESULT).into_owned()) }
    }

    /// The body of the response.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::body(self)
    }
}

/// A text `Debug` does not show.
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
struct Line(String);

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("..")
    }
}
