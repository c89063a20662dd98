//! What a request names: records, keys and objects, in its path and in its body.

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    http::{Body, Request, Route},
    id::RecordId,
};

/// What a write touches: every record its path or its body names, parents too, and the keys it upserts by.
pub(super) fn written_rows(request: &Request) -> Vec<String> {
    if request.method == http::Method::GET || request.method == http::Method::HEAD {
        return Vec::new();
    }
    let mut rows = HashSet::new();
    if let Route::Keyed { object, field, value } = &request.route {
        rows.insert(format!("{object}.{field}={value}").to_lowercase());
    }
    each_text(request, &mut |_, text| rows.extend(text.split(['/', '?', ',']).filter_map(row)));
    rows.into_iter().collect()
}

/// Whether a request names a record.
pub(super) fn names_record(request: &Request, id: RecordId) -> bool {
    let wanted = id.to_string();
    let mut found = false;
    each_text(request, &mut |_, text| {
        found |= text.split(['/', '?', ',']).filter_map(row).any(|known| known == wanted);
    });
    found
}

/// Whether a request is about an object: in its path, in the URL or the type of a part of its body, or in a
/// query.
pub(super) fn names_object(request: &Request, object: &str) -> bool {
    let mut found = false;
    each_text(request, &mut |key, text| {
        if matches!(key, "" | "q" | "url" | "type" | "object" | "query") {
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            found |= words.into_iter().any(|word| word.eq_ignore_ascii_case(object));
        }
    });
    found
}

fn row(text: &str) -> Option<String> {
    RecordId::parse(text).map(|id| id.to_string())
}

/// Shows each text of a request with the key it stands under; those of the path have none.
fn each_text(request: &Request, show: &mut impl FnMut(&str, &str)) {
    for part in request.route.values() {
        show("", part);
    }
    for (key, text) in &request.query {
        show(key, text);
    }
    match &request.body {
        Body::Json(body) => each_member("", body, show),
        Body::Raw { .. } | Body::Form(_) => {
            if let Ok(fields) = request.fields() {
                fields.iter().for_each(|(key, value)| each_member(key, value, show));
            }
        }
    }
}

fn each_member(key: &str, value: &Value, show: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => show(key, text),
        Value::Array(items) => items.iter().for_each(|item| each_member(key, item, show)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| each_member(key, value, show)),
        _ => {}
    }
}
