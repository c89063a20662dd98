//! What goes wrong on a call between the telephone and the model, in a handful of kinds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which part of a call failed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultCategory {
    /// Nothing was heard of the caller: no microphone, or no leave to use it.
    NoMicrophone,
    /// The caller said nothing.
    Silence,
    /// What the caller said was not recognised.
    Speech,
    /// The language model failed.
    Model,
    /// The voice failed.
    Voice,
    /// The telephone network or the audio connection failed.
    Transport,
    /// The platform failed, or could not begin.
    Platform,
}

impl FaultCategory {
    /// The category in a few words, for a note on the call.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoMicrophone => "no microphone",
            Self::Silence => "silence",
            Self::Speech => "speech not recognised",
            Self::Model => "the language model failed",
            Self::Voice => "the voice failed",
            Self::Transport => "the connection failed",
            Self::Platform => "the platform failed",
        }
    }
}

impl fmt::Display for FaultCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A fault on a call.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// What failed.
    pub category: FaultCategory,
    /// The platform's code for it.
    pub code: String,
}

impl Fault {
    /// A fault with the platform's code.
    pub fn new(category: FaultCategory, code: impl Into<String>) -> Self {
        Self { category, code: code.into() }
    }
}
