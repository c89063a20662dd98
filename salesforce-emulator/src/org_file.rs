//! An org written down: objects, fields, rules, users and records in a TOML file.

use serde::Deserialize;
use serde_json::{Map, Value};
use toml::{Spanned, Table};

use self::{field::FieldEntry, permission::PermissionEntry, record_type::RecordTypeEntry};
use crate::{
    builder::{Line, OrgBuilder},
    error::OrgError,
    schema::CustomObject,
};

mod field;
mod permission;
mod record_type;

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
    track_changes: Vec<Spanned<String>>,
    user: Vec<Spanned<UserEntry>>,
    object: Vec<Spanned<ObjectEntry>>,
    field: Vec<Spanned<FieldEntry>>,
    validation_rule: Vec<Spanned<ValidationEntry>>,
    duplicate_rule: Vec<Spanned<DuplicateEntry>>,
    permission: Vec<Spanned<PermissionEntry>>,
    queue: Vec<Spanned<QueueEntry>>,
    record_type: Vec<Spanned<RecordTypeEntry>>,
    record: Vec<Spanned<Table>>,
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
    field: Vec<Spanned<FieldEntry>>,
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
    let mut usernames: Vec<String> = Vec::new();
    for entry in file.user {
        let line = Line::at(text, entry.span().start);
        let UserEntry { username, password } = entry.into_inner();
        if usernames.iter().any(|known| known.eq_ignore_ascii_case(&username)) {
            return Err(line.wrong(&format!("the user {username} is there already")));
        }
        usernames.push(username.clone());
        builder = builder.user_at(username, password, line);
    }
    let mut objects: Vec<String> = Vec::new();
    for entry in file.object {
        let line = Line::at(text, entry.span().start);
        let ObjectEntry { name, text_name, field } = entry.into_inner();
        if objects.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            return Err(line.wrong(&format!("the object {name} is there already")));
        }
        objects.push(name.clone());
        let mut object = CustomObject::new(name.clone()).at(line);
        if text_name {
            object = object.text_name();
        }
        for entry in field {
            let line = Line::at(text, entry.span().start);
            let entry = entry.into_inner();
            if entry.object.is_some() {
                return Err(line.wrong(&format!("the field {name}.{} has its object already", entry.name)));
            }
            object = object.field(entry.read(&name, line)?);
        }
        builder = builder.object(object);
    }
    for entry in file.field {
        let line = Line::at(text, entry.span().start);
        let entry = entry.into_inner();
        let object = entry.object.clone();
        let object =
            object.ok_or_else(|| line.wrong(&format!("the field {} needs an object", entry.name)))?;
        let field = entry.read(&object, line)?;
        builder = builder.field(object, field);
    }
    for object in file.track_changes {
        let line = Line::at(text, object.span().start);
        builder = builder.track_changes_at(object.into_inner(), line);
    }
    for entry in file.validation_rule {
        let line = Line::at(text, entry.span().start);
        let ValidationEntry { object, when, message } = entry.into_inner();
        builder = builder.validation_condition_at(object, message, when, line);
    }
    for entry in file.duplicate_rule {
        let line = Line::at(text, entry.span().start);
        let DuplicateEntry { object, fields } = entry.into_inner();
        builder = builder.duplicate_rule_at(object, fields, line);
    }
    for entry in file.permission {
        let line = Line::at(text, entry.span().start);
        builder = entry.into_inner().read(builder, line)?;
    }
    for entry in file.queue {
        let line = Line::at(text, entry.span().start);
        let QueueEntry { name, objects } = entry.into_inner();
        builder = builder.queue_at(name, objects, line);
    }
    for entry in file.record_type {
        let line = Line::at(text, entry.span().start);
        builder = builder.record_type(entry.into_inner().read(line)?);
    }
    for entry in file.record {
        let line = Line::at(text, entry.span().start);
        builder = record(builder, entry.into_inner(), line)?;
    }
    Ok(builder)
}

/// One sentence with the line; never the line itself, which can hold a secret.
fn place(text: &str, error: &toml::de::Error) -> OrgError {
    match error.span() {
        Some(span) => Line::at(text, span.start).wrong(error.message()),
        None => OrgError::File(error.message().to_owned()),
    }
}

/// A record: its object, a name for it if others refer to it, and its fields.
fn record(builder: OrgBuilder, mut entry: Table, line: Line) -> Result<OrgBuilder, OrgError> {
    let mut text = |key: &str| match entry.remove(key) {
        None => Ok(None),
        Some(toml::Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(line.wrong(&format!("{key} of a record is a text"))),
    };
    let (object, name) = (text("object")?, text("ref")?);
    let object = object.ok_or_else(|| line.wrong("a record needs an object"))?;
    let fields: Map<String, Value> = entry.into_iter().map(|(name, value)| (name, json(value))).collect();
    Ok(builder.named_record(object, name, fields, line))
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
