//! The shapes in which the org tells of a failure.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::ErrorCode;
use crate::id::RecordId;

/// One entry of the org's error array.
#[derive(Clone, Eq, PartialEq)]
pub struct ApiError {
    pub(crate) code: ErrorCode,
    message: String,
    fields: Vec<String>,
    matches: Vec<RecordId>,
}

impl ApiError {
    /// The org's word for the failure.
    pub fn code(&self) -> &ErrorCode {
        &self.code
    }

    /// The org's sentence. It can quote callers' data: show it to the operator, never to a caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The fields it is about.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The records that a duplicate rule took for the same thing, with `DUPLICATES_DETECTED`. Only
    /// those that the user may see are told.
    pub fn matches(&self) -> &[RecordId] {
        &self.matches
    }

    /// The fields whose names look like names; anything else stays out of `Display`.
    pub(crate) fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(String::as_str).filter(|name| crate::name::is_field_path(name))
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("code", &self.code)
            .field("fields", &self.field_names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The login endpoint's error.
#[derive(Clone, Deserialize, Eq, PartialEq)]
pub struct OAuthError {
    error: String,
    #[serde(default, rename = "error_description")]
    description: Option<String>,
}

impl OAuthError {
    pub(crate) fn new(error: &str, description: &str) -> Self {
        Self { error: error.to_owned(), description: Some(description.to_owned()) }
    }

    /// The word, such as `invalid_grant`.
    pub fn error(&self) -> &str {
        &self.error
    }

    /// The sentence, when there is one.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The word, if it looks like one.
    pub(crate) fn word(&self) -> &str {
        let plain =
            self.error.len() <= 64 && self.error.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
        if plain { &self.error } else { "an unrecognised login error" }
    }
}

impl fmt::Debug for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthError").field("error", &self.word()).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Entry {
    #[serde(alias = "errorCode", alias = "statusCode")]
    error_code: String,
    #[serde(default)]
    message: Value,
    #[serde(default)]
    fields: Value,
    #[serde(default, rename = "duplicateResult")]
    duplicate_result: Option<Value>,
}

/// The names of fields: a list, or one by itself.
fn names(fields: &Value) -> Vec<String> {
    let listed = fields.as_array().map_or(std::slice::from_ref(fields), Vec::as_slice);
    listed.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The ids in a duplicate rule's finding. Whatever does not have the documented shape is left out: it
/// must not hide the refusal itself.
fn matches(found: &Value) -> Vec<RecordId> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let records = list(found, "matchResults").into_iter().flat_map(|result| list(&result, "matchRecords"));
    let mut ids = Vec::new();
    for id in records.filter_map(|found| RecordId::parse(found["record"]["Id"].as_str()?).ok()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The entries of an error body; none when it has another shape, such as a proxy's page.
pub(crate) fn entries(body: &[u8]) -> Vec<ApiError> {
    let documents = match serde_json::from_slice(body) {
        Ok(Value::Array(documents)) => documents,
        // Records that were to be created together are refused one by one.
        Ok(Value::Object(mut answer)) if answer.contains_key("results") => {
            let Some(Value::Array(results)) = answer.remove("results") else { return Vec::new() };
            let errors = results.into_iter().filter_map(|mut result| match result["errors"].take() {
                Value::Array(errors) => Some(errors),
                _ => None,
            });
            errors.flatten().collect()
        }
        Ok(document) => vec![document],
        Err(_) => Vec::new(),
    };
    // Anything but an object is no entry: serde would also take an array for one.
    let objects = documents.into_iter().filter(Value::is_object);
    objects.filter_map(|object| serde_json::from_value::<Entry>(object).ok()).map(ApiError::from).collect()
}

impl From<Entry> for ApiError {
    fn from(entry: Entry) -> Self {
        Self {
            code: entry.error_code.into(),
            // The code is the refusal: a sentence or fields of another form must not hide it.
            message: entry.message.as_str().unwrap_or_default().to_owned(),
            fields: names(&entry.fields),
            matches: entry.duplicate_result.as_ref().map(matches).unwrap_or_default(),
        }
    }
}

/// The login endpoint's error, when the body is one.
pub(crate) fn oauth(body: &[u8]) -> Option<OAuthError> {
    serde_json::from_slice(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_or_fields_of_another_form_do_not_hide_the_code() {
        for (more, fields) in [
            (r#""message":null"#, &[][..]),
            (r#""message":["a"],"fields":null"#, &[]),
            (r#""message":"m","fields":"Name""#, &["Name"]),
            (r#""message":"m","fields":["Name",null,7]"#, &["Name"]),
        ] {
            let told = entries(format!(r#"[{{"errorCode":"INVALID_FIELD",{more}}}]"#).as_bytes());
            assert_eq!(told.len(), 1, "{more}");
            assert_eq!(told[0].code().as_str(), "INVALID_FIELD");
            assert!(told[0].fields().iter().eq(fields), "{more}");
        }
    }

    #[test]
    fn array_and_single_object_are_both_read() {
        let many = br#"[{"message":"a","errorCode":"A","fields":[]},{"message":"b","errorCode":"B"}]"#;
        let one = br#"{"message":"a","errorCode":"A"}"#;

        assert_eq!(entries(many).len(), 2);
        assert_eq!(entries(one)[0].code().as_str(), "A");
    }

    #[test]
    fn the_records_a_duplicate_rule_found_are_told_once_each() {
        let body = br#"[{"errorCode":"DUPLICATES_DETECTED","message":"m","duplicateResult":{"allowSave":true,
            "matchResults":[{"matchRecords":[{"record":{"Id":"003000000000001"}},{"record":{"Id":"003000000000002"}},
            {"record":{"Id":"003000000000001AAA"}},{"record":null}]},{}]}},
            {"errorCode":"DUPLICATES_DETECTED","message":"m","duplicateResult":"odd"}]"#;
        let entries = entries(body);

        assert_eq!(entries[0].matches().len(), 2);
        assert!(entries[1].matches().is_empty());
    }

    #[test]
    fn the_refusals_of_records_in_a_tree_are_entries() {
        let body = br#"{"hasErrors":true,"results":[{"referenceId":"a","errors":[
            {"statusCode":"INVALID_EMAIL_ADDRESS","message":"m","fields":["Email"]}]},{"referenceId":"b"}]}"#;
        assert_eq!(entries(body)[0].code().as_str(), "INVALID_EMAIL_ADDRESS");
    }

    #[test]
    fn a_proxys_page_is_no_entry() {
        assert!(entries(b"<html><h1>502 Bad Gateway</h1></html>").is_empty());
        assert!(entries(br#"["/services/data/v66.0/sobjects/Case/1"]"#).is_empty());
        assert!(oauth(b"<html>").is_none());
    }

    #[test]
    fn a_login_error_may_come_without_a_description() {
        assert_eq!(oauth(br#"{"error":"invalid_grant"}"#).and_then(|e| e.description), None);
    }
}
