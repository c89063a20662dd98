//! Rows to text.

use std::fmt;

use csv_core::{Terminator, WriteResult, Writer, WriterBuilder, quote};

use super::{ColumnDelimiter, LineEnding};
use crate::error::{Error, Result};

/// Writes rows with the columns of the first line.
///
/// In a bulk job an empty value keeps a field as it is, and `#N/A` clears it: [`CsvWriter::CLEAR`].
#[derive(Clone)]
pub struct CsvWriter {
    text: String,
    columns: usize,
    delimiter: ColumnDelimiter,
    ending: LineEnding,
    core: Writer,
}

impl CsvWriter {
    /// The value that clears a field in a bulk job.
    pub const CLEAR: &'static str = "#N/A";

    /// Begins with the line that names the columns, with commas and line feeds.
    pub fn new<S: AsRef<str>>(columns: impl IntoIterator<Item = S>) -> Self {
        Self::with(ColumnDelimiter::default(), LineEnding::default(), columns)
    }

    /// Begins with the line that names the columns, as a job was told to read it.
    pub fn with<S: AsRef<str>>(
        delimiter: ColumnDelimiter,
        ending: LineEnding,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        let core = WriterBuilder::new().delimiter(delimiter.byte()).terminator(Terminator::CRLF).build();
        let mut writer = Self { text: String::new(), columns: 0, delimiter, ending, core };
        writer.columns = writer.line(columns);
        writer
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when it does not have one value
    /// per column.
    pub fn row<S: AsRef<str>>(&mut self, values: impl IntoIterator<Item = S>) -> Result<()> {
        let length = self.text.len();
        if self.line(values) == self.columns {
            return Ok(());
        }
        self.text.truncate(length);
        Err(Error::invalid("the row does not have one value per column"))
    }

    /// The text written so far; the next one goes on where it ends. For a body that is made as it is sent.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    fn line<S: AsRef<str>>(&mut self, values: impl IntoIterator<Item = S>) -> usize {
        let mut count = 0;
        for value in values {
            if count > 0 {
                self.text.push(char::from(self.delimiter.byte()));
            }
            count += 1;
            self.value(value.as_ref());
        }
        self.text.push_str(match self.ending {
            LineEnding::Lf => "\n",
            LineEnding::Crlf => "\r\n",
        });
        count
    }

    fn value(&mut self, value: &str) {
        // Blanks at the ends, and nothing as against a missing value, survive in quotes only.
        let bare = value.is_empty() || value.trim() != value;
        if !bare && !self.core.should_quote(value.as_bytes()) {
            self.text.push_str(value);
            return;
        }
        self.text.push('"');
        let (mut rest, mut doubled) = (value.as_bytes(), [0; 256]);
        let mut bytes = Vec::with_capacity(value.len() + 2);
        loop {
            let (told, eaten, written) = quote(rest, &mut doubled, b'"', b'"', true);
            bytes.extend_from_slice(&doubled[..written]);
            rest = &rest[eaten..];
            if told == WriteResult::InputEmpty {
                break;
            }
        }
        // Quotes are all that was added, so it is as much text as before.
        self.text.push_str(&String::from_utf8_lossy(&bytes));
        self.text.push('"');
    }
}

impl fmt::Debug for CsvWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvWriter").field("columns", &self.columns).finish_non_exhaustive()
    }
}
