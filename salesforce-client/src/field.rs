//! `Patch<T>`: omit, clear or set a field, told apart by the type.

use std::fmt;

use serde::{Serialize, Serializer};

/// What an update does to one field.
///
/// On the wire an absent key keeps the value and `null` clears it. Write the field with
/// `#[serde(skip_serializing_if = "Patch::is_keep")]`, so that [`Patch::Keep`] leaves the key out.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth thing to do to a field")]
pub enum Patch<T> {
    /// Leave the value as it is: the key is left out.
    #[default]
    Keep,
    /// Empty the field: the key is sent with `null`.
    Clear,
    /// Write this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the key is left out.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Writes the value if there is one, keeps the field otherwise.
    pub fn set_if(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }

    /// The value to write, if one is set.
    pub const fn value(&self) -> Option<&T> {
        if let Self::Set(value) = self { Some(value) } else { None }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl From<&str> for Patch<String> {
    fn from(value: &str) -> Self {
        Self::Set(value.to_owned())
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // A forgotten attribute must not turn "keep" into "clear".
            Self::Keep => Err(serde::ser::Error::custom(
                "`Patch::Keep` needs `skip_serializing_if = \"Patch::is_keep\"` on its field",
            )),
            Self::Clear => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<T> fmt::Debug for Patch<T> {
    /// Tells what is done, never the value: fields hold people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Clear => "Clear",
            Self::Set(_) => "Set(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Fields {
        #[serde(skip_serializing_if = "Patch::is_keep")]
        kept: Patch<String>,
        #[serde(skip_serializing_if = "Patch::is_keep")]
        cleared: Patch<String>,
        #[serde(skip_serializing_if = "Patch::is_keep")]
        set: Patch<String>,
    }

    #[test]
    fn keep_is_absent_clear_is_null_set_is_the_value() {
        let fields = Fields { kept: Patch::Keep, cleared: Patch::Clear, set: "x".into() };

        assert_eq!(serde_json::to_string(&fields).unwrap(), r#"{"cleared":null,"set":"x"}"#);
    }

    #[test]
    fn a_forgotten_skip_attribute_fails_instead_of_clearing() {
        assert!(serde_json::to_string(&Patch::<String>::Keep).is_err());
    }
}
