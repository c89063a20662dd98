//! GET /query?q=..., GET /queryAll?q=..., GET /query/{locator}

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Request, Route};
use crate::{
    engine::{Cursor, Engine},
    error::{ApiError, Code},
    soql::{self, View},
};

/// The first page of a query.
///
/// See Salesforce, "Query (REST API Developer Guide)".
pub(super) fn first(engine: &mut Engine, request: &Request, all: bool) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let text = request.parameter("q").filter(|text| !text.trim().is_empty()).ok_or_else(|| {
        ApiError::new(Code::MalformedQuery, "SOQL statement is missing: the parameter q is required")
    })?;
    let plan = soql::prepare(engine, text, all)?;
    let known = engine.schema.object(plan.object);
    if known.is_event() || (known.is_tooling() && request.route != Route::ToolingQuery) {
        let message = format!("sObject type '{}' is not supported.", known.name);
        return Err(ApiError::new(Code::InvalidType, message));
    }
    if let Some(aggregation) = &plan.aggregation {
        let records = soql::aggregate(engine, &plan, aggregation)?;
        return Ok(whole(records.len(), &records));
    }
    let serials = soql::run(engine, &plan);
    if plan.locks {
        for serial in &serials {
            engine.check_write(plan.object, [engine.id(plan.object, *serial)])?;
        }
    }
    if plan.projection.is_none() {
        return Ok(whole(serials.len(), &[]));
    }
    let batch = request.options.batch_size.unwrap_or(DEFAULT_BATCH).clamp(MIN_BATCH, DEFAULT_BATCH);
    let cursor = Cursor { plan: Arc::new(plan), serials: Arc::new(serials), batch, user: engine.actor };
    let mut locator = (cursor.serials.len() > batch).then(|| engine.cursors.open(cursor.clone()));
    let (answer, overflowed) = page(engine, request, &cursor, locator.as_deref(), 0);
    if overflowed && locator.is_none() {
        // Only now is it known that some record has more children than fit: they need a cursor.
        locator = Some(engine.cursors.open(cursor.clone()));
        return Ok(page(engine, request, &cursor, locator.as_deref(), 0).0);
    }
    Ok(answer)
}

/// A later page: the locator names the cursor and how many records were given, of the query itself or of
/// the children of one record.
pub(super) fn more(engine: &Engine, request: &Request, locator: &str) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let bad = || ApiError::new(Code::InvalidQueryLocator, "invalid query locator");
    let (name, offset) = locator.rsplit_once('-').ok_or_else(bad)?;
    let offset: usize = offset.parse().map_err(|_| bad())?;
    if let Some((name, child)) = name.split_once('.') {
        return children(engine, request, name, child, offset).ok_or_else(bad);
    }
    let cursor = engine.cursors.find(name).ok_or_else(bad)?;
    if offset > cursor.serials.len() {
        return Err(bad());
    }
    Ok(page(engine, request, &cursor, Some(name), offset).0)
}

fn children(engine: &Engine, request: &Request, name: &str, child: &str, offset: usize) -> Option<Answer> {
    let cursor = engine.cursors.find(name)?;
    let (at, parent) = child.split_once('.')?;
    let at: usize = at.parse().ok()?;
    let children = cursor.plan.projection.as_ref()?.children.get(at)?;
    let version = request.version.to_string();
    let view = View { batch: cursor.batch, locator: Some(name), ..View::new(engine, &version) };
    let found = view.children(parent, at, children, offset);
    (!found.is_null()).then(|| Answer::json(200, found))
}

/// A page, and whether a record on it has more children than were given.
fn page(
    engine: &Engine,
    request: &Request,
    cursor: &Cursor,
    locator: Option<&str>,
    from: usize,
) -> (Answer, bool) {
    let (plan, version) = (&cursor.plan, request.version.to_string());
    let view = View { batch: cursor.batch, locator, ..View::new(engine, &version) };
    let end = cursor.serials.len().min(from + cursor.batch);
    let records: Vec<Value> = cursor.serials[from..end]
        .iter()
        .filter_map(|serial| {
            let row = engine.store.row(plan.object, *serial).filter(|row| plan.all || !row.deleted)?;
            Some(view.record(plan.object, row, plan.projection.as_ref()?))
        })
        .collect();
    let done = end == cursor.serials.len();
    let mut body = json!({ "totalSize": cursor.serials.len(), "done": done, "records": records });
    if let Some(locator) = locator.filter(|_| !done) {
        body["nextRecordsUrl"] = Value::from(format!("/services/data/v{version}/query/{locator}-{end}"));
    }
    (Answer::json(200, body), view.overflowed.get())
}

fn whole(size: usize, records: &[Value]) -> Answer {
    Answer::json(200, json!({ "totalSize": size, "done": true, "records": records }))
}

const MIN_BATCH: usize = 200;
const DEFAULT_BATCH: usize = 2_000;
