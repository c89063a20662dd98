//! What is asked for by a function call, in one form, however a model writes it down.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::outbox::Digest;

/// The name of the argument by which a model says that it means one more of exactly the same.
pub(crate) const OCCURRENCE: &str = "occurrence";

/// A digest of a function and its arguments in one form: the order of fields, white space around texts, and fields that
/// are null or empty do not change it.
pub(crate) fn digest(function: &str, arguments: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(function.as_bytes());
    hash.update([0]);
    match serde_json::from_slice::<Value>(arguments) {
        Ok(Value::Object(mut fields)) => {
            match occurrence_of(&fields) {
                1 => fields.remove(OCCURRENCE),
                more => fields.insert(OCCURRENCE.to_owned(), more.into()),
            };
            digest_fields(&fields, &mut hash);
        }
        Ok(other) => digest_value(&other, &mut hash),
        Err(_) => hash.update(arguments),
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    Digest::from_bytes(digest)
}

/// The how-many-eth of exactly the same is asked for: the first, unless it is said.
pub(crate) fn occurrence(arguments: &[u8]) -> u64 {
    match serde_json::from_slice::<Value>(arguments) {
        Ok(Value::Object(fields)) => occurrence_of(&fields),
        _ => 1,
    }
}

/// What says nothing plain counts as the first, so that it makes nothing twice.
fn occurrence_of(fields: &Map<String, Value>) -> u64 {
    let said = match fields.get(OCCURRENCE) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it ends at the ends of the integers"
        )]
        Some(Value::Number(number)) => {
            number.as_u64().or_else(|| number.as_f64().map(|number| number as u64))
        }
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    said.unwrap_or(1).max(1)
}

/// Feeds a value into a hash in one form only.
fn digest_value(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Object(fields) => digest_fields(fields, hash),
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                digest_value(item, hash);
            }
            hash.update(b"]");
        }
        Value::String(text) => digest_text(text.trim(), hash),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            hash.update(value.to_string().as_bytes());
            hash.update(b",");
        }
    }
}

fn digest_fields(fields: &Map<String, Value>, hash: &mut Sha256) {
    let mut sorted: Vec<_> = fields.iter().filter(|(_, value)| !is_nothing(value)).collect();
    sorted.sort_unstable_by_key(|(name, _)| name.as_str());
    hash.update(b"{");
    for (name, value) in sorted {
        digest_text(name, hash);
        digest_value(value, hash);
    }
    hash.update(b"}");
}

/// A text with its length before it, so that no two texts are one.
fn digest_text(text: &str, hash: &mut Sha256) {
    hash.update(b"\"");
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
}

/// Models send null or an empty text for what they leave out.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &str) -> Digest {
        digest("f", arguments.as_bytes())
    }

    #[test]
    fn what_is_left_out_in_whatever_way_and_white_space_make_no_other_request() {
        let plain = of(r#"{"a": "x", "b": {"c": 1}}"#);
        for same in [
            r#"{"b":{"c":1,"d":null},"a":" x\n","e":null,"g":"","h":" "}"#,
            r#"{"a":"x","b":{"c":1},"occurrence":1}"#,
            r#"{"a":"x","b":{"c":1},"occurrence":"1"}"#,
            r#"{"a":"x","b":{"c":1},"occurrence":false}"#,
            r#"{"a":"x","b":{"c":1},"occurrence":-3}"#,
        ] {
            assert_eq!(of(same), plain, "{same}");
        }
        for other in [
            r#"{"a":"X","b":{"c":1}}"#,
            r#"{"a":"x","b":{"c":2}}"#,
            r#"{"a":"x","b":[{"c":1}]}"#,
            r#"{"a":"x","b":{"c":"1"}}"#,
            r#"{"a":"x","b":{"c":1},"occurrence":2}"#,
            r#"["x"]"#,
        ] {
            assert_ne!(of(other), plain, "{other}");
        }
    }

    #[test]
    fn the_second_is_the_second_however_its_number_is_written() {
        let second = of(r#"{"a":"x","occurrence":2}"#);
        for same in [r#"{"a":"x","occurrence":"2"}"#, r#"{"a":"x","occurrence":2.0}"#] {
            assert_eq!(of(same), second, "{same}");
        }
        assert_ne!(of(r#"{"a":"x","occurrence":3}"#), second);
        assert_eq!(occurrence(br#"{"occurrence":" 4 "}"#), 4);
        assert_eq!(occurrence(b"no json"), 1);
    }
}
