//! The schema of a function's arguments in the part of JSON Schema that Vapi's published types know.
//!
//! They have one type for each value, properties, items, texts to choose from, and descriptions: no references, no
//! unions and no null. What is lost of a schema that way is said by the function, which judges its arguments anyhow.

use serde_json::{Map, Value, json};

/// The formats of texts that are known.
const FORMATS: [&str; 9] =
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

type Fields = Map<String, Value>;

/// The schema of an object, as the parameters of a function.
pub(super) fn parameters(schema: &Value) -> Value {
    let root = Root { definitions: ["$defs", "definitions"].into_iter().find_map(|name| schema.get(name)) };
    let object = root.form(schema, &[]);
    let mut parameters = Map::new();
    parameters.insert("type".to_owned(), "object".into());
    for name in ["properties", "required"] {
        parameters.extend(object.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    parameters.entry("properties").or_insert_with(|| json!({}));
    Value::Object(parameters)
}

struct Root<'a> {
    definitions: Option<&'a Value>,
}

impl Root<'_> {
    /// The form of a schema, within definitions of these names.
    fn form(&self, schema: &Value, within: &[&str]) -> Fields {
        let Some(fields) = schema.as_object() else { return any_object() };
        let mut form = match self.whole(fields, within) {
            Some(form) => form,
            None => self.plain(fields, within),
        };
        // What is said of a value where it is used goes before what its type says.
        form.extend(fields.get("description").map(|text| ("description".to_owned(), text.clone())));
        form
    }

    /// What a reference, a union or an intersection comes to.
    fn whole(&self, fields: &Fields, within: &[&str]) -> Option<Fields> {
        if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
            let name = reference.rsplit('/').next()?;
            // What holds itself ends there, as an object of any kind.
            if within.contains(&name) {
                return Some(any_object());
            }
            return Some(self.form(self.definitions?.get(name)?, &[within, &[name]].concat()));
        }
        let parts = |name: &str| fields.get(name).and_then(Value::as_array);
        if let Some(all) = parts("allOf") {
            let all = all.iter().map(|part| self.form(part, within));
            return all.reduce(|one, other| both(one, other, |one, other| one.chain(other).collect()));
        }
        let one_of = parts("oneOf").or_else(|| parts("anyOf"))?;
        let forms: Vec<Fields> =
            one_of.iter().filter(|part| !is_null(part)).map(|part| self.form(part, within)).collect();
        let mut form = forms.iter().cloned().reduce(either)?;
        // A union may have properties beside those of its parts.
        if fields.contains_key("properties") {
            form = both(self.plain(fields, within), form, |one, other| one.chain(other).collect());
        }
        if let Some(meanings) = meanings(&forms) {
            form.insert("description".to_owned(), meanings.into());
        }
        Some(form)
    }

    fn plain(&self, fields: &Fields, within: &[&str]) -> Fields {
        let mut form = Map::new();
        let kind = kind(fields);
        form.insert("type".to_owned(), kind.into());
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        if kind == "string" {
            form.extend(text("pattern").map(|pattern| ("pattern".to_owned(), pattern.into())));
            let format = text("format").filter(|format| FORMATS.contains(format));
            form.extend(format.map(|format| ("format".to_owned(), format.into())));
            form.extend(choices(fields).map(|choices| ("enum".to_owned(), choices)));
        }
        if kind == "array" {
            let items = fields.get("items").map_or_else(any_object, |items| self.form(items, within));
            form.insert("items".to_owned(), items.into());
        }
        if let Some(properties) = fields.get("properties").and_then(Value::as_object) {
            let properties = properties
                .iter()
                .map(|(name, schema)| (name.clone(), self.form(schema, within).into()))
                .collect();
            form.insert("properties".to_owned(), Value::Object(properties));
            let required = fields.get("required").cloned().filter(|names| names != &json!([]));
            form.extend(required.map(|names| ("required".to_owned(), names)));
        }
        form
    }
}

fn any_object() -> Fields {
    Map::from_iter([("type".to_owned(), "object".into())])
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null") || schema.get("const") == Some(&Value::Null)
}

/// The one type of a value: the first that is not null, or what its other fields imply.
fn kind(fields: &Fields) -> &str {
    let named = match fields.get("type") {
        Some(Value::String(kind)) => Some(kind.as_str()),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    };
    let implied = || {
        if fields.contains_key("properties") {
            "object"
        } else if fields.contains_key("items") {
            "array"
        } else if let Some(value) = fields.get("const") {
            kind_of(value)
        } else if let Some(Value::Array(values)) = fields.get("enum") {
            values.iter().find(|value| !value.is_null()).map_or("string", kind_of)
        } else {
            "object"
        }
    };
    named.unwrap_or_else(implied)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::String(_) | Value::Null => "string",
    }
}

/// The texts that a value is one of.
fn choices(fields: &Fields) -> Option<Value> {
    let only = fields.get("const").map(std::slice::from_ref);
    let values = fields.get("enum").and_then(Value::as_array).map(Vec::as_slice).or(only)?;
    let texts: Vec<Value> = values.iter().filter(|value| value.is_string()).cloned().collect();
    (!texts.is_empty()).then_some(Value::Array(texts))
}

/// What each choice means, where a union of choices tells: a schema without a union has no other place for it.
fn meanings(forms: &[Fields]) -> Option<String> {
    let meaning = |form: &Fields| {
        let [choice] = form.get("enum")?.as_array()?.as_slice() else { return None };
        Some(format!("{}: {}", choice.as_str()?, form.get("description")?.as_str()?))
    };
    let meanings: Vec<String> = forms.iter().filter_map(meaning).collect();
    (!meanings.is_empty()).then(|| meanings.join(" "))
}

/// A value that is one of two: whatever either may be, as far as one type goes.
fn either(one: Fields, other: Fields) -> Fields {
    if one.get("type") != other.get("type") {
        return one;
    }
    both(one, other, |one, other| {
        let other: Vec<Value> = other.collect();
        one.filter(|name| other.contains(name)).collect()
    })
}

/// The properties of two objects, or the choices of two texts; `required` puts their required names together.
fn both(
    mut one: Fields,
    other: Fields,
    required: fn(std::vec::IntoIter<Value>, std::vec::IntoIter<Value>) -> Vec<Value>,
) -> Fields {
    let names = |form: &Fields| match form.get("required") {
        Some(Value::Array(names)) => names.clone().into_iter(),
        _ => Vec::new().into_iter(),
    };
    let mut required: Vec<Value> = required(names(&one), names(&other));
    required.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    required.dedup();
    // Who may be any text is not held to the choices of another.
    let (choices, is_any) =
        (other.get("enum").cloned(), one.get("enum").is_none() || other.get("enum").is_none());
    for (name, value) in other {
        match (name.as_str(), one.get_mut(&name), value) {
            ("properties", Some(Value::Object(known)), Value::Object(more)) => {
                for (name, property) in more {
                    let merged = match (known.remove(&name), property) {
                        (Some(Value::Object(known)), Value::Object(property)) => {
                            Value::Object(either(known, property))
                        }
                        (_, property) => property,
                    };
                    known.insert(name, merged);
                }
            }
            ("enum", _, _) | (_, Some(_), _) => {}
            (_, None, value) => {
                one.insert(name, value);
            }
        }
    }
    if is_any {
        one.remove("enum");
    } else if let (Some(Value::Array(known)), Some(Value::Array(more))) = (one.get_mut("enum"), choices) {
        known.extend(more);
        let mut seen = Vec::new();
        known.retain(|choice| {
            let is_new = !seen.contains(choice);
            seen.push(choice.clone());
            is_new
        });
    }
    one.remove("required");
    if !required.is_empty() {
        one.insert("required".to_owned(), Value::Array(required));
    }
    one
}
