//! What the platform made of the call afterwards.

use serde_json::Value;

use crate::wire::{Raw, wire_object};

wire_object! {
    /// Summary, extracted data and verdict of a finished call.
    ///
    /// Vapi deprecates its analysis plan in favour of structured outputs, which are in the
    /// [`Artifact`](crate::artifact::Artifact).
    pub struct Analysis {
        /// Summary in prose.
        pub summary: Option<String> = hidden "summary",
        /// Data extracted by the assistant's schema.
        pub structured_data: Option<Value> = hidden "structuredData",
        /// Data extracted by several schemas.
        pub structured_data_multi: Option<Value> = hidden "structuredDataMulti",
        /// Verdict by the assistant's rubric: `true`, `8`, `Good`; see [`Analysis::success`].
        pub success_evaluation: Option<Raw> = shown "successEvaluation",
    }
}

impl Analysis {
    /// The verdict as text, also where it was sent as a boolean or a number.
    pub fn success(&self) -> Option<String> {
        let raw = self.success_evaluation.as_ref()?;
        Some(raw.parse().unwrap_or_else(|_| raw.as_str().to_owned()))
    }
}
