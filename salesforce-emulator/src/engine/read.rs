//! Reads records back, with the fields that exist only when they are read.

use serde_json::{Value, json};

use super::{Engine, Fields, Row};
use crate::schema::{Kind, Trait, address, column};

impl Engine {
    /// One field of a record as a client sees it.
    pub(crate) fn value(&self, object: usize, row: &Row, at: usize) -> Value {
        let known = self.schema.object(object);
        let field = &known.fields[at];
        if let Some((reference, name)) = field.through {
            let parent = known.field(reference).and_then(|at| self.record(row.values[at].as_str()?));
            let seen = parent
                .and_then(|(parent, row)| Some(row.values[self.schema.object(parent).field(name)?].clone()));
            return seen.unwrap_or_default();
        }
        if field.kind == Kind::Base64 {
            let id = row.values[column::ID].as_str().unwrap_or_default();
            return Value::from(format!(
                "/services/data/v{LATEST}.0/sobjects/{}/{id}/{}",
                known.name, field.name
            ));
        }
        if field.kind == Kind::Address {
            let seen = |part: usize| !known.fields[part].has(Trait::Hidden);
            return address::compound(known, &field.name, |part| {
                if seen(part) { row.values[part].clone() } else { Value::Null }
            });
        }
        row.values[at].clone()
    }

    /// Every field of a record that the user sees.
    pub(crate) fn whole(&self, object: usize, row: &Row) -> Fields {
        let fields = &self.schema.object(object).fields;
        let seen = (0..fields.len()).filter(|at| !fields[*at].has(Trait::Hidden));
        seen.map(|at| (fields[at].name.clone(), self.value(object, row, at))).collect()
    }

    /// The `attributes` that come with a record.
    pub(crate) fn attributes(&self, object: usize, row: &Row, version: &str) -> Value {
        let name = &self.schema.object(object).name;
        let id = row.values[column::ID].as_str().unwrap_or_default();
        json!({ "type": name, "url": format!("/services/data/v{version}/sobjects/{name}/{id}") })
    }
}

/// The newest API version, which paths inside values name.
const LATEST: u32 = 68;
