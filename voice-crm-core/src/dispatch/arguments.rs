//! From the model's JSON to typed arguments, and back to a sentence by which the model can mend them.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    function::{FunctionError, FunctionErrorKind},
    phrase::Instruction,
};

/// Decodes arguments in one pass; only a failure is read a second time, to mend it or to find the path.
///
/// Platforms send nothing or `null` where there are no arguments, and models that are held to a strict schema
/// send `null` for everything that they leave out.
pub(super) fn parse<T: DeserializeOwned>(arguments: &[u8]) -> Result<T, FunctionError> {
    // Text that is known to be text is read without a look at each of its strings.
    let read = match str::from_utf8(arguments) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(arguments),
    };
    read.or_else(|_| {
        let mended = without_nulls(arguments);
        let arguments = mended.as_deref().unwrap_or(arguments);
        serde_json::from_slice(arguments).map_err(|_| explain::<T>(arguments))
    })
}

/// The arguments without the fields that are null, when there are any.
fn without_nulls(arguments: &[u8]) -> Option<Vec<u8>> {
    if arguments.trim_ascii().is_empty() {
        return Some(b"{}".to_vec());
    }
    let mut value: Value = serde_json::from_slice(arguments).ok()?;
    if value.is_null() {
        return Some(b"{}".to_vec());
    }
    drop_nulls(&mut value).then(|| serde_json::to_vec(&value).ok())?
}

/// Takes out every field that is null; true if there was one.
fn drop_nulls(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => {
            let before = fields.len();
            fields.retain(|_, field| !field.is_null());
            let any = fields.len() < before;
            fields.values_mut().fold(any, |any, field| drop_nulls(field) | any)
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| drop_nulls(item) | any),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn explain<T: DeserializeOwned>(arguments: &[u8]) -> FunctionError {
    let mut deserializer = serde_json::Deserializer::from_slice(arguments);
    let sentence = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => "The arguments must be one JSON object and nothing after it.".to_owned(),
        Err(error) => {
            let path = error.path().to_string();
            let problem = without_values(&error.inner().to_string());
            if path == "." { format!("{problem}.") } else { format!("{path}: {problem}.") }
        }
    };
    FunctionError::for_model_alone(FunctionErrorKind::InvalidArguments, Instruction::new(sentence))
}

/// A serde message less the value it quotes and the place in the text: what was expected is what mends it.
fn without_values(message: &str) -> String {
    let message = message.rfind(" at line ").map_or(message, |end| &message[..end]);
    match message.find(", expected ") {
        Some(start) => format!("expected {}", &message[start + ", expected ".len()..]),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Urgency {
        Low,
        High,
    }

    #[derive(Debug, Deserialize)]
    struct Args {
        #[expect(dead_code, reason = "only its presence matters")]
        text: String,
        #[expect(dead_code, reason = "only its type matters")]
        urgency: Option<Urgency>,
    }

    fn sentence(json: &str) -> String {
        parse::<Args>(json.as_bytes()).unwrap_err().for_model().into_owned()
    }

    #[test]
    fn a_made_up_enum_value_is_answered_with_the_field_and_what_is_allowed() {
        let sentence = sentence(r#"{"text": "t", "urgency": "canary value"}"#);
        assert!(sentence.contains("urgency"), "{sentence}");
        assert!(sentence.contains("low") && sentence.contains("high"), "{sentence}");
        assert!(!sentence.contains("canary"), "the value is not quoted: {sentence}");
    }

    #[test]
    fn a_wrong_type_names_the_field_and_the_type() {
        let sentence = sentence(r#"{"text": 5}"#);
        assert!(sentence.contains("text: expected a string"), "{sentence}");
        assert!(!sentence.contains('5'), "{sentence}");
    }

    #[test]
    fn a_missing_field_is_named() {
        assert!(sentence("{}").contains("missing field `text`"));
    }

    #[test]
    fn null_for_what_is_left_out_is_taken_as_left_out() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Defaulted {
            #[serde(default)]
            count: u32,
            inner: Option<Box<Defaulted>>,
        }
        let read =
            parse::<Defaulted>(br#"{"count": null, "inner": {"count": null, "inner": null}}"#).unwrap();
        let empty = || Defaulted { count: 0, inner: None };
        assert_eq!(read, Defaulted { inner: Some(Box::new(empty())), ..empty() });
        assert_eq!(parse::<Defaulted>(b" ").unwrap(), empty());
        assert_eq!(parse::<Defaulted>(b"null").unwrap(), empty());
    }

    #[test]
    fn what_is_no_json_is_refused_without_a_quote() {
        for bad in ["", "canary", "[1]", "{\"text\": \"a\"} x"] {
            assert!(!sentence(bad).contains("canary"), "{bad}");
        }
    }
}
