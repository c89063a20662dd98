//! Where in an org file something was written.

use std::fmt;

use crate::error::OrgError;

/// A line of an org file; what a program declares has none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Line(Option<usize>);

impl Line {
    /// Nowhere in a file.
    pub(crate) const NONE: Self = Self(None);

    /// The line that a byte of the text stands in.
    pub(crate) fn at(text: &str, byte: usize) -> Self {
        Self(text.get(..byte).map(|before| 1 + before.matches('\n').count()))
    }

    /// The error of what is written there.
    pub(crate) fn wrong(self, sentence: &str) -> OrgError {
        match self.0 {
            Some(_) => OrgError::File(format!("{self}{sentence}")),
            None => OrgError::Schema(sentence.to_owned()),
        }
    }
}

/// `line 7: `, or nothing.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, "line {line}: "))
    }
}
