//! What stands in the columns.

use jiff::Timestamp;
use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};
use serde::Serialize;

use super::store::Store;
use crate::{
    crm::{Receipt, WriteKey},
    journal::{
        Reason, Standing,
        payload::{Part, Payloads},
    },
};

pub(super) const DONE: i64 = 1;
pub(super) const DEAD: i64 = 2;
pub(super) const DISCARDED: i64 = 3;

/// A key as sixteen bytes.
pub(super) struct Key(pub(super) WriteKey);

impl ToSql for Key {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Key {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FromSql::column_result(value).map(|bytes| Self(WriteKey::from_bytes(bytes)))
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

pub(super) fn write<T: Serialize>(
    store: &Store,
    key: WriteKey,
    part: Part,
    value: &T,
) -> rusqlite::Result<Vec<u8>> {
    store
        .payloads
        .write(key, part, value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Reads the state column at `index` and the outcome column after it.
pub(super) fn standing(
    store: &Store,
    key: WriteKey,
    row: &Row<'_>,
    index: usize,
) -> rusqlite::Result<Standing> {
    let outcome = row.get_ref(index + 1)?.as_bytes_or_null()?.unwrap_or_default();
    Ok(match row.get(index)? {
        // A receipt that cannot be read takes nothing from its being done.
        DONE => {
            Standing::Done(store.payloads.read::<Receipt>(key, Part::Outcome, outcome).unwrap_or_default())
        }
        DEAD | DISCARDED => Standing::Dead(reason(store, key, outcome)),
        _ => Standing::Pending,
    })
}

pub(super) fn reason(store: &Store, key: WriteKey, outcome: &[u8]) -> Reason {
    store.payloads.read(key, Part::Outcome, outcome).unwrap_or_else(|_| Reason::unreadable())
}

pub(super) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
