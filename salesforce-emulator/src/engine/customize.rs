//! Custom fields made while the org runs.

use std::sync::Arc;

use serde_json::Value;

use super::{Engine, Fields};
use crate::{
    error::{ApiError, Code},
    id::RecordId,
    schema::{CUSTOM_FIELD, Field},
};

impl Engine {
    /// Adds a custom field to an object and keeps a record of it. Records that are there get its default.
    pub(crate) fn create_field(&mut self, table: &str, field: &Field) -> Result<RecordId, ApiError> {
        let objects: Vec<usize> = tables(table).iter().filter_map(|name| self.schema.find(name)).collect();
        if objects.is_empty() {
            let message =
                format!("Entity Enumeration Or ID: bad value for restricted picklist field: {table}");
            return Err(ApiError::on_field(Code::InvalidPicklist, message, "TableEnumOrId"));
        }
        if objects.iter().any(|object| self.schema.object(*object).field(&field.name).is_some()) {
            let message = format!("There is already a field named {} on {table}.", field.name);
            return Err(ApiError::on_field(Code::DuplicateDeveloperName, message, "DeveloperName"));
        }
        let id = self.record_field(table, field)?;
        for object in objects {
            self.store.add_column(object, field);
            self.add_field(object, field);
        }
        Ok(id)
    }

    /// Keeps records of the custom fields that the org starts with.
    pub(crate) fn record_fields(&mut self) -> Result<(), ApiError> {
        let schema = Arc::clone(&self.schema);
        for object in schema.objects().iter().filter(|object| object.name != "Event") {
            let table = if object.name == "Task" { "Activity" } else { &object.name };
            for field in object.fields.iter().filter(|field| field.is_custom()) {
                self.record_field(table, field)?;
            }
        }
        Ok(())
    }

    fn record_field(&mut self, table: &str, field: &Field) -> Result<RecordId, ApiError> {
        let object = self.object_named_anywhere(CUSTOM_FIELD)?;
        let values = [
            ("DeveloperName", field.name.trim_end_matches("__c").to_owned()),
            ("TableEnumOrId", table.to_owned()),
            ("FullName", format!("{table}.{}", field.name)),
        ];
        let fields: Fields =
            values.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect();
        self.insert(object, &fields, None)
    }
}

/// Tasks and events share their custom fields, which belong to their common kind.
fn tables(table: &str) -> Vec<&str> {
    if table.eq_ignore_ascii_case("Activity") { vec!["Task", "Event"] } else { vec![table] }
}
