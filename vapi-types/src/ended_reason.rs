//! Why a call ended.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::wire::{Trail, Value};

mod category;

pub use category::{EndedCategory, Stage};

/// The reason a call ended, as the platform's own word.
///
/// Vapi documents some six hundred reasons and adds to them steadily, so every word is kept as it came.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct EndedReason(String);

impl EndedReason {
    /// The reason as it stands on the wire; empty if the message gave none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for EndedReason {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl fmt::Display for EndedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for EndedReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Value for EndedReason {
    const EXPECTED: &'static str = "a word";

    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self> {
        <String as Value>::read(raw, trail).map(Self)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}
