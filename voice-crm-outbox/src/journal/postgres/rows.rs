//! What stands in the columns.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    crm::{Change, OwnRecord, Receipt, Write, WriteKey},
    journal::{
        Reason, Standing,
        payload::{Part, Payloads},
    },
};

/// A key out of its bytes; whatever has not sixteen of them is nobody's key.
pub(super) fn key(bytes: &[u8]) -> WriteKey {
    WriteKey::from_bytes(sixteen(bytes))
}

pub(super) fn sixteen(bytes: &[u8]) -> [u8; 16] {
    bytes.try_into().unwrap_or_default()
}

pub(super) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn standing(payloads: &Payloads, key: WriteKey, state: i16, outcome: Option<&[u8]>) -> Standing {
    match state {
        // A receipt that cannot be read takes nothing from its being done.
        1 => Standing::Done(
            payloads.read::<Receipt>(key, Part::Outcome, outcome.unwrap_or_default()).unwrap_or_default(),
        ),
        2 | 3 => Standing::Dead(reason(payloads, key, outcome)),
        _ => Standing::Pending,
    }
}

pub(super) fn reason(payloads: &Payloads, key: WriteKey, outcome: Option<&[u8]>) -> Reason {
    let read = payloads.read(key, Part::Outcome, outcome.unwrap_or_default());
    read.unwrap_or_else(|_| Reason::unreadable())
}

/// Stands for a write that cannot be read, until that is settled.
pub(super) fn nothing(key: WriteKey) -> Arc<Write> {
    let nothing = OwnRecord { object: String::new(), fields: serde_json::Map::new() };
    Arc::new(Write { key, change: Change::SaveRecord(nothing) })
}
