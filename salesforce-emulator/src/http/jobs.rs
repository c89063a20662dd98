//! Bulk API 2.0: what the two kinds of jobs have in common.

use serde_json::Value;

use super::Request;
use crate::{
    bulk::{Format, Job, State},
    engine::{Engine, Fields},
    error::{ApiError, Code},
    id::RecordId,
};

mod ingest;
mod query;

pub(super) use self::{
    ingest::{batches, job as ingest_job, jobs as ingest_jobs, results as ingest_results},
    query::{job as query_job, jobs as query_jobs, results as query_results},
};

/// Reads what a new job says of itself.
fn open(engine: &mut Engine, request: &Request, body: &Fields, known: &[&str]) -> Result<Job, ApiError> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let operation = text("operation").filter(|operation| known.contains(operation));
    let operation = operation.ok_or_else(|| {
        ApiError::new(Code::InvalidInput, format!("operation must be one of {}", known.join(", ")))
    })?;
    if text("contentType").is_some_and(|kind| kind != "CSV") {
        return Err(ApiError::new(Code::InvalidInput, "contentType must be CSV"));
    }
    let format = Format::read(text("columnDelimiter"), text("lineEnding"))
        .map_err(|name| ApiError::new(Code::InvalidInput, format!("{name} has an unknown value")))?;
    Ok(Job {
        id: engine.jobs.next_id(),
        operation: operation.to_owned(),
        object: String::new(),
        state: State::Open,
        format,
        user: engine.actor,
        created: engine.now(),
        version: request.version.number(),
    })
}

/// The state that a change of a job asks for.
fn wanted_state(request: &Request) -> Result<State, ApiError> {
    match request.fields()?.get("state").and_then(Value::as_str) {
        Some("UploadComplete") => Ok(State::UploadComplete),
        Some("Aborted") => Ok(State::Aborted),
        _ => Err(ApiError::new(Code::InvalidInput, "state must be UploadComplete or Aborted")),
    }
}

fn wrong_state(job: &Job) -> ApiError {
    let message = format!("The job is in the state {}, which does not allow this", job.state.name());
    ApiError::new(Code::InvalidJobState, message)
}

fn is(job: &Job, id: &str) -> bool {
    RecordId::parse(id) == Some(job.id)
}
