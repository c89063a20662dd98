//! The schema of arguments as one object, which is all that platforms take: for no arguments an empty one, and for an
//! enum the fields of all its variants.

use serde_json::{Map, Value, json};

/// The same arguments as one object, where that can be said of them.
pub(in crate::dispatch) fn one_object(schema: Value) -> Value {
    if schema.get("type").and_then(Value::as_str) == Some("null") {
        return json!({ "type": "object", "properties": {} });
    }
    merged(&schema).unwrap_or(schema)
}

/// One object with the fields of all variants; `None` where it is no enum of objects.
fn merged(schema: &Value) -> Option<Value> {
    let whole = schema.as_object()?;
    let variants = ["oneOf", "anyOf"].into_iter().find_map(|word| whole.get(word)?.as_array())?;
    let variants: Vec<&Map<String, Value>> =
        variants.iter().map(|variant| resolved(variant, schema)).collect::<Option<_>>()?;
    // What all variants have beside their own fields.
    let shared = whole.get("properties").and_then(Value::as_object);
    let mut properties = shared.cloned().unwrap_or_default();
    for variant in &variants {
        for (name, field) in variant.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let known = properties.remove(name);
            properties
                .insert(name.clone(), known.map_or_else(|| field.clone(), |known| either(known, field)));
        }
    }
    let names = |object: &Map<String, Value>| -> Vec<Value> {
        object.get("required").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (first, rest) = variants.split_first()?;
    let mut required = names(whole);
    required.extend(names(first).into_iter().filter(|name| rest.iter().all(|one| names(one).contains(name))));
    let mut object = whole.clone();
    object.retain(|word, _| word != "oneOf" && word != "anyOf");
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties.into());
    object.insert("required".to_owned(), required.into());
    Some(object.into())
}

/// A variant that is an object, in its own place or among the definitions.
fn resolved<'a>(variant: &'a Value, schema: &'a Value) -> Option<&'a Map<String, Value>> {
    let object = match variant.get("$ref").and_then(Value::as_str) {
        Some(place) => schema.pointer(place.strip_prefix('#')?)?,
        None => variant,
    };
    let object = object.as_object()?;
    (object.get("type").and_then(Value::as_str) == Some("object")).then_some(object)
}

/// A field that two variants have: for a tag one of its words, or else whatever either takes.
fn either(known: Value, other: &Value) -> Value {
    if known == *other {
        return known;
    }
    let words = |field: &Value| -> Option<Vec<Value>> {
        let one = field.get("const").map(|word| vec![word.clone()]);
        one.or_else(|| field.get("enum").and_then(Value::as_array).cloned())
    };
    match (words(&known), words(other)) {
        (Some(mut known), Some(other)) => {
            known.extend(other);
            json!({ "type": "string", "enum": known })
        }
        _ => match known.get("anyOf").and_then(Value::as_array) {
            Some(several) => json!({ "anyOf": several.iter().chain([other]).collect::<Vec<_>>() }),
            None => json!({ "anyOf": [known, other] }),
        },
    }
}
