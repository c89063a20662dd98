//! Deletes records, with what hangs on them.

use std::sync::Arc;

use serde_json::Value;

use super::{Draft, Engine, Operation, Row, stamp};
use crate::{error::ApiError, schema::Trait};

impl Engine {
    /// Deletes a record; children go with it or lose their reference, as their fields say.
    pub(crate) fn delete(&mut self, object: usize, serial: u32) -> Result<(), ApiError> {
        self.atomically(|engine| {
            let schema = Arc::clone(&engine.schema);
            let known = schema.object(object);
            engine.rules.permit(engine.actor, &known.name, Operation::Delete)?;
            let row = engine.store.row(object, serial).filter(|row| !row.deleted).cloned();
            // A record can hang on its parent by two references; it is deleted once.
            let Some(row) = row else { return Ok(()) };
            engine.check_write(object, [engine.id(object, serial)])?;
            let draft = Draft { object: known, values: row.values.clone() };
            engine.note_write(object, serial, &draft, Operation::Delete);
            engine.record_write(&draft, Operation::Delete, Vec::new());
            let now = stamp(engine.now());
            engine.store.put(object, serial, row.into_deleted(now));
            engine.release_children(object, serial)
        })
    }

    fn release_children(&mut self, parent: usize, serial: u32) -> Result<(), ApiError> {
        let schema = Arc::clone(&self.schema);
        let id = self.id(parent, serial).to_string();
        let name = &schema.object(parent).name;
        for (object, known) in schema.objects().iter().enumerate() {
            for (at, field) in known.fields.iter().enumerate() {
                if !field.targets.iter().any(|target| target.eq_ignore_ascii_case(name)) {
                    continue;
                }
                for child in self.store.lookup(object, at, &id).unwrap_or_default() {
                    if field.has(Trait::Cascade) {
                        self.delete(object, child)?;
                    } else {
                        self.clear(object, child, at);
                    }
                }
            }
        }
        Ok(())
    }

    fn clear(&mut self, object: usize, serial: u32, at: usize) {
        let schema = Arc::clone(&self.schema);
        let Some(row) = self.store.row(object, serial) else { return };
        let mut values = row.values.clone();
        values[at] = Value::Null;
        let draft = Draft { object: schema.object(object), values };
        self.note_write(object, serial, &draft, Operation::Update);
        self.record_write(&draft, Operation::Update, vec![(at, Value::Null)]);
        self.store.put(object, serial, Row { values: draft.values, deleted: false });
    }
}
