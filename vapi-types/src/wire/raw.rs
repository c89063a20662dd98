//! JSON that is kept as it came.

use std::fmt;

use serde::{Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap};
use serde_json::value::RawValue;

use super::{DecodeIssue, parse};

/// A JSON value kept as the text it arrived in, parsed only when somebody asks.
///
/// Its `Debug` form says how long it is and never what it holds: assistants, artifacts and chats carry
/// credentials and transcripts.
#[derive(Clone)]
pub struct Raw(Box<RawValue>);

impl Raw {
    /// The JSON text, byte for byte as it was sent.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Parses the value as `T`.
    ///
    /// # Errors
    /// [`DecodeIssue`] names the path of the field that does not fit, and never its value.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, DecodeIssue> {
        parse(self.as_str())
    }

    pub(crate) fn new(value: &RawValue) -> Self {
        Self(value.to_owned())
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.as_str().len())
    }
}

/// The fields of an object that have no name in this crate, in the order they came.
///
/// They are written back as they are when the object is serialized. `Debug` says only how many there are.
#[derive(Clone, Default, PartialEq)]
pub struct Extra(Vec<(String, Raw)>);

impl Extra {
    /// The value of the field called `key`.
    pub fn get(&self, key: &str) -> Option<&Raw> {
        self.iter().find_map(|(name, value)| (name == key).then_some(value))
    }

    /// Every field with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Raw)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// True if every field of the object had a name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a field that has no name in this crate, such as one that only some provider knows.
    pub fn insert(&mut self, key: impl Into<String>, value: &serde_json::Value) {
        let key = key.into();
        self.remove(&key);
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.0.push((key, Raw(raw)));
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Raw> {
        let place = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(place).1)
    }

    pub(crate) fn new(fields: Vec<(String, Raw)>) -> Self {
        Self(fields)
    }

    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extra({} fields)", self.0.len())
    }
}
