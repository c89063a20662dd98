//! Taking the fields of a JSON object one by one, and keeping the rest.

use serde_json::{Map, Value};

/// The fields of a message that were not taken yet.
pub(super) type Fields = Map<String, Value>;

/// Reads a message as an object; an array or a number is none.
pub(super) fn object(text: &str) -> Result<Fields, InvalidMessage> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(InvalidMessage(())),
    }
}

/// Text, or a number or truth as its text.
pub(super) fn text(fields: &mut Fields, key: &str) -> Option<String> {
    match fields.get(key)? {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        _ => match fields.remove(key)? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        },
    }
}

/// A number, or text that is one; a fraction is cut off.
pub(super) fn number(fields: &mut Fields, key: &str) -> Option<u64> {
    let read = match fields.get(key)? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let whole = read.split('.').next().unwrap_or_default().parse().ok()?;
    fields.remove(key);
    Some(whole)
}

/// A truth, or text that is one.
pub(super) fn truth(fields: &mut Fields, key: &str) -> Option<bool> {
    text(fields, key)?.parse().ok()
}

/// An object; it is left where it is if it is something else.
pub(super) fn map(fields: &mut Fields, key: &str) -> Option<Fields> {
    match fields.remove(key)? {
        Value::Object(map) => Some(map),
        other => {
            fields.insert(key.to_owned(), other);
            None
        }
    }
}

/// The message is no JSON object; it is not repeated here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the message is not a JSON object")]
pub struct InvalidMessage(pub(super) ());
