//! Text to rows, fed piece by piece; a piece may end anywhere, inside a character too.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// No single row is longer than this, so that a missing quote does not swallow everything.
const LONGEST_ROW: usize = 16 << 20;

/// One row of a bulk job's results.
#[derive(Clone)]
pub struct CsvRow {
    columns: Arc<[String]>,
    values: Vec<String>,
}

impl CsvRow {
    /// The value in the column of this name; `None` when there is no such column.
    pub fn get(&self, column: &str) -> Option<&str> {
        let index = self.columns.iter().position(|name| name == column)?;
        self.values.get(index).map(String::as_str)
    }

    /// The columns with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().map(String::as_str).zip(self.values.iter().map(String::as_str))
    }
}

impl fmt::Debug for CsvRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvRow").field("columns", &self.columns.len()).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Before a value.
    Start,
    /// Inside a value without quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: the end of the value, or the first half of a quote in it.
    Quote,
}

/// Makes rows of pieces of text.
pub(crate) struct CsvReader {
    place: Place,
    value: Vec<u8>,
    values: Vec<String>,
    row_bytes: usize,
    columns: Option<Arc<[String]>>,
    rows: VecDeque<CsvRow>,
}

impl CsvReader {
    pub(crate) fn new() -> Self {
        Self {
            place: Place::Start,
            value: Vec::new(),
            values: Vec::new(),
            row_bytes: 0,
            columns: None,
            rows: VecDeque::new(),
        }
    }

    /// A row that is complete.
    pub(crate) fn next(&mut self) -> Option<CsvRow> {
        self.rows.pop_front()
    }

    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<()> {
        for byte in piece {
            self.row_bytes += 1;
            if self.row_bytes > LONGEST_ROW {
                return Err(broken("a row is longer than 16 MiB"));
            }
            self.byte(*byte)?;
        }
        Ok(())
    }

    /// The text is over; its last line may have no end.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if self.place == Place::Quoted {
            return Err(broken("the text ends inside quotes"));
        }
        if self.place != Place::Start || !self.values.is_empty() {
            self.end_of_row()?;
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) -> Result<()> {
        match (self.place, byte) {
            (Place::Quoted, b'"') => self.place = Place::Quote,
            (Place::Quoted, _) => self.value.push(byte),
            (Place::Start, b'"') => self.place = Place::Quoted,
            (Place::Quote, b'"') => {
                self.value.push(b'"');
                self.place = Place::Quoted;
            }
            (_, b',') => self.end_of_value()?,
            (_, b'\n') => self.end_of_row()?,
            (_, b'\r') => {}
            (Place::Quote, _) => return Err(broken("a value goes on after its closing quote")),
            _ => {
                self.value.push(byte);
                self.place = Place::Plain;
            }
        }
        Ok(())
    }

    fn end_of_value(&mut self) -> Result<()> {
        let value = String::from_utf8(std::mem::take(&mut self.value));
        self.values.push(value.map_err(|_| broken("a value is not UTF-8"))?);
        self.place = Place::Start;
        Ok(())
    }

    fn end_of_row(&mut self) -> Result<()> {
        self.row_bytes = 0;
        if self.place == Place::Start && self.values.is_empty() {
            return Ok(());
        }
        self.end_of_value()?;
        let values = std::mem::take(&mut self.values);
        match &self.columns {
            None => self.columns = Some(values.into()),
            Some(columns) if columns.len() == values.len() => {
                self.rows.push_back(CsvRow { columns: Arc::clone(columns), values });
            }
            Some(_) => return Err(broken("a row does not have one value per column")),
        }
        Ok(())
    }
}

fn broken(what: &str) -> Error {
    Error::described(ErrorKind::Decode, format!("the job's results are not the expected CSV: {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::CsvWriter;
    use super::*;

    fn read(text: &[u8], piece: usize) -> Result<Vec<Vec<String>>> {
        let mut reader = CsvReader::new();
        for piece in text.chunks(piece) {
            reader.feed(piece)?;
        }
        reader.finish()?;
        Ok(std::iter::from_fn(|| reader.next()).map(|row| row.values).collect())
    }

    #[test]
    fn quotes_line_ends_and_empty_values_are_read() {
        let text = "a,b\r\n\"x, \"\"y\"\"\nz\",\r\n,\r\n\r\n\"\",ü";
        let expected = [["x, \"y\"\nz", ""], ["", ""], ["", "ü"]];
        for piece in 1..12 {
            assert_eq!(read(text.as_bytes(), piece).unwrap(), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_no_csv_is_told() {
        for text in ["a\n\"x", "a\n\"x\"y\n", "a,b\nx\n", "a\nx,y\n"] {
            assert_eq!(read(text.as_bytes(), 3).map_err(|e| e.kind()), Err(ErrorKind::Decode), "{text}");
        }
        assert!(read(b"a\n\xff\n", 1).is_err());
    }

    #[test]
    fn columns_are_found_by_name() {
        let mut reader = CsvReader::new();
        reader.feed(b"sf__Id,Subject\n500,x\n").unwrap();
        let row = reader.next().unwrap();
        assert_eq!((row.get("Subject"), row.get("subject")), (Some("x"), None));
        assert_eq!(row.iter().collect::<Vec<_>>(), [("sf__Id", "500"), ("Subject", "x")]);
    }

    proptest! {
        #[test]
        fn any_rows_survive_in_any_pieces(rows in vec(vec(any::<String>(), 3), 0..6), piece in 1_usize..20) {
            let mut writer = CsvWriter::new(["a", "b", "c"]);
            for row in &rows {
                writer.row(row).unwrap();
            }
            prop_assert!(writer.row(["one"]).is_err());
            prop_assert_eq!(read(writer.take().as_bytes(), piece).unwrap(), rows);
        }
    }
}
