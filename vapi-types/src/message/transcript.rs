//! `transcript`: words of the conversation as they are heard.

use super::wire_message;
use crate::{artifact::Role, wire::open_word};

wire_message! {
    /// Words of the customer or the assistant.
    pub struct Transcript {
        /// Who said them.
        pub role: Option<Role> = shown "role",
        /// Whether they may still change.
        pub transcript_kind: Option<TranscriptKind> = shown "transcriptType",
        /// The words.
        pub transcript: Option<String> = hidden "transcript",
        /// Assistant that takes part, by id.
        pub assistant_id: Option<String> = shown "assistantId",
        /// Assistant that takes part, by name.
        pub assistant_name: Option<String> = shown "assistantName",
        /// Whether words were replaced for safety.
        pub is_filtered: Option<bool> = shown "isFiltered",
        /// The words before they were replaced.
        pub original_transcript: Option<String> = hidden "originalTranscript",
        /// How sure the transcriber is, from 0 to 1.
        pub confidence: Option<f64> = shown "confidence",
    }
}

open_word! {
    /// Whether words may still change.
    pub enum TranscriptKind {
        /// They may.
        Partial = "partial",
        /// They are settled.
        Final = "final",
    }
}
