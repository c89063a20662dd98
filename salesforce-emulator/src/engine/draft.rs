//! A record on its way into the store.

use serde_json::Value;

use crate::schema::ObjectType;

/// A record being made or changed: its object, and a value for each of its fields.
pub(super) struct Draft<'a> {
    pub(super) object: &'a ObjectType,
    pub(super) values: Vec<Value>,
}

impl Draft<'_> {
    pub(super) fn get(&self, name: &str) -> &Value {
        self.object.field(name).map_or(&Value::Null, |column| &self.values[column])
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).as_str()
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(column) = self.object.field(name) {
            self.values[column] = value.into();
        }
    }

    /// Takes the value out and leaves null.
    pub(super) fn take(&mut self, name: &str) -> Value {
        self.object.field(name).map_or(Value::Null, |column| self.values[column].take())
    }
}
