//! /jobs/ingest, /jobs/ingest/{id}, PUT /jobs/ingest/{id}/batches, and the results

use serde_json::{Value, json};

use super::{is, open, wanted_state, wrong_state};
use crate::{
    bulk::{Ingest, State, process},
    engine::Engine,
    error::{ApiError, Code},
    http::{Answer, Body, Content, Request},
};

/// See Salesforce, "Bulk API 2.0 Ingest".
pub(in crate::http) fn jobs(engine: &mut Engine, request: &Request) -> Result<Answer, ApiError> {
    request.only("GET,HEAD,POST")?;
    if request.method != http::Method::POST {
        let all: Vec<Value> = engine.jobs.ingest.iter().map(Ingest::info).collect();
        return Ok(Answer::json(200, json!({ "done": true, "nextRecordsUrl": null, "records": all })));
    }
    let body = request.fields()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let object = engine.schema.seen(text("object").unwrap_or_default()).ok_or_else(|| {
        ApiError::new(Code::InvalidEntity, "InvalidEntity : Entity is not available to the bulk API")
    })?;
    let mut job = open(engine, request, &body, &OPERATIONS)?;
    engine.schema.object(object).name.clone_into(&mut job.object);
    let external_id = text("externalIdFieldName").map(str::to_owned);
    if job.operation == "upsert"
        && external_id.as_deref().is_none_or(|name| engine.key_column(object, name).is_none())
    {
        let message = "InvalidJob : External ID was blank or is no external ID field";
        return Err(ApiError::new(Code::InvalidJob, message));
    }
    let ingest = Ingest::new(job, external_id);
    let info = ingest.info();
    engine.jobs.ingest.push(ingest);
    Ok(Answer::json(200, info))
}

pub(in crate::http) fn job(engine: &mut Engine, request: &Request, id: &str) -> Result<Answer, ApiError> {
    request.only("DELETE,GET,HEAD,PATCH")?;
    let at = find(engine, id)?;
    match request.method.as_str() {
        "PATCH" => advance(engine, at, wanted_state(request)?),
        "DELETE" if matches!(engine.jobs.ingest[at].job.state, State::Open | State::UploadComplete) => {
            Err(wrong_state(&engine.jobs.ingest[at].job))
        }
        "DELETE" => {
            engine.jobs.ingest.remove(at);
            Ok(Answer::done())
        }
        _ => Ok(Answer::json(200, engine.jobs.ingest[at].info())),
    }
}

/// Takes the data of a job, once.
pub(in crate::http) fn batches(engine: &mut Engine, request: &Request, id: &str) -> Result<Answer, ApiError> {
    request.only("PUT")?;
    let at = find(engine, id)?;
    let ingest = &mut engine.jobs.ingest[at];
    if ingest.job.state != State::Open || ingest.data.is_some() {
        return Err(wrong_state(&ingest.job));
    }
    let Body::Raw { bytes, is_json: false } = &request.body else {
        return Err(ApiError::new(Code::UnsupportedMediaType, "The data of a job is text/csv"));
    };
    ingest.data = Some(bytes.clone());
    Ok(Answer::empty(201))
}

pub(in crate::http) fn results(
    engine: &Engine,
    request: &Request,
    id: &str,
    which: &str,
) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let ingest = &engine.jobs.ingest[find(engine, id)?];
    let table = match which.to_ascii_lowercase().as_str() {
        "successfulresults" => ingest.successes(),
        "failedresults" => ingest.failures(),
        "unprocessedrecords" => ingest.leftovers(),
        _ => return Err(ApiError::missing_resource()),
    };
    Ok(Answer::new(200, Content::Text("text/csv", table)))
}

fn advance(engine: &mut Engine, at: usize, wanted: State) -> Result<Answer, ApiError> {
    let job = &mut engine.jobs.ingest[at].job;
    if job.state != State::Open {
        return Err(wrong_state(job));
    }
    job.state = wanted;
    let info = engine.jobs.ingest[at].info();
    if wanted == State::UploadComplete {
        // The work is done at once; whoever asks again finds it complete.
        let mut ingest = engine.jobs.ingest.remove(at);
        process(engine, &mut ingest);
        engine.jobs.ingest.insert(at, ingest);
    }
    Ok(Answer::json(200, info))
}

fn find(engine: &Engine, id: &str) -> Result<usize, ApiError> {
    let at = engine.jobs.ingest.iter().position(|ingest| is(&ingest.job, id));
    at.ok_or_else(ApiError::missing_resource)
}

const OPERATIONS: [&str; 5] = ["insert", "update", "upsert", "delete", "hardDelete"];
