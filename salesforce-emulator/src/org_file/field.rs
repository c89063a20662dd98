//! A field of an org file.

use serde::Deserialize;

use super::json;
use crate::{builder::Line, error::OrgError, schema::Field};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldEntry {
    /// The object, for a field that stands on its own.
    pub(super) object: Option<String>,
    pub(super) name: String,
    #[serde(rename = "type")]
    kind: String,
    label: Option<String>,
    length: Option<usize>,
    digits: Option<u32>,
    scale: Option<u32>,
    values: Option<Vec<String>>,
    restricted: Option<bool>,
    /// The object that a lookup refers to.
    to: Option<String>,
    #[serde(default)]
    required: bool,
    unique: Option<bool>,
    default: Option<toml::Value>,
}

impl FieldEntry {
    /// The field that is written down; a key that its type does not have is an error.
    pub(super) fn read(self, object: &str, line: Line) -> Result<Field, OrgError> {
        let (name, kind) = (self.name.clone(), self.kind.clone());
        let wrong = |what: &str| line.wrong(&format!("the field {object}.{name} of type {kind} {what}"));
        let given = [
            ("length", self.length.is_some(), &["text", "long_text"][..]),
            ("digits", self.digits.is_some(), &["number"]),
            ("scale", self.scale.is_some(), &["number"]),
            ("values", self.values.is_some(), &["picklist", "multi_picklist"]),
            ("restricted", self.restricted.is_some(), &["picklist", "multi_picklist"]),
            ("to", self.to.is_some(), &["lookup"]),
            ("unique", self.unique.is_some(), &["text", "email", "number", "external_id"]),
        ];
        let restricted = self.restricted.unwrap_or(false);
        let values = self.values.unwrap_or_default();
        if let Some(twice) = values.iter().enumerate().find(|(at, value)| values[..*at].contains(value)) {
            return Err(wrong(&format!("lists the value {} twice", twice.1)));
        }
        let mut field = match kind.as_str() {
            "text" => Field::text(self.name, self.length.unwrap_or(255)),
            "long_text" => Field::long_text(self.name, self.length.unwrap_or(32_768)),
            "external_id" => Field::external_id(self.name),
            "phone" => Field::phone(self.name),
            "email" => Field::email(self.name),
            "checkbox" => Field::checkbox(self.name),
            "date" => Field::date(self.name),
            "datetime" => Field::datetime(self.name),
            "number" => Field::number(self.name, self.digits.unwrap_or(16), self.scale.unwrap_or(2)),
            "picklist" | "multi_picklist" if values.is_empty() => return Err(wrong("needs values")),
            "picklist" => Field::picklist(self.name, values),
            "multi_picklist" => Field::multi_picklist(self.name, values),
            "lookup" => {
                Field::lookup(self.name, self.to.ok_or_else(|| wrong("needs to, the object it refers to"))?)
            }
            other => {
                return Err(line.wrong(&format!("the field {object}.{name} has the unknown type {other}")));
            }
        };
        if let Some((key, ..)) =
            given.iter().find(|(_, is_given, kinds)| *is_given && !kinds.contains(&kind.as_str()))
        {
            return Err(wrong(&format!("takes no {key}")));
        }
        if restricted {
            field = field.restricted();
        }
        if let Some(label) = self.label {
            field = field.label(label);
        }
        if self.required {
            field = field.required();
        }
        if self.unique == Some(true) {
            field = field.unique();
        }
        if let Some(value) = self.default {
            field = field.default_value(json(value));
        }
        Ok(field.at(line))
    }
}
