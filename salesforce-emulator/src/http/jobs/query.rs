//! /jobs/query, /jobs/query/{id} and GET /jobs/query/{id}/results

use std::sync::Arc;

use serde_json::{Value, json};

use super::{is, open, wanted_state, wrong_state};
use crate::{
    bulk::{QueryJob, State},
    engine::Engine,
    error::{ApiError, Code},
    http::{Answer, Content, Request},
    soql,
};

/// See Salesforce, "Bulk API 2.0 Query".
pub(in crate::http) fn jobs(engine: &mut Engine, request: &Request) -> Result<Answer, ApiError> {
    request.only("GET,HEAD,POST")?;
    if request.method != http::Method::POST {
        let all: Vec<Value> = engine.jobs.query.iter().map(QueryJob::info).collect();
        return Ok(Answer::json(200, json!({ "done": true, "nextRecordsUrl": null, "records": all })));
    }
    let body = request.fields()?;
    let text = body.get("query").and_then(Value::as_str);
    let text = text.ok_or_else(|| ApiError::new(Code::InvalidInput, "A query job needs the text query"))?;
    let mut job = open(engine, request, &body, &["query", "queryAll"])?;
    let plan = soql::prepare(engine, text, job.operation == "queryAll")?;
    if plan
        .projection
        .as_ref()
        .is_none_or(|projection| !projection.children.is_empty() || projection.has_choices())
    {
        let message = "Aggregate queries, subqueries and TYPEOF are not supported by the bulk API";
        return Err(ApiError::new(Code::ApiError, message));
    }
    if plan.projection.as_ref().is_some_and(|projection| projection.has_compounds(engine, plan.object)) {
        let message = "Selecting compound data not supported in Bulk Query";
        return Err(ApiError::new(Code::FunctionalityNotEnabled, message));
    }
    let serials = soql::run(engine, &plan);
    engine.schema.object(plan.object).name.clone_into(&mut job.object);
    job.state = State::UploadComplete;
    let mut query = QueryJob { job, plan: Arc::new(plan), serials };
    let info = query.info();
    // The work is done at once; whoever asks again finds it complete.
    query.job.state = State::JobComplete;
    engine.jobs.query.push(query);
    Ok(Answer::json(200, info))
}

pub(in crate::http) fn job(engine: &mut Engine, request: &Request, id: &str) -> Result<Answer, ApiError> {
    request.only("DELETE,GET,HEAD,PATCH")?;
    let at = find(engine, id)?;
    match request.method.as_str() {
        "PATCH" => {
            wanted_state(request)?;
            Err(wrong_state(&engine.jobs.query[at].job))
        }
        "DELETE" => {
            engine.jobs.query.remove(at);
            Ok(Answer::done())
        }
        _ => Ok(Answer::json(200, engine.jobs.query[at].info())),
    }
}

/// Some rows as a table; the header `Sforce-Locator` leads to the next ones, or says `null`.
pub(in crate::http) fn results(engine: &Engine, request: &Request, id: &str) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let query = &engine.jobs.query[find(engine, id)?];
    let bad = || ApiError::new(Code::InvalidQueryLocator, "invalid query locator");
    let from = match request.parameter("locator") {
        None => 0,
        Some(locator) => {
            let digits = locator.strip_prefix('L').ok_or_else(bad)?;
            let from = digits.parse::<usize>().map_err(|_| bad())?;
            if from > query.serials.len() {
                return Err(bad());
            }
            from
        }
    };
    let count = request.parameter("maxRecords").and_then(|count| count.parse().ok()).unwrap_or(MOST);
    let (table, shown) = query.table(engine, from, count.clamp(1, MOST));
    let next = from + shown;
    let locator = if next < query.serials.len() { format!("L{next}") } else { "null".to_owned() };
    Ok(Answer::new(200, Content::Text("text/csv", table))
        .header("sforce-locator", locator)
        .header("sforce-numberofrecords", shown.to_string()))
}

fn find(engine: &Engine, id: &str) -> Result<usize, ApiError> {
    let at = engine.jobs.query.iter().position(|query| is(&query.job, id));
    at.ok_or_else(ApiError::missing_resource)
}

const MOST: usize = 50_000;
