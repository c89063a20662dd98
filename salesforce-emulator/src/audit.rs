//! The record of every write that took effect, for tests that count.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::engine::Operation;

/// One write that took effect. A write that was rolled back is not in the audit.
#[derive(Clone, Debug)]
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
