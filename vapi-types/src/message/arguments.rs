//! The arguments of a tool call.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use crate::wire::{DecodeIssue, parse, without_lone_surrogates};

/// The arguments a model chose for a tool, as the text of a JSON object.
///
/// Whatever form they arrive in (an object, a string holding one, an empty string, `null`), the text is an
/// object's: no arguments are `{}`. Only where a model wrote something that is no object at all is the text
/// kept as it was, and [`Arguments::parse`] refuses it. `Debug` shows the length alone.
#[derive(Clone, Eq, PartialEq)]
pub struct Arguments {
    text: String,
    is_object: bool,
}

/// Arguments do not fit the function they are for.
///
/// The text names the field and what is allowed, and never what was sent, so it may be logged and may be
/// returned to the model as the tool call's error.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentsError {
    /// The model wrote something that is no JSON object.
    #[error("the arguments are not a JSON object")]
    NotAnObject,
    /// A field is missing, unknown or of the wrong form.
    #[error(transparent)]
    Field(#[from] DecodeIssue),
}

impl ArgumentsError {
    /// The path of the field inside the arguments; empty where no single field is to blame.
    pub fn path(&self) -> &str {
        match self {
            Self::NotAnObject => "",
            Self::Field(issue) => issue.path(),
        }
    }
}

impl Arguments {
    /// The text of the object.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True if the text is a JSON object, which it is unless the model wrote something else.
    pub fn is_object(&self) -> bool {
        self.is_object
    }

    /// Parses the arguments as `T`.
    ///
    /// # Errors
    /// [`ArgumentsError::NotAnObject`] or [`ArgumentsError::Field`] with the path and what is allowed.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ArgumentsError> {
        if !self.is_object {
            return Err(ArgumentsError::NotAnObject);
        }
        Ok(parse(&self.text)?)
    }

    /// Reads arguments in any of the forms they arrive in.
    pub(crate) fn read(raw: &RawValue) -> Self {
        let json = raw.get();
        match json.as_bytes().first() {
            Some(b'{') => Self { text: json.to_owned(), is_object: true },
            Some(b'n') => Self::default(),
            Some(b'"') => serde_json::from_str::<Cow<'_, str>>(json)
                .map_or_else(|_| Self::odd(json), |text| Self::from_text(&text)),
            _ => Self::odd(json),
        }
    }

    /// Arguments whose text is known to be an object's.
    #[cfg(feature = "encryption")]
    pub(crate) fn of_object(text: String) -> Self {
        Self { text, is_object: true }
    }

    fn from_text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() || text == "null" {
            return Self::default();
        }
        // The escapes in it are its own, not those of the message.
        let text = without_lone_surrogates(text);
        let is_object = text.starts_with('{') && serde_json::from_str::<IgnoredAny>(&text).is_ok();
        Self { text: text.into_owned(), is_object }
    }

    fn odd(json: &str) -> Self {
        Self { text: json.to_owned(), is_object: false }
    }
}

impl Default for Arguments {
    fn default() -> Self {
        Self { text: "{}".to_owned(), is_object: true }
    }
}

impl From<serde_json::Map<String, serde_json::Value>> for Arguments {
    fn from(arguments: serde_json::Map<String, serde_json::Value>) -> Self {
        Self { text: serde_json::Value::Object(arguments).to_string(), is_object: true }
    }
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arguments({} bytes)", self.text.len())
    }
}
