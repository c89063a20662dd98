//! The fields of one part, and the rule that only a typed reference is a reference.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::reference::Reference;
use crate::error::{Error, Result};
use crate::name;

/// The fields of a record in a composite request, with references to earlier parts.
///
/// The org reads `@{` anywhere in a text as a reference. A caller's words may contain it, so such
/// text is refused here; [`Error::is_reference_injection`] tells.
#[derive(Clone)]
pub struct Body {
    pub(crate) fields: Map<String, Value>,
    pub(in crate::resource) composites: Vec<u64>,
}

impl Body {
    /// The fields of `value`, which must be written as a JSON object.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when it is not one, or when a
    /// text in it contains `@{`.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<Self> {
        let Ok(Value::Object(fields)) = serde_json::to_value(value) else {
            return Err(Error::invalid("the fields of a record must be written as a JSON object"));
        };
        check_map(&fields)?;
        Ok(Self { fields, composites: Vec::new() })
    }

    /// Sets `field` to what an earlier part gives.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when `field` is not the API
    /// name of a field.
    pub fn reference(mut self, field: &str, reference: Reference) -> Result<Self> {
        let field = name::name("field", field)?;
        self.composites.push(reference.composite);
        self.fields.insert(field.to_owned(), Value::String(reference.text));
        Ok(self)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.fields.keys().filter(|field| name::is_name(field))).finish()
    }
}

/// What can be the fields of a part: anything that serializes to an object, or a [`Body`].
pub trait IntoBody {
    /// The checked fields.
    ///
    /// # Errors
    /// As [`Body::of`].
    fn into_body(self) -> Result<Body>;
}

impl<T: Serialize + ?Sized> IntoBody for &T {
    fn into_body(self) -> Result<Body> {
        Body::of(self)
    }
}

impl IntoBody for Body {
    fn into_body(self) -> Result<Body> {
        Ok(self)
    }
}

/// Refuses text that the org would read as a reference.
pub(crate) fn check_text(text: &str) -> Result<()> {
    if text.contains("@{") { Err(Error::reference_injection()) } else { Ok(()) }
}

fn check(value: &Value) -> Result<()> {
    match value {
        Value::String(text) => check_text(text),
        Value::Array(values) => values.iter().try_for_each(check),
        Value::Object(fields) => check_map(fields),
        _ => Ok(()),
    }
}

fn check_map(fields: &Map<String, Value>) -> Result<()> {
    fields.iter().try_for_each(|(field, value)| check_text(field).and_then(|()| check(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_that_look_like_a_reference_are_refused_wherever_they_stand() {
        for value in [
            json!({"Subject": "see @{case.id}"}),
            json!({"Account": {"Name": "@{"}}),
            json!({"List": ["x", "@{x.y}"]}),
            json!({"@{field}": 1}),
        ] {
            assert!(Body::of(&value).unwrap_err().is_reference_injection());
        }
        assert!(Body::of(&json!({"Subject": "mail me @ {home}, @ {"})).is_ok());
    }

    #[test]
    fn the_fields_must_be_an_object() {
        assert!(!Body::of(&json!(["x"])).unwrap_err().is_reference_injection());
    }
}
