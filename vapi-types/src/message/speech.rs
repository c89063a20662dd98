//! `speech-update`, `assistant.speechStarted` and `user-interrupted`: who is speaking.

use super::wire_message;
use crate::{
    artifact::Role,
    wire::{Raw, open_word},
};

wire_message! {
    /// Somebody began or stopped speaking.
    pub struct SpeechUpdate {
        /// Began or stopped.
        pub status: Option<SpeechStatus> = shown "status",
        /// Who.
        pub role: Option<Role> = shown "role",
        /// Number of the turn.
        pub turn: Option<u64> = shown "turn",
    }
}

open_word! {
    /// Whether somebody began or stopped speaking.
    pub enum SpeechStatus {
        /// Began.
        Started = "started",
        /// Stopped.
        Stopped = "stopped",
    }
}

wire_message! {
    /// `assistant.speechStarted`: the words the assistant has spoken of this turn so far.
    pub struct AssistantSpeech {
        /// The words, growing from message to message.
        pub text: Option<String> = hidden "text",
        /// Number of the turn.
        pub turn: Option<u64> = shown "turn",
        /// Where the words come from: `model`, `force-say`, `custom-voice`.
        pub source: Option<String> = shown "source",
        /// When each word is spoken, or how many were; in the voice provider's detail.
        pub timing: Option<Raw> = shown "timing",
    }
}

wire_message! {
    /// The customer spoke over the assistant.
    pub struct UserInterrupted {
        /// The turn that was cut short.
        pub turn_id: Option<String> = shown "turnId",
    }
}
