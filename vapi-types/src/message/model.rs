//! `model-output` and `voice-input`: what the model wrote and what the voice is to say.

use super::wire_message;
use crate::wire::Raw;

wire_message! {
    /// A token or a tool call, as the model wrote it.
    pub struct ModelOutput {
        /// The output in the provider's form.
        pub output: Option<Raw> = shown "output",
        /// The turn it belongs to.
        pub turn_id: Option<String> = shown "turnId",
    }
}

wire_message! {
    /// The text that was sent to the voice.
    pub struct VoiceInput {
        /// The text.
        pub input: Option<String> = hidden "input",
    }
}
