//! Custom objects and platform events declared when the org starts.

use super::{
    developer_name::is_developer_name,
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};
use crate::builder::Line;

/// A custom object: an auto-numbered `Name`, an owner, and the fields given. Or a platform event, which has the
/// fields given alone.
#[derive(Clone, Debug)]
#[must_use = "an object exists once it is given to a builder"]
pub struct CustomObject {
    name: String,
    text_name: bool,
    fields: Vec<Field>,
    /// Where in an org file it was written.
    line: Line,
}

impl CustomObject {
    /// An object with this API name, which ends in `__c`, or in `__e` for a platform event.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), text_name: false, fields: Vec::new(), line: Line::NONE }
    }

    /// Adds a field.
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Makes `Name` a text of 80 characters that a create must give, not an auto-number.
    pub fn text_name(mut self) -> Self {
        self.text_name = true;
        self
    }

    pub(crate) fn at(self, line: Line) -> Self {
        Self { line, ..self }
    }

    pub(super) fn into_table(self, number: usize) -> Result<ObjectType, String> {
        let stem = self.name.strip_suffix("__c").or_else(|| self.name.strip_suffix("__e"));
        let Some(stem) = stem else {
            return Err(format!("{}the custom object {} does not end in __c or __e", self.line, self.name));
        };
        if !is_developer_name(stem) {
            return Err(format!(
                "{}the custom object {} has a name that no object can have",
                self.line, self.name
            ));
        }
        let label = stem.replace('_', " ");
        let plural = format!("{label}s");
        let mut object = if self.name.ends_with("__e") {
            ObjectType::new(&self.name, &label, &plural, prefix(b'e', number)?)
        } else {
            ObjectType::queued(&self.name, &label, &plural, prefix(b'a', number)?).field_of(self.name_field())
        };
        for field in self.fields {
            if !field.is_custom() {
                return Err(format!(
                    "{}the custom field {}.{} does not end in __c",
                    field.line, self.name, field.name
                ));
            }
            if object.field(&field.name).is_some() {
                return Err(format!(
                    "{}the field {}.{} is declared twice",
                    field.line, self.name, field.name
                ));
            }
            object.push(field);
        }
        Ok(object)
    }

    fn name_field(&self) -> Field {
        if self.text_name {
            Field::text("Name", 80).required().with(Trait::Name).with(Trait::Indexed)
        } else {
            Field::sized("Name", Kind::Text, 80)
                .without(Trait::Nillable)
                .with(Trait::Name)
                .with(Trait::AutoNumber)
                .with(Trait::IdLookup)
                .with(Trait::Indexed)
                .read_only()
        }
    }
}

/// Key prefixes of custom objects: `a00`, `a01`, and so on; those of platform events begin with `e`.
fn prefix(first: u8, number: usize) -> Result<[u8; 3], String> {
    let digit = |value: usize| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".get(value).copied();
    match (digit(number / 36), digit(number % 36)) {
        (Some(high), Some(low)) => Ok([first, high, low]),
        _ => Err("there are more custom objects than key prefixes".to_owned()),
    }
}
