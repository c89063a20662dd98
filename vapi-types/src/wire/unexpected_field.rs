//! Where a body differed from what this crate expects.

use std::{cell::RefCell, fmt, iter};

use serde_json::value::RawValue;

/// One field that was not of the expected kind.
///
/// The message decoded all the same: the field counts as absent, and its value is kept in the `extra` of
/// its object. Formats as `message.call.startedAt: expected a time, found a boolean`, never with the value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct UnexpectedField {
    /// The JSON path of the field, beginning with `message`.
    pub path: String,
    /// What the field should hold, with its article.
    pub expected: &'static str,
    /// The kind of JSON value it holds, with its article.
    pub found: &'static str,
}

impl fmt::Display for UnexpectedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.path, self.expected, self.found)
    }
}

/// The way from the message to the value being read; a path is only spelled out when something is noted.
#[derive(Clone, Copy)]
pub(crate) struct Trail<'t> {
    parent: Option<&'t Trail<'t>>,
    step: Step,
    log: &'t RefCell<Vec<UnexpectedField>>,
}

#[derive(Clone, Copy)]
enum Step {
    Key(&'static str),
    Index(usize),
}

impl<'t> Trail<'t> {
    pub(crate) fn root(log: &'t RefCell<Vec<UnexpectedField>>) -> Self {
        Self { parent: None, step: Step::Key("message"), log }
    }

    pub(crate) fn key(&self, key: &'static str) -> Trail<'_> {
        Trail { parent: Some(self), step: Step::Key(key), log: self.log }
    }

    pub(crate) fn index(&self, index: usize) -> Trail<'_> {
        Trail { parent: Some(self), step: Step::Index(index), log: self.log }
    }

    /// Notes that the value at this trail is not what was expected.
    pub(crate) fn note(&self, expected: &'static str, found: &'static str) {
        let mut log = self.log.borrow_mut();
        if log.len() < MOST_UNEXPECTED_FIELDS {
            log.push(UnexpectedField { path: self.path(), expected, found });
        }
    }

    fn path(&self) -> String {
        let mut steps: Vec<Step> =
            iter::successors(Some(self), |trail| trail.parent).map(|trail| trail.step).collect();
        steps.reverse();
        steps.iter().fold(String::new(), |path, step| match step {
            Step::Key(key) if path.is_empty() => (*key).to_owned(),
            Step::Key(key) => path + "." + key,
            Step::Index(index) => format!("{path}[{index}]"),
        })
    }
}

/// Names the kind of a JSON value, which its first byte decides.
pub(crate) fn kind_of(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// A hostile body must not grow the log without bound.
const MOST_UNEXPECTED_FIELDS: usize = 64;
