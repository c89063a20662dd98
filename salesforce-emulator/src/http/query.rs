//! GET /query?q=..., GET /query/{locator}

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Request, not_allowed};
use crate::{
    engine::{Cursor, Engine},
    error::{ApiError, Code},
    soql,
};

/// The first page of a query.
pub(super) fn first(engine: &mut Engine, request: &Request) -> Result<Answer, ApiError> {
    if request.method != http::Method::GET {
        return Err(not_allowed(request, "GET,HEAD"));
    }
    let text = request.parameter("q").filter(|text| !text.trim().is_empty()).ok_or_else(|| {
        ApiError::new(Code::MalformedQuery, "SOQL statement is missing: the parameter q is required")
    })?;
    let plan = soql::prepare(engine, text)?;
    let serials = soql::run(engine, &plan);
    if plan.projection.is_none() {
        return Ok(Answer::json(200, json!({ "totalSize": serials.len(), "done": true, "records": [] })));
    }
    let batch = request.batch_size.unwrap_or(DEFAULT_BATCH).clamp(MIN_BATCH, DEFAULT_BATCH);
    let cursor = Cursor { plan: Arc::new(plan), serials: Arc::new(serials), batch };
    let locator = (cursor.serials.len() > batch).then(|| engine.cursors.open(cursor.clone()));
    Ok(page(engine, request, &cursor, locator.as_deref(), 0))
}

/// A later page: the locator names the cursor and how many records were given.
pub(super) fn more(engine: &Engine, request: &Request, locator: &str) -> Result<Answer, ApiError> {
    if request.method != http::Method::GET {
        return Err(not_allowed(request, "GET,HEAD"));
    }
    let bad = || ApiError::new(Code::InvalidQueryLocator, "invalid query locator");
    let (name, offset) = locator.rsplit_once('-').ok_or_else(bad)?;
    let offset: usize = offset.parse().map_err(|_| bad())?;
    let cursor = engine.cursors.find(name).ok_or_else(bad)?;
    if offset > cursor.serials.len() {
        return Err(bad());
    }
    Ok(page(engine, request, &cursor, Some(name), offset))
}

fn page(engine: &Engine, request: &Request, cursor: &Cursor, locator: Option<&str>, from: usize) -> Answer {
    let (plan, version) = (&cursor.plan, request.version.to_string());
    let end = cursor.serials.len().min(from + cursor.batch);
    let records: Vec<Value> = cursor.serials[from..end]
        .iter()
        .filter_map(|serial| {
            let row = engine.store.row(plan.object, *serial).filter(|row| !row.deleted)?;
            Some(soql::project(engine, plan.object, row, plan.projection.as_ref()?, &version))
        })
        .collect();
    let done = end == cursor.serials.len();
    let mut body = json!({ "totalSize": cursor.serials.len(), "done": done, "records": records });
    if let Some(locator) = locator.filter(|_| !done) {
        body["nextRecordsUrl"] = Value::from(format!("/services/data/v{version}/query/{locator}-{end}"));
    }
    Answer::json(200, body)
}

const MIN_BATCH: usize = 200;
const DEFAULT_BATCH: usize = 2_000;
