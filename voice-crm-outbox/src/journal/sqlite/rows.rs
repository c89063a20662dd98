//! What stands in the columns.

use std::sync::Arc;

use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};

use super::file::Store;
use crate::{
    JobKey, JobStatus, Reason,
    journal::payload::{Part, Payloads},
};

pub(super) const DONE: i64 = 1;
pub(super) const DEAD: i64 = 2;
pub(super) const DISCARDED: i64 = 3;

/// A key as sixteen bytes.
pub(super) struct Key(pub(super) JobKey);

impl ToSql for Key {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Key {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FromSql::column_result(value).map(|bytes| Self(JobKey::from_bytes(bytes)))
    }
}

/// JSON as text, so that an operator can read it in place; anything else as bytes.
pub(super) fn stored(bytes: &[u8]) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(if Payloads::is_text(bytes) {
        ValueRef::Text(bytes)
    } else {
        ValueRef::Blob(bytes)
    })
}

/// What was stored, whether as text or as bytes; nothing where nothing is.
pub(super) fn bytes(row: &Row<'_>, index: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(row.get_ref(index)?.as_bytes_or_null()?.unwrap_or_default().to_vec())
}

/// What is stored of a text.
pub(super) fn seal(store: &Store, key: JobKey, part: Part, text: &str) -> rusqlite::Result<Vec<u8>> {
    store.payloads.seal(key, part, text).map_err(unwritable)
}

/// What is stored of a reason.
pub(super) fn seal_reason(store: &Store, key: JobKey, reason: &Reason) -> rusqlite::Result<Vec<u8>> {
    let text = serde_json::to_string(reason).map_err(unwritable)?;
    seal(store, key, Part::Outcome, &text)
}

fn unwritable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

/// The text of a column; nothing where nothing is, or nothing that can be read.
pub(super) fn text(
    store: &Store,
    key: JobKey,
    part: Part,
    row: &Row<'_>,
    index: usize,
) -> rusqlite::Result<Option<Arc<str>>> {
    let stored = row.get_ref(index)?.as_bytes_or_null()?;
    Ok(stored.and_then(|stored| store.payloads.open(key, part, stored).ok()))
}

/// Reads the state column at `index` and the outcome column after it.
pub(super) fn status(store: &Store, key: JobKey, row: &Row<'_>, index: usize) -> rusqlite::Result<JobStatus> {
    Ok(match row.get(index)? {
        // A job is done even when its receipt cannot be read.
        DONE => JobStatus::Done(text(store, key, Part::Outcome, row, index + 1)?.unwrap_or_default()),
        DEAD | DISCARDED => JobStatus::Dead(reason(store, key, row, index + 1)?),
        _ => JobStatus::Pending,
    })
}

pub(super) fn reason(store: &Store, key: JobKey, row: &Row<'_>, index: usize) -> rusqlite::Result<Reason> {
    let text = text(store, key, Part::Outcome, row, index)?;
    let reason = text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(reason.unwrap_or_else(Reason::unreadable))
}
