//! Results of bulk jobs: rows or an error, and no text of a row is another after it was written and read.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use salesforce_client::{CsvRow, CsvWriter, Result, Soql};

use super::org::{Answer, client, run};
use crate::{bound::check_values, edit::check_seeded, seeds::CSV};

const JOB: &str = r#"{"id":"750000000000001AAA","state":"JobComplete"}"#;

/// The rows of a result that comes in pieces of so many bytes.
fn rows(csv: &[u8], piece: usize) -> Result<Vec<Vec<String>>> {
    let job = Answer { status: 200, body: Bytes::from_static(JOB.as_bytes()), ..Answer::default() };
    let result = Answer { status: 200, body: Bytes::copy_from_slice(csv), piece, ..Answer::default() };
    let org = client([job, result]);
    let rows: Vec<CsvRow> = run(async {
        let job = org.bulk().query(Soql::new("SELECT Id FROM Case")).await?;
        job.rows().try_collect().await
    })?;
    Ok(rows.iter().map(|row| row.iter().map(|(_, value)| value.to_owned()).collect()).collect())
}

fn exercise(csv: &[u8]) {
    let whole = rows(csv, csv.len());
    let pieces = rows(csv, 1);
    assert_eq!(whole.as_ref().ok(), pieces.as_ref().ok(), "the pieces make a difference");
}

#[test]
fn bytes_are_rows_or_an_error() {
    check_seeded!(CSV, exercise);
}

#[test]
fn rows_that_were_written_are_read_as_they_were() {
    check_values!(Vec<(String, String)>, |written| {
        let mut writer = CsvWriter::new(["a", "b"]);
        for (first, second) in written {
            writer.row([first, second]).unwrap();
        }
        let read = rows(writer.take().as_bytes(), 3).unwrap();
        let expected: Vec<Vec<String>> =
            written.iter().map(|(first, second)| vec![first.clone(), second.clone()]).collect();
        assert_eq!(read, expected);
    });
}
