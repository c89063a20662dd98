//! A record type of an org file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    builder::{Line, RecordType},
    error::OrgError,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordTypeEntry {
    object: String,
    /// The developer name.
    name: String,
    label: Option<String>,
    active: Option<bool>,
    /// The only users who may use it.
    users: Option<Vec<String>>,
    /// Whether it is the default of everybody.
    #[serde(default)]
    default: bool,
    /// The users whose default it is.
    default_for: Option<Vec<String>>,
    /// The values that records of it take, by the names of their picklists.
    #[serde(default)]
    values: BTreeMap<String, Vec<String>>,
}

impl RecordTypeEntry {
    pub(super) fn read(self, line: Line) -> Result<RecordType, OrgError> {
        let Self { object, name, label, active, users, default, default_for, values } = self;
        if default && default_for.is_some() {
            let sentence = format!("the record type {object}.{name} is the default of everybody, or of some");
            return Err(line.wrong(&sentence));
        }
        if active == Some(false) && (default || default_for.is_some()) {
            return Err(line.wrong(&format!("the record type {object}.{name} is no default: it is inactive")));
        }
        let mut record_type = RecordType::new(object, name).at(line);
        if let Some(label) = label {
            record_type = record_type.label(label);
        }
        if active == Some(false) {
            record_type = record_type.inactive();
        }
        if let Some(users) = users {
            record_type = record_type.only_for(users);
        }
        if default {
            record_type = record_type.default_for_everybody();
        }
        if let Some(users) = default_for {
            record_type = record_type.default_for(users);
        }
        for (field, taken) in values {
            record_type = record_type.values(field, taken);
        }
        Ok(record_type)
    }
}
