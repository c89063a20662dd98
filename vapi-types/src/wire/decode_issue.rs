//! Why a JSON text does not fit a type, told without repeating any value of it.

use std::fmt;

use serde::de::{self, DeserializeOwned, Expected, Unexpected};

use serde_path_to_error::{Path, Segment};

use super::Entries;

mod node;

use node::Node;

/// A JSON value does not fit the type it was asked for.
///
/// Formats as ``caseId: missing field `caseId` `` or
/// ``priority: expected one of `Low`, `High`, found another word``. It names fields and what is allowed,
/// and never what was sent, so that it may be logged and told to a voice model.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DecodeIssue {
    path: String,
    cause: String,
}

impl DecodeIssue {
    /// The path of the field inside the value, such as `address.lines[2]`; empty for the value itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong and what is allowed.
    pub fn cause(&self) -> &str {
        &self.cause
    }
}

impl fmt::Display for DecodeIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.cause)
    }
}

impl std::error::Error for DecodeIssue {}

/// Parses `json` in one pass; only a failure is looked at a second time, for its path and cause.
pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Result<T, DecodeIssue> {
    serde_json::from_str(json).map_err(|error| explain::<T>(json, &error))
}

/// Splits an object into its fields.
pub(crate) fn parse_entries(json: &str) -> Result<Entries<'_>, DecodeIssue> {
    let expected = |_| DecodeIssue { path: String::new(), cause: "expected an object".to_owned() };
    serde_json::from_str(json).map_err(expected)
}

fn explain<T: DeserializeOwned>(json: &str, error: &serde_json::Error) -> DecodeIssue {
    let unexplained = |cause: &str| DecodeIssue { path: String::new(), cause: cause.to_owned() };
    let Ok(value) = serde_json::from_str::<serde_json::Value>(json) else {
        return unexplained("not JSON, or nested too deeply");
    };
    match serde_path_to_error::deserialize::<_, T>(Node(value)) {
        Err(issue) => {
            let path = spell(issue.path());
            DecodeIssue { path, cause: issue.into_inner().0 }
        }
        // The second reading is more lenient than the first only where the text itself was at fault.
        Ok(_) => unexplained(if error.is_data() { "not of the expected form" } else { "not JSON" }),
    }
}

/// Spells a path out. A key that does not look like a field's name may be a value of a map, so it is hidden.
fn spell(path: &Path) -> String {
    let mut spelled = String::new();
    for segment in path {
        if !matches!(segment, Segment::Seq { .. }) && !spelled.is_empty() {
            spelled.push('.');
        }
        match segment {
            Segment::Seq { index } => spelled.extend(["[", &index.to_string(), "]"]),
            Segment::Map { key } if is_field_name(key) => spelled.push_str(key),
            Segment::Enum { variant } => spelled.push_str(variant),
            Segment::Map { .. } | Segment::Unknown => spelled.push_str(".."),
        }
    }
    spelled
}

fn is_field_name(key: &str) -> bool {
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    digits < 5
        && key.len() <= 64
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The cause alone, while the path is still being tracked.
#[derive(Debug)]
struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

impl de::Error for Cause {
    /// A foreign message may quote the value, so it is not repeated.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("not a valid value".to_owned())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("expected {expected}, found {}", kind(&found)))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("expected {expected}"))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self(format!("expected {expected}, found {length} elements"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("expected {}, found another word", one_of(expected)))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("unknown field, expected {}", one_of(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("missing field `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(format!("field `{field}` given twice"))
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "another kind of value",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::{DecodeIssue, parse};

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the errors are looked at")]
    struct Ticket {
        priority: Priority,
        phones: Vec<u32>,
    }

    #[derive(Debug, Deserialize)]
    enum Priority {
        Low,
        High,
    }

    fn issue(json: &str) -> DecodeIssue {
        parse::<Ticket>(json).unwrap_err()
    }

    #[test]
    fn a_made_up_word_is_answered_with_the_allowed_ones() {
        let issue = issue(r#"{"priority":"canary-transcript-c0de","phones":[]}"#);

        assert_eq!(issue.to_string(), "priority: expected one of `Low`, `High`, found another word");
    }

    #[test]
    fn the_path_leads_into_lists_and_the_value_is_not_repeated() {
        let issue = issue(r#"{"priority":"High","phones":[1,"+14155550142"]}"#);

        assert_eq!(issue.to_string(), "phones[1]: expected u32, found a string");
    }

    #[test]
    fn a_key_that_may_be_a_value_is_hidden() {
        let error = parse::<BTreeMap<String, u8>>(r#"{"+14155550142": "x"}"#).unwrap_err();

        assert_eq!(error.to_string(), "..: expected u8, found a string");
    }

    #[test]
    fn a_missing_field_is_named() {
        assert_eq!(issue(r#"{"priority":"Low"}"#).to_string(), "missing field `phones`");
        assert_eq!(issue("[]").path(), "");
    }

    #[test]
    fn text_that_is_not_json_or_too_deep_is_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));

        assert!(parse::<serde_json::Value>("{").is_err());
        assert!(parse::<serde_json::Value>(&deep).is_err());
    }
}
