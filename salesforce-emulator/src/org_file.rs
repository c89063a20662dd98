//! An org written down: objects, fields, rules, users and records in a TOML file.

use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Table;

use crate::{
    builder::OrgBuilder,
    error::OrgError,
    schema::{CustomObject, Field},
};

/// The whole file. A key it does not know is an error.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct OrgFile {
    client: Option<ClientEntry>,
    daily_calls: Option<u64>,
    enforce_daily_calls: bool,
    user_calls: Option<u64>,
    jwt_tokens: bool,
    jwt_public_key: Option<String>,
    rotate_refresh_tokens: bool,
    track_changes: Vec<String>,
    user: Vec<UserEntry>,
    object: Vec<ObjectEntry>,
    field: Vec<FieldEntry>,
    validation_rule: Vec<ValidationEntry>,
    duplicate_rule: Vec<DuplicateEntry>,
    queue: Vec<QueueEntry>,
    record: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueEntry {
    name: String,
    objects: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientEntry {
    id: String,
    secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserEntry {
    username: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectEntry {
    name: String,
    #[serde(default)]
    text_name: bool,
    #[serde(default)]
    field: Vec<FieldEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    /// The object, for a field that stands on its own.
    object: Option<String>,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    label: Option<String>,
    length: Option<usize>,
    digits: Option<u32>,
    scale: Option<u32>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    restricted: bool,
    /// The object that a lookup refers to.
    to: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    unique: bool,
    default: Option<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidationEntry {
    object: String,
    /// The condition, as after `WHERE`, under which a record is refused.
    when: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DuplicateEntry {
    object: String,
    fields: Vec<String>,
}

/// Adds everything the file says to a builder.
pub(crate) fn read(mut builder: OrgBuilder, text: &str) -> Result<OrgBuilder, OrgError> {
    let file: OrgFile = toml::from_str(text).map_err(|error| place(text, &error))?;
    if let Some(client) = file.client {
        builder = builder.client(client.id, client.secret);
    }
    if let Some(calls) = file.daily_calls {
        builder = builder.daily_calls(calls);
    }
    if let Some(calls) = file.user_calls {
        builder = builder.user_calls(calls);
    }
    if file.enforce_daily_calls {
        builder = builder.enforce_daily_calls(true);
    }
    if let Some(pem) = file.jwt_public_key {
        builder = builder.jwt_public_key(pem);
    }
    if file.jwt_tokens {
        builder = builder.jwt_tokens(true);
    }
    if file.rotate_refresh_tokens {
        builder = builder.rotate_refresh_tokens(true);
    }
    for UserEntry { username, password } in file.user {
        builder = builder.user(username, password);
    }
    for ObjectEntry { name, text_name, field } in file.object {
        let mut object = CustomObject::new(name);
        if text_name {
            object = object.text_name();
        }
        for entry in field {
            object = object.field(self::field(entry)?);
        }
        builder = builder.object(object);
    }
    for entry in file.field {
        let object = entry.object.clone();
        let object =
            object.ok_or_else(|| OrgError::File(format!("the field {} needs an object", entry.name)))?;
        builder = builder.field(object, field(entry)?);
    }
    for object in file.track_changes {
        builder = builder.track_changes(object);
    }
    for ValidationEntry { object, when, message } in file.validation_rule {
        builder = builder.validation_condition(object, message, when);
    }
    for DuplicateEntry { object, fields } in file.duplicate_rule {
        builder = builder.duplicate_rule(object, fields);
    }
    for QueueEntry { name, objects } in file.queue {
        builder = builder.queue(name, objects);
    }
    for entry in file.record {
        builder = record(builder, entry)?;
    }
    Ok(builder)
}

/// One sentence with the line; never the line itself, which can hold a secret.
fn place(text: &str, error: &toml::de::Error) -> OrgError {
    let line =
        error.span().and_then(|span| text.get(..span.start)).map(|before| 1 + before.matches('\n').count());
    OrgError::File(match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    })
}

fn field(entry: FieldEntry) -> Result<Field, OrgError> {
    let name = entry.name.clone();
    let need = |what: &str| OrgError::File(format!("the field {name} of type {} needs {what}", entry.kind));
    let mut field = match entry.kind.as_str() {
        "text" => Field::text(entry.name, entry.length.unwrap_or(255)),
        "long_text" => Field::long_text(entry.name, entry.length.unwrap_or(32_768)),
        "external_id" => Field::external_id(entry.name),
        "phone" => Field::phone(entry.name),
        "email" => Field::email(entry.name),
        "checkbox" => Field::checkbox(entry.name),
        "date" => Field::date(entry.name),
        "datetime" => Field::datetime(entry.name),
        "number" => Field::number(entry.name, entry.digits.unwrap_or(16), entry.scale.unwrap_or(2)),
        "picklist" | "multi_picklist" if entry.values.is_empty() => return Err(need("values")),
        "multi_picklist" if entry.restricted => Field::multi_picklist(entry.name, entry.values).restricted(),
        "multi_picklist" => Field::multi_picklist(entry.name, entry.values),
        "picklist" if entry.restricted => Field::restricted_picklist(entry.name, entry.values),
        "picklist" => Field::picklist(entry.name, entry.values),
        "lookup" => Field::lookup(entry.name, entry.to.ok_or_else(|| need("to, the object it refers to"))?),
        other => return Err(OrgError::File(format!("the field {name} has the unknown type {other}"))),
    };
    if let Some(label) = entry.label {
        field = field.label(label);
    }
    if entry.required {
        field = field.required();
    }
    if entry.unique {
        field = field.unique();
    }
    if let Some(value) = entry.default {
        field = field.default_value(json(value));
    }
    Ok(field)
}

/// A record: its object, a name for it if others refer to it, and its fields.
fn record(builder: OrgBuilder, mut entry: Table) -> Result<OrgBuilder, OrgError> {
    let mut text = |key: &str| match entry.remove(key) {
        Some(toml::Value::String(text)) => Some(text),
        _ => None,
    };
    let (object, name) = (text("object"), text("ref"));
    let object = object.ok_or_else(|| OrgError::File("a record needs an object".to_owned()))?;
    let fields: Map<String, Value> = entry.into_iter().map(|(name, value)| (name, json(value))).collect();
    Ok(builder.named_record(object, name, fields))
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(value) => Value::from(value),
        toml::Value::Datetime(at) => Value::from(at.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(name, value)| (name, json(value))).collect())
        }
    }
}
