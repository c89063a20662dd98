//! Comma-separated values as bulk jobs speak them: RFC 4180, UTF-8, comma, line feed.

mod reader;
mod writer;

pub use self::reader::CsvRow;
pub use self::writer::CsvWriter;

pub(crate) use self::reader::CsvReader;
