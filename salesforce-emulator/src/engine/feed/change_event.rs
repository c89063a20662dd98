//! Change events: what changed in the records of an object that is tracked.
//!
//! See Salesforce, "Change Data Capture Developer Guide".

use serde_json::{Map, Value, json};

use super::{Change, Notice, schema_id};
use crate::{
    engine::{Engine, Operation},
    schema::{Kind, column},
};

/// The channel of all objects that are tracked, below `/data/`.
pub(super) const ALL: &str = "ChangeEvents";

/// The messages of one write: one for the channel of its object and one for that of all objects.
pub(super) fn notices(engine: &Engine, change: &Change, commit: u64, number: u64) -> [Notice; 2] {
    let name = &engine.schema.object(change.object).name;
    let event = event_name(name);
    let data = json!({ "schema": schema_id(&event), "payload": payload(engine, change, commit, number), "event": {} });
    [event.as_str(), ALL].map(|leaf| Notice {
        channel: format!("/data/{leaf}"),
        data: data.clone(),
        about: Some(change.object),
    })
}

/// The tracked object whose changes a channel tells.
pub(super) fn object_of(engine: &Engine, leaf: &str) -> Option<usize> {
    let objects = engine.schema.objects().iter().enumerate();
    let mut tracked = objects.filter(|(at, _)| engine.feed.tracks(*at));
    tracked.find(|(_, object)| event_name(&object.name) == leaf).map(|(at, _)| at)
}

/// `Case` is told as `CaseChangeEvent`, `Call__c` as `Call__ChangeEvent`.
fn event_name(object: &str) -> String {
    match object.strip_suffix("__c") {
        Some(stem) => format!("{stem}__ChangeEvent"),
        None => format!("{object}ChangeEvent"),
    }
}

fn payload(engine: &Engine, change: &Change, commit: u64, number: u64) -> Value {
    let object = engine.schema.object(change.object);
    let record = change.after.as_ref().or(change.before.as_ref());
    let id = record.map(|row| row.values[column::ID].clone()).unwrap_or_default();
    let (word, fields) = match change.operation {
        Operation::Insert => ("CREATE", written(engine, change, |_| true)),
        Operation::Update => ("UPDATE", written(engine, change, |at| differs(change, at))),
        Operation::Delete => ("DELETE", Map::new()),
    };
    let changed: Vec<&String> =
        if change.operation == Operation::Update { fields.keys().collect() } else { Vec::new() };
    let mut payload = json!({
        "ChangeEventHeader": {
            "entityName": object.name,
            "recordIds": [id],
            "changeType": word,
            "changedFields": changed,
            "changeOrigin": "com/salesforce/api/rest/66.0",
            "transactionKey": format!("{commit:08x}-0000-0000-0000-000000000000"),
            "sequenceNumber": number,
            "commitTimestamp": engine.now().as_millisecond(),
            "commitNumber": commit,
            "commitUser": engine.actor.to_string(),
        }
    });
    if let Value::Object(payload) = &mut payload {
        payload.extend(fields);
    }
    payload
}

/// The fields of a new record that have a value, or those of a change that differ, emptied ones too.
fn written(engine: &Engine, change: &Change, wanted: impl Fn(usize) -> bool) -> Map<String, Value> {
    let Some(after) = &change.after else { return Map::new() };
    let fields = engine.schema.object(change.object).fields.iter().enumerate();
    let told = fields.filter(|(at, field)| {
        let system = matches!(*at, column::ID | column::IS_DELETED | column::SYSTEM_MODSTAMP);
        let empty = after.values[*at].is_null() && change.operation == Operation::Insert;
        !system && !empty && field.kind != Kind::Base64 && field.through.is_none() && wanted(*at)
    });
    told.map(|(at, field)| (field.name.clone(), after.values[at].clone())).collect()
}

fn differs(change: &Change, at: usize) -> bool {
    // A change is one of its time too, even within the same second.
    if at == column::LAST_MODIFIED_DATE {
        return true;
    }
    let value = |row: &Option<crate::engine::Row>| row.as_ref().and_then(|row| row.values.get(at).cloned());
    value(&change.before) != value(&change.after)
}
