//! How many rows a text has, counted as it passes.

use std::fmt;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::ColumnDelimiter;

/// Counts the rows of pieces of text, the line of the columns' names not among them.
pub(crate) struct RowCount {
    core: Reader,
    lines: u64,
}

impl RowCount {
    pub(crate) fn new(delimiter: ColumnDelimiter) -> Self {
        Self { core: ReaderBuilder::new().delimiter(delimiter.byte()).build(), lines: 0 }
    }

    pub(crate) fn feed(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let (eaten, _) = self.step(piece);
            piece = piece.get(eaten..).unwrap_or_default();
        }
    }

    /// The text is over; its last line may have no end.
    pub(crate) fn finish(&mut self) -> u64 {
        while self.step(&[]).1 {}
        self.lines.saturating_sub(1)
    }

    /// How many bytes were taken, and whether there may be more to tell.
    fn step(&mut self, piece: &[u8]) -> (usize, bool) {
        // What stands in the values does not matter, so it is written over.
        let (mut text, mut ends) = ([0; 1024], [0; 64]);
        let (told, eaten, _, _) = self.core.read_record(piece, &mut text, &mut ends);
        self.lines += u64::from(told == ReadRecordResult::Record);
        let over = matches!(told, ReadRecordResult::End | ReadRecordResult::InputEmpty);
        (eaten, !over)
    }
}

impl fmt::Debug for RowCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowCount").field("lines", &self.lines).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::{CsvWriter, LineEnding};
    use super::*;

    fn count(text: &str, piece: usize) -> u64 {
        let mut rows = RowCount::new(ColumnDelimiter::Comma);
        for piece in text.as_bytes().chunks(piece) {
            rows.feed(piece);
        }
        rows.finish()
    }

    #[test]
    fn rows_are_counted_and_not_lines() {
        for piece in 1..9 {
            assert_eq!(count("a,b\n\"x\ny\",1\r\n2,3", piece), 2, "in pieces of {piece}");
            assert_eq!(count("a,b\n", piece), 0);
        }
        assert_eq!(count("", 1), 0);
        assert_eq!(count(&format!("a\n{}\n", "x".repeat(5000)), 700), 1);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_counted(rows in vec(vec(any::<String>(), 2), 0..6), piece in 1_usize..20) {
            let mut writer = CsvWriter::with(ColumnDelimiter::Comma, LineEnding::Crlf, ["a", "b"]);
            for row in &rows {
                writer.row(row).unwrap();
            }
            prop_assert_eq!(count(&writer.take(), piece), rows.len() as u64);
        }
    }
}
