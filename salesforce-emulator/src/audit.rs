//! The record of every write that took effect, for tests that count.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::engine::Operation;

/// One write that took effect. A write that was rolled back is not in the audit.
#[derive(Clone)]
#[non_exhaustive]
pub struct AuditEntry {
    /// When it took effect.
    pub at: Timestamp,
    /// The object's API name.
    pub object: String,
    /// The record's id of 18 characters.
    pub id: String,
    /// What was done.
    pub operation: Operation,
    /// The fields the request gave, in their stored form, without file contents.
    pub fields: Map<String, Value>,
    /// The record's first external id that has a value: the field's name and the value.
    pub external_key: Option<(String, String)>,
    /// The `seq` of the request in [`Org::requests`](crate::Org::requests); zero for a seeded record.
    pub request: u64,
}

/// Names the fields without their values.
impl fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEntry")
            .field("at", &self.at)
            .field("object", &self.object)
            .field("id", &self.id)
            .field("operation", &self.operation)
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
