//! What to search for, as text that nobody can turn into an operator.

use std::fmt;

use crate::error::{Error, Result};

/// The characters with a meaning of their own in a search.
const RESERVED: &str = "?&|!{}[]()^~*:\\\"'+-";

/// A term of a search.
///
/// See \[Salesforce/FIND {`SearchQuery`}\].
#[derive(Clone, Eq, PartialEq)]
pub struct SoslTerm(String);

impl SoslTerm {
    /// Finds these words next to one another, in this order. In quotes `AND`, `OR` and `NOT` are words.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when there is no letter and no
    /// digit to search for.
    pub fn phrase(words: &str) -> Result<Self> {
        Ok(Self(format!("\"{}\"", escaped(words)?)))
    }

    /// Finds words that begin with this one.
    ///
    /// # Errors
    /// As [`phrase`](Self::phrase), and when it is more than one word of letters and digits.
    pub fn starts_with(word: &str) -> Result<Self> {
        let operator = ["AND", "OR", "NOT"].iter().any(|operator| word.eq_ignore_ascii_case(operator));
        if word.is_empty() || operator || !word.chars().all(char::is_alphanumeric) {
            return Err(Error::invalid("the beginning to search for must be one word of letters and digits"));
        }
        Ok(Self(format!("{word}*")))
    }

    /// Finds any of these.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when there is none.
    pub fn any(terms: impl IntoIterator<Item = Self>) -> Result<Self> {
        let terms: Vec<String> = terms.into_iter().map(|term| term.0).collect();
        match terms.as_slice() {
            [] => Err(Error::invalid("there is nothing to search for")),
            [one] => Ok(Self(one.clone())),
            _ => Ok(Self(format!("({})", terms.join(" OR ")))),
        }
    }

    /// The term as it stands between the braces.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn escaped(words: &str) -> Result<String> {
    if !words.chars().any(char::is_alphanumeric) {
        return Err(Error::invalid("there is no letter and no digit to search for"));
    }
    let mut escaped = String::with_capacity(words.len() + 8);
    for character in words.chars() {
        if RESERVED.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    Ok(escaped)
}

impl TryFrom<&str> for SoslTerm {
    type Error = Error;

    fn try_from(words: &str) -> Result<Self> {
        Self::phrase(words)
    }
}

impl TryFrom<&String> for SoslTerm {
    type Error = Error;

    fn try_from(words: &String) -> Result<Self> {
        Self::phrase(words)
    }
}

/// So that a [`SoslTerm`] that is ready, or could not be made, is told of in one place: when the
/// search is sent.
impl TryFrom<Result<Self>> for SoslTerm {
    type Error = Error;

    fn try_from(term: Result<Self>) -> Result<Self> {
        term
    }
}

impl fmt::Debug for SoslTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoslTerm(..)")
    }
}
