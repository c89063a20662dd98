//! Rows to text.

use std::fmt;

use crate::error::{Error, Result};

/// Writes rows with the columns of the first line.
///
/// In a bulk job an empty value keeps a field as it is, and `#N/A` clears it: [`CsvWriter::CLEAR`].
#[derive(Clone, Default)]
pub struct CsvWriter {
    text: String,
    columns: usize,
}

impl CsvWriter {
    /// The value that clears a field in a bulk job.
    pub const CLEAR: &'static str = "#N/A";

    /// Begins with the line that names the columns.
    pub fn new<S: AsRef<str>>(columns: impl IntoIterator<Item = S>) -> Self {
        let mut writer = Self::default();
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
                self.text.push(',');
            }
            count += 1;
            self.value(value.as_ref());
        }
        self.text.push('\n');
        count
    }

    fn value(&mut self, value: &str) {
        // Blanks at the ends survive in quotes only.
        let plain = !value.is_empty() && value.trim() == value && !value.contains([',', '"', '\n', '\r']);
        if plain {
            self.text.push_str(value);
            return;
        }
        self.text.push('"');
        self.text.push_str(&value.replace('"', "\"\""));
        self.text.push('"');
    }
}

impl fmt::Debug for CsvWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvWriter").field("columns", &self.columns).finish_non_exhaustive()
    }
}
