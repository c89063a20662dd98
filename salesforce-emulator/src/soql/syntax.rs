//! Errors with a place in the query, in the org's way of pointing at it.

use crate::error::{ApiError, Code};

/// What is wrong with a query, and at which byte of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SyntaxError {
    pub(super) at: usize,
    pub(super) message: String,
}

impl SyntaxError {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    pub(super) fn unexpected(at: usize, token: &str) -> Self {
        Self::new(at, format!("unexpected token: '{token}'"))
    }

    pub(super) fn malformed(self, query: &str) -> ApiError {
        ApiError::new(Code::MalformedQuery, pointed(query, self.at, &self.message))
    }
}

/// The message under an excerpt of the query with a caret below the place.
pub(super) fn pointed(query: &str, at: usize, message: &str) -> String {
    let before: Vec<char> = query.get(..at).unwrap_or(query).chars().collect();
    let start = before.len().saturating_sub(CONTEXT);
    let row = 1 + before.iter().filter(|letter| **letter == '\n').count();
    let column = 1 + before.iter().rev().take_while(|letter| **letter != '\n').count();
    let flat = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut excerpt: String = before[start..].iter().copied().map(flat).collect();
    excerpt.extend(query.get(at..).unwrap_or_default().chars().take(CONTEXT).map(flat));
    let caret = " ".repeat(before.len() - start);
    format!("\n{excerpt}\n{caret}^\nERROR at Row:{row}:Column:{column}\n{message}")
}

const CONTEXT: usize = 60;
