//! What stands between values and between rows.

use serde::{Deserialize, Serialize};

/// What ends a row of the CSV that a bulk job is given.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum LineEnding {
    /// A line feed, as Unix programs write it.
    #[default]
    Lf,
    /// Carriage return and line feed, as Windows programs write it.
    Crlf,
}

/// What stands between the values of a row, in the CSV that a bulk job is given and in its results.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ColumnDelimiter {
    /// `` ` ``
    Backquote,
    /// `^`
    Caret,
    /// `,`
    #[default]
    Comma,
    /// `|`
    Pipe,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl ColumnDelimiter {
    /// What has to be said of it: of a comma nothing.
    pub(crate) fn unless_usual(self) -> Option<Self> {
        (self != Self::Comma).then_some(self)
    }

    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Backquote => b'`',
            Self::Caret => b'^',
            Self::Comma => b',',
            Self::Pipe => b'|',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}
