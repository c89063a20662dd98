//! Structured outputs, and the structured data of the older analysis.

use std::fmt;

use serde_json::Value;

use super::places::{Places, text};

/// What a structured output came to, or one field of structured data.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Output {
    /// Its name, or its id where it has none.
    pub name: String,
    /// What it came to; never null and never empty.
    pub value: Value,
}

pub(super) fn outputs(places: &Places<'_>) -> Vec<Output> {
    let mut outputs = Vec::new();
    for list in places.values("structuredOutputs") {
        match list {
            Value::Object(by_id) => {
                outputs.extend(by_id.iter().filter_map(|(id, value)| of(Some(id), value)));
            }
            Value::Array(items) => outputs.extend(items.iter().filter_map(|item| of(None, item))),
            _ => {}
        }
    }
    for data in places.values("structuredData") {
        outputs.extend(fields(data));
    }
    for item in places.values("structuredDataMulti").filter_map(Value::as_array).flatten() {
        match of(None, item) {
            Some(output) => outputs.push(output),
            None => outputs.extend(fields(item)),
        }
    }
    outputs
}

/// An output with a name of its own or the id under which it stands, whose result stands beside the name or is all.
fn of(id: Option<&str>, value: &Value) -> Option<Output> {
    let name = ["name", "key"].into_iter().find_map(|field| text(value.get(field))).or(id)?;
    let result = ["result", "value"].into_iter().find_map(|field| value.get(field));
    let result = match result {
        Some(result) => result,
        // What has a name and no result came to nothing.
        None if value.get("name").is_some() => return None,
        None => value,
    };
    output(name, result)
}

fn fields(data: &Value) -> impl Iterator<Item = Output> {
    data.as_object().into_iter().flatten().filter_map(|(name, value)| output(name, value))
}

fn output(name: &str, value: &Value) -> Option<Output> {
    let is_empty = match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    (!is_empty).then(|| Output { name: name.to_owned(), value: value.clone() })
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("name", &self.name).finish_non_exhaustive()
    }
}
