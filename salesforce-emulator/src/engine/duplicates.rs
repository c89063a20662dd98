//! Duplicate rules: a record that is too much like another is refused, and the others are named.

use serde_json::{Value, json};

use super::{Draft, Engine, Row};
use crate::{
    error::{ApiError, Code},
    schema::{column, fold},
};

impl Engine {
    /// Refuses a record that a duplicate rule matches with others, unless the request allows it.
    ///
    /// See Salesforce, "Duplicate Rule Header (REST API Developer Guide)".
    pub(super) fn check_duplicates(
        &self,
        object: usize,
        draft: &Draft<'_>,
        own: Option<u32>,
    ) -> Result<(), ApiError> {
        if self.allow_duplicates {
            return Ok(());
        }
        for fields in self.rules.duplicates(&draft.object.name) {
            let columns: Vec<usize> = fields.iter().filter_map(|name| draft.object.field(name)).collect();
            let found: Vec<Value> = self
                .store
                .live(object)
                .filter(|(serial, row)| Some(*serial) != own && alike(draft, row, &columns))
                .map(|(_, row)| match_record(&draft.object.name, row))
                .collect();
            if !found.is_empty() {
                return Err(refusal(&draft.object.name, fields, &found));
            }
        }
        Ok(())
    }
}

/// Whether all the columns have values, and the same ones.
fn alike(draft: &Draft<'_>, row: &Row, columns: &[usize]) -> bool {
    let key = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(fold(text)),
        other => Some(other.to_string()),
    };
    !columns.is_empty()
        && columns.iter().all(|at| {
            let wanted = key(&draft.values[*at]);
            wanted.is_some() && wanted == key(&row.values[*at])
        })
}

fn match_record(object: &str, row: &Row) -> Value {
    let id = &row.values[column::ID];
    let url = format!("/services/data/v{LATEST}.0/sobjects/{object}/{}", id.as_str().unwrap_or_default());
    json!({
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": { "attributes": { "type": object, "url": url }, "Id": id },
    })
}

fn refusal(object: &str, fields: &[String], found: &[Value]) -> ApiError {
    let message = "You're creating a duplicate record. We recommend you use an existing record instead.";
    let rule = format!("{object}_by_{}", fields.join("_and_"));
    let result = json!({
        "allowSave": true,
        "duplicateRule": rule,
        "duplicateRuleEntityType": object,
        "errorMessage": message,
        "matchResults": [{
            "entityType": object,
            "errors": [],
            "matchEngine": "ExactMatchEngine",
            "matchRecords": found,
            "rule": rule,
            "size": found.len(),
            "success": true,
        }],
    });
    let mut error = ApiError::new(Code::DuplicatesDetected, message).on_fields::<String>([]);
    error.duplicates = Some(Box::new(result));
    error
}

/// The newest API version, which paths inside values name.
const LATEST: u32 = 68;
