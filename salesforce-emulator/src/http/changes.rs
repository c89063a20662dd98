//! GET /sobjects/{object}/updated and /deleted

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Request};
use crate::{
    engine::{Engine, Row, parse_datetime, stamp},
    error::{ApiError, Code},
    schema::column,
};

/// The ids of the records changed in a span of time.
///
/// See Salesforce, "Get Updated (REST API Developer Guide)".
pub(super) fn updated(engine: &Engine, request: &Request, object: &str) -> Result<Answer, ApiError> {
    let span = Span::read(request)?;
    let object = engine.object_named(object)?;
    let ids: Vec<&Value> = engine
        .store
        .all(object)
        .filter(|(_, row)| !row.deleted && span.holds(row))
        .map(|(_, row)| &row.values[column::ID])
        .collect();
    Ok(Answer::json(200, json!({ "ids": ids, "latestDateCovered": stamp(span.covered(engine)) })))
}

/// The ids of the records deleted in a span of time, with the instants.
///
/// See Salesforce, "Get Deleted (REST API Developer Guide)".
pub(super) fn deleted(engine: &Engine, request: &Request, object: &str) -> Result<Answer, ApiError> {
    let span = Span::read(request)?;
    let object = engine.object_named(object)?;
    let gone: Vec<Value> = engine
        .store
        .all(object)
        .filter(|(_, row)| row.deleted && span.holds(row))
        .map(|(_, row)| json!({ "id": row.values[column::ID], "deletedDate": row.values[column::SYSTEM_MODSTAMP] }))
        .collect();
    let oldest = engine.store.all(object).next().map(|(_, row)| row.values[column::CREATED_DATE].clone());
    let body = json!({
        "deletedRecords": gone,
        "earliestDateAvailable": oldest.unwrap_or_else(|| Value::from(stamp(span.from))),
        "latestDateCovered": stamp(span.covered(engine)),
    });
    Ok(Answer::json(200, body))
}

/// From `start` on, up to but without `end`; seconds count for nothing.
struct Span {
    from: Timestamp,
    to: Timestamp,
}

impl Span {
    fn read(request: &Request) -> Result<Self, ApiError> {
        request.only("GET,HEAD")?;
        // A plus sign that nobody encoded arrives as a blank.
        let instant = |name: &str| {
            let text = request.parameter(name).map(|text| text.replace(' ', "+"));
            text.and_then(|text| parse_datetime(&text)).ok_or_else(|| {
                ApiError::new(Code::InvalidInput, format!("The parameter {name} must be an instant"))
            })
        };
        let minute = |at: Timestamp| Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap_or(at);
        let span = Self { from: minute(instant("start")?), to: minute(instant("end")?) };
        if span.from >= span.to {
            let message = "startDate cannot be after or equal to endDate, seconds ignored";
            return Err(ApiError::new(Code::InvalidReplicationDate, message));
        }
        Ok(span)
    }

    fn holds(&self, row: &Row) -> bool {
        let changed = row.values[column::SYSTEM_MODSTAMP].as_str().and_then(parse_datetime);
        changed.is_some_and(|at| self.from <= at && at < self.to)
    }

    fn covered(&self, engine: &Engine) -> Timestamp {
        self.to.min(engine.now())
    }
}
