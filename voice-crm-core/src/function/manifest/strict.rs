//! The strict form of a schema, as models that are held to one need it.
//!
//! Strict function calling wants every object closed and every property required; see "Structured Outputs" in
//! `OpenAI`'s documentation. What may be left out is therefore required and may be null. Without the null a model
//! would have to make values up.

use serde_json::{Map, Value, json};

/// The strict form of an object schema.
pub(super) fn strict(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => object(fields),
        // `true`, which allows everything.
        other => other.clone(),
    }
}

fn object(fields: &Map<String, Value>) -> Value {
    let mut strict: Map<String, Value> = Map::new();
    for (name, value) in fields {
        let value = match name.as_str() {
            // What a schema needs no more, what strict forms do not know, and what `close` writes.
            "default"
            | "format"
            | "$schema"
            | "title"
            | "examples"
            | "minimum"
            | "maximum"
            | "properties"
            | "required"
            | "additionalProperties" => continue,
            "$defs" | "definitions" => each(value, self::strict),
            "items" | "contains" => self::strict(value),
            // One of several, told apart by their contents: for a model the same as any of them.
            "oneOf" | "anyOf" => {
                strict.insert("anyOf".to_owned(), all(value));
                continue;
            }
            "allOf" | "prefixItems" => all(value),
            _ => value.clone(),
        };
        strict.insert(name.clone(), value);
    }
    let properties = fields.get("properties").and_then(Value::as_object);
    if properties.is_some() || is_object(fields) {
        close(&mut strict, properties, fields.get("required"));
    }
    Value::Object(strict)
}

/// Closes an object: its properties, all of them required, and nothing else.
fn close(strict: &mut Map<String, Value>, properties: Option<&Map<String, Value>>, required: Option<&Value>) {
    let is_required = |name: &str| {
        required.and_then(Value::as_array).is_some_and(|names| names.iter().any(|known| known == name))
    };
    let mut closed = Map::new();
    let mut names = Vec::new();
    for (name, property) in properties.into_iter().flatten() {
        let form = self::strict(property);
        closed.insert(name.clone(), if is_required(name) { form } else { nullable(form) });
        names.push(Value::from(name.as_str()));
    }
    strict.insert("properties".to_owned(), Value::Object(closed));
    strict.insert("required".to_owned(), Value::Array(names));
    strict.insert("additionalProperties".to_owned(), false.into());
}

/// The same, or null.
fn nullable(schema: Value) -> Value {
    if allows_null(&schema) {
        return schema;
    }
    let Value::Object(mut fields) = schema else { return schema };
    // The description belongs to the property, not to one of its forms.
    let description = fields.remove("description");
    let mut either = json!({ "anyOf": [Value::Object(fields), { "type": "null" }] });
    if let (Some(description), Value::Object(either)) = (description, &mut either) {
        either.insert("description".to_owned(), description);
    }
    either
}

fn allows_null(schema: &Value) -> bool {
    let Value::Object(fields) = schema else { return true };
    let by_type = match fields.get("type") {
        Some(Value::String(kind)) => kind == "null",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "null"),
        _ => false,
    };
    let by_form =
        fields.get("anyOf").and_then(Value::as_array).is_some_and(|forms| forms.iter().any(allows_null));
    let by_value =
        fields.get("enum").and_then(Value::as_array).is_some_and(|values| values.iter().any(Value::is_null));
    by_form || (by_type && (by_value || !fields.contains_key("enum")))
}

fn is_object(fields: &Map<String, Value>) -> bool {
    fields.get("type").is_some_and(|kind| match kind {
        Value::String(kind) => kind == "object",
        Value::Array(kinds) => kinds.iter().any(|kind| kind == "object"),
        _ => false,
    })
}

fn each(schemas: &Value, form: fn(&Value) -> Value) -> Value {
    let Value::Object(schemas) = schemas else { return schemas.clone() };
    Value::Object(schemas.iter().map(|(name, schema)| (name.clone(), form(schema))).collect())
}

fn all(schemas: &Value) -> Value {
    let Value::Array(schemas) = schemas else { return schemas.clone() };
    Value::Array(schemas.iter().map(strict).collect())
}
