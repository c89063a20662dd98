//! A found record as JSON.

use serde_json::{Map, Value};

use super::bind::Projection;
use crate::engine::{Engine, Row};

/// The fields a query asks for, with `attributes`; a missing parent is null.
pub(crate) fn project(
    engine: &Engine,
    object: usize,
    row: &Row,
    projection: &Projection,
    version: &str,
) -> Value {
    let mut record = Map::with_capacity(projection.fields.len() + projection.parents.len() + 1);
    record.insert("attributes".to_owned(), engine.attributes(object, row, version));
    for (name, leaf) in &projection.fields {
        record.insert(name.clone(), leaf.read(engine, object, row));
    }
    for parent in &projection.parents {
        let found = row.values[parent.column].as_str().and_then(|id| engine.record(id));
        let inner =
            found.map_or(Value::Null, |(object, row)| project(engine, object, row, &parent.inner, version));
        record.insert(parent.name.clone(), inner);
    }
    Value::Object(record)
}
