//! A found record as JSON.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::{
    bind::{Children, Projection},
    evaluate,
};
use crate::{
    engine::{Engine, Row},
    schema::column,
};

/// How records are shown, and where the rest of their children is found.
pub(crate) struct View<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) version: &'a str,
    /// How many children are given at once.
    pub(crate) batch: usize,
    /// The cursor by which the other children are asked for.
    pub(crate) locator: Option<&'a str>,
    /// Whether a record had more children than were given.
    pub(crate) overflowed: Cell<bool>,
}

impl<'a> View<'a> {
    pub(crate) fn new(engine: &'a Engine, version: &'a str) -> Self {
        Self { engine, version, batch: usize::MAX, locator: None, overflowed: Cell::new(false) }
    }

    /// The fields a query asks for, with `attributes`; a missing parent is null, and so are no children.
    pub(crate) fn record(&self, object: usize, row: &Row, projection: &Projection) -> Value {
        let engine = self.engine;
        let size = projection.fields.len() + projection.parents.len() + 1;
        let mut record = Map::with_capacity(size);
        record.insert("attributes".to_owned(), engine.attributes(object, row, self.version));
        for (name, leaf) in &projection.fields {
            record.insert(name.clone(), leaf.read(engine, object, row));
        }
        for parent in &projection.parents {
            let found = row.values[parent.column].as_str().and_then(|id| engine.record(id));
            let shaped = found.and_then(|(object, row)| Some((object, row, parent.shape_of(object)?)));
            let inner = shaped.map_or(Value::Null, |(object, row, shape)| self.record(object, row, shape));
            record.insert(parent.name.clone(), inner);
        }
        for (at, children) in projection.children.iter().enumerate() {
            let id = row.values[column::ID].as_str().unwrap_or_default();
            record.insert(children.name.clone(), self.children(id, at, children, 0));
        }
        Value::Object(record)
    }

    /// The children of a record from one of them on.
    pub(crate) fn children(&self, parent: &str, at: usize, children: &Children, from: usize) -> Value {
        let plan = &children.plan;
        let serials = evaluate::run_children(self.engine, children, parent);
        if serials.is_empty() {
            return Value::Null;
        }
        let end = serials.len().min(from.saturating_add(self.batch));
        let shown: Vec<Value> = serials
            .get(from..end)
            .unwrap_or_default()
            .iter()
            .filter_map(|serial| {
                let row = self.engine.store.row(plan.object, *serial)?;
                Some(self.record(plan.object, row, plan.projection.as_ref()?))
            })
            .collect();
        let done = end == serials.len();
        let mut result = json!({ "totalSize": serials.len(), "done": done, "records": shown });
        if !done {
            self.overflowed.set(true);
            let locator = self.locator.unwrap_or_default();
            let path = format!("/services/data/v{}/query/{locator}.{at}.{parent}-{end}", self.version);
            result["nextRecordsUrl"] = Value::from(path);
        }
        result
    }
}
