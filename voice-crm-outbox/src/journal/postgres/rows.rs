//! What stands in the columns.

use std::{borrow::Cow, sync::Arc};

use tokio_postgres::Row;

use crate::{
    JobKey, JobStatus, Reason,
    journal::payload::{Part, Payloads},
};

/// A key out of its bytes. Another length gives the zero key.
pub(super) fn key(bytes: &[u8]) -> JobKey {
    JobKey::from_bytes(sixteen(bytes))
}

pub(super) fn sixteen(bytes: &[u8]) -> [u8; 16] {
    bytes.try_into().unwrap_or_default()
}

pub(super) fn attempts(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// A limit in SQL.
pub(super) fn limit(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn status(payloads: &Payloads, key: JobKey, state: i16, outcome: Option<&[u8]>) -> JobStatus {
    match state {
        // A job is done even when its receipt cannot be read.
        1 => JobStatus::Done(
            payloads.open(key, Part::Outcome, outcome.unwrap_or_default()).unwrap_or_default(),
        ),
        2 | 3 => JobStatus::Dead(reason(payloads, key, outcome)),
        _ => JobStatus::Pending,
    }
}

pub(super) fn reason(payloads: &Payloads, key: JobKey, outcome: Option<&[u8]>) -> Reason {
    let text = payloads.open(key, Part::Outcome, outcome.unwrap_or_default()).ok();
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(Reason::unreadable)
}

/// The text of a reason, as [`reason`] reads it.
pub(super) fn text_of(reason: &Reason) -> Cow<'static, str> {
    serde_json::to_string(reason).map_or(Cow::Borrowed("{}"), Cow::Owned)
}

/// The receipts of the earlier jobs of a lane, and the memo that the sink left in it.
pub(super) fn history(payloads: &Payloads, row: &Row) -> (Vec<Arc<str>>, Option<Arc<str>>) {
    let keys: Option<Vec<&[u8]>> = row.get("earlier_keys");
    let outcomes: Option<Vec<Option<&[u8]>>> = row.get("earlier_outcomes");
    let both = keys.unwrap_or_default().into_iter().zip(outcomes.unwrap_or_default());
    let earlier = both.filter_map(|(one, outcome)| payloads.open(key(one), Part::Outcome, outcome?).ok());
    let memo: (Option<&[u8]>, Option<&[u8]>) = (row.get("memo_key"), row.get("lane_memo"));
    let memo = memo.0.zip(memo.1).and_then(|(one, memo)| payloads.open(key(one), Part::Memo, memo).ok());
    (earlier.collect(), memo)
}
