//! Text to rows, fed piece by piece; a piece may end anywhere, inside a character too.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::ColumnDelimiter;
use crate::error::{Error, ErrorKind, Result};

/// No single row is longer than this, so that a missing quote does not swallow everything.
const LONGEST_ROW: usize = 16 << 20;

/// What some writers put before the text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

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

/// Where a quote that comes next would stand.
#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    Outside,
    Inside,
    /// After a quote inside quotes: the end of the value, or the first half of a quote in it.
    Closing,
}

/// Makes rows of pieces of text. The parser takes anything for CSV; what a quote that is missing or too
/// many would make of it is found here.
pub(crate) struct CsvReader {
    /// The first bytes, until it is known whether they are a byte order mark.
    lead: Option<Vec<u8>>,
    core: Reader,
    delimiter: u8,
    quotes: Quotes,
    /// The value that is being read, as far as `length`.
    value: Vec<u8>,
    length: usize,
    values: Vec<String>,
    row_bytes: usize,
    columns: Option<Arc<[String]>>,
    rows: VecDeque<CsvRow>,
}

impl CsvReader {
    pub(crate) fn new(delimiter: ColumnDelimiter) -> Self {
        Self {
            lead: Some(Vec::new()),
            core: ReaderBuilder::new().delimiter(delimiter.byte()).build(),
            delimiter: delimiter.byte(),
            quotes: Quotes::Outside,
            value: Vec::new(),
            length: 0,
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
        let Some(mut lead) = self.lead.take() else { return self.read(piece) };
        lead.extend_from_slice(piece);
        if lead.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&lead) {
            self.lead = Some(lead);
            return Ok(());
        }
        self.begin(&lead)
    }

    fn begin(&mut self, lead: &[u8]) -> Result<()> {
        let text = lead.strip_prefix(BYTE_ORDER_MARK).unwrap_or(lead);
        // The parser takes a mark away too, but only one that comes in one piece. So its first piece is too short for one.
        let (first, rest) = text.split_at(text.len().min(1));
        self.read(first)?;
        self.read(rest)
    }

    fn read(&mut self, mut piece: &[u8]) -> Result<()> {
        while let Some(first) = piece.first() {
            if self.quotes == Quotes::Closing && *first != b'"' {
                if ![self.delimiter, b'\n', b'\r'].contains(first) {
                    return Err(broken("a value goes on after its closing quote"));
                }
                self.quotes = Quotes::Outside;
            }
            // A quote goes through alone, so that what became of it can be seen.
            let end = piece.iter().position(|byte| *byte == b'"').unwrap_or(piece.len()).max(1);
            let (part, rest) = piece.split_at(end);
            let length = self.length;
            self.parse(part)?;
            if *first == b'"' {
                self.quotes = match (self.quotes, self.length > length) {
                    (Quotes::Outside, false) | (Quotes::Closing, true) => Quotes::Inside,
                    (Quotes::Inside, false) => Quotes::Closing,
                    (quotes, _) => quotes,
                };
            }
            piece = rest;
        }
        Ok(())
    }

    /// The text is over; its last line may have no end.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if let Some(lead) = self.lead.take() {
            self.begin(&lead)?;
        }
        if self.quotes == Quotes::Inside {
            return Err(broken("the text ends inside quotes"));
        }
        self.parse(&[])
    }

    /// Reads a part; an empty one says that the text is over.
    fn parse(&mut self, mut part: &[u8]) -> Result<()> {
        loop {
            if self.length == self.value.len() {
                self.value.resize((self.length * 2).max(64), 0);
            }
            let (told, eaten, written) = self.core.read_field(part, &mut self.value[self.length..]);
            part = &part[eaten..];
            self.length += written;
            self.row_bytes += eaten;
            if self.row_bytes > LONGEST_ROW {
                return Err(broken("a row is longer than 16 MiB"));
            }
            match told {
                ReadFieldResult::InputEmpty | ReadFieldResult::End => return Ok(()),
                ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    self.end_of_value()?;
                    if record_end {
                        self.end_of_row()?;
                    }
                    if part.is_empty() {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn end_of_value(&mut self) -> Result<()> {
        let value = std::str::from_utf8(&self.value[..self.length]);
        self.values.push(value.map_err(|_| broken("a value is not UTF-8"))?.to_owned());
        self.length = 0;
        Ok(())
    }

    fn end_of_row(&mut self) -> Result<()> {
        self.row_bytes = 0;
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

    use super::super::{CsvWriter, LineEnding};
    use super::*;

    fn read(text: &[u8], piece: usize) -> Result<Vec<Vec<String>>> {
        let mut reader = CsvReader::new(ColumnDelimiter::Comma);
        for piece in text.chunks(piece) {
            reader.feed(piece)?;
        }
        reader.finish()?;
        Ok(std::iter::from_fn(|| reader.next()).map(|row| row.values).collect())
    }

    #[test]
    fn one_byte_order_mark_is_taken_away_in_whatever_pieces_it_comes() {
        let rows = |text: &str, piece| read(text.as_bytes(), piece).ok();
        for piece in [1, 2, 3, 4, 99] {
            assert_eq!(rows("\u{feff}\"a\"\n\"1\"\n", piece), Some(vec![vec!["1".to_owned()]]), "{piece}");
            assert_eq!(rows("\u{feff}\"a\"P\"1\"\n", piece), None, "{piece}");
            let twice = "\u{feff}\u{feff}a\n1\n";
            assert_eq!(rows(twice, piece), rows(twice, 99), "{piece}");
            assert_eq!(rows("\u{feff}", piece), Some(vec![]), "{piece}");
        }
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
        let mut reader = CsvReader::new(ColumnDelimiter::Comma);
        reader.feed(b"sf__Id,Subject\n500,x\n").unwrap();
        let row = reader.next().unwrap();
        assert_eq!((row.get("Subject"), row.get("subject")), (Some("x"), None));
        assert_eq!(row.iter().collect::<Vec<_>>(), [("sf__Id", "500"), ("Subject", "x")]);
    }

    #[test]
    fn a_quote_inside_of_a_plain_value_is_a_quote() {
        assert_eq!(read(b"a,b\n5\"x,\"6\"\n", 1).unwrap(), [["5\"x", "6"]]);
    }

    proptest! {
        #[test]
        fn any_rows_survive_in_every_dialect(
            rows in vec(vec(any::<String>(), 2), 0..6),
            piece in 1_usize..20,
            dialect in 0_usize..12,
        ) {
            use ColumnDelimiter::{Backquote, Caret, Comma, Pipe, Semicolon, Tab};
            let delimiter = [Backquote, Caret, Comma, Pipe, Semicolon, Tab][dialect % 6];
            let ending = if dialect < 6 { LineEnding::Lf } else { LineEnding::Crlf };
            let mut writer = CsvWriter::with(delimiter, ending, ["a", "b"]);
            for row in &rows {
                writer.row(row).unwrap();
            }
            let mut reader = CsvReader::new(delimiter);
            for piece in writer.take().as_bytes().chunks(piece) {
                reader.feed(piece).unwrap();
            }
            reader.finish().unwrap();
            let read: Vec<_> = std::iter::from_fn(|| reader.next()).map(|row| row.values).collect();
            prop_assert_eq!(read, rows);
        }

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
