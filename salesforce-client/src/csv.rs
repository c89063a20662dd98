//! Comma-separated values as bulk jobs speak them: RFC 4180 in UTF-8, with the job's delimiter and line ends.

mod count;
mod dialect;
mod reader;
mod writer;

pub use self::dialect::{ColumnDelimiter, LineEnding};
pub use self::reader::CsvRow;
pub use self::writer::CsvWriter;

pub(crate) use self::count::RowCount;
pub(crate) use self::reader::CsvReader;
