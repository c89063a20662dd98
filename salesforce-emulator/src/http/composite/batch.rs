//! POST /composite/batch

use http::Method;
use serde_json::{Value, json};

use super::{Body, Content, Request, dispatch};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
    http::{Answer, Route, Usage},
};

/// Runs subrequests that know nothing of each other; each counts as a call of its own.
///
/// See Salesforce, "Composite Batch (REST API Developer Guide)".
pub(in crate::http) fn run(
    engine: &mut Engine,
    request: &Request,
    usage: Usage<'_>,
) -> Result<Answer, ApiError> {
    request.only("POST")?;
    let fields = request.fields()?;
    let steps = fields.get("batchRequests").and_then(Value::as_array);
    let steps =
        steps.ok_or_else(|| ApiError::new(Code::JsonParser, "The body needs batchRequests, an array"))?;
    if steps.len() > MAX_STEPS {
        let message = format!("The limit of {MAX_STEPS} subrequests has been exceeded");
        return Err(ApiError::new(Code::LimitExceeded, message));
    }
    let halts = fields.get("haltOnError").and_then(Value::as_bool).unwrap_or(false);
    let mut failed = false;
    let results: Vec<Value> = steps
        .iter()
        .map(|step| {
            let answer = if failed && halts {
                halted()
            } else {
                read(step).map_or_else(|error| Answer::from(&error), |step| dispatch(engine, &step, usage))
            };
            failed |= answer.status >= 400;
            let result = match answer.content {
                Content::Json(body) => body,
                _ => Value::Null,
            };
            json!({ "statusCode": answer.status, "result": result })
        })
        .collect();
    Ok(Answer::json(200, json!({ "hasErrors": failed, "results": results })))
}

/// A subrequest, whose URL begins with the version: `v66.0/sobjects/Account`.
fn read(step: &Value) -> Result<Request, ApiError> {
    let text = |name: &str| {
        step[name]
            .as_str()
            .ok_or_else(|| ApiError::new(Code::JsonParser, format!("A subrequest needs the text {name}")))
    };
    let method = Method::from_bytes(text("method")?.as_bytes())
        .map_err(|_| ApiError::new(Code::InvalidInput, "A subrequest has an unknown method"))?;
    let url = text("url")?.trim_start_matches('/').trim_start_matches("services/data/");
    let body = Body::Json(step["richInput"].clone());
    let request = Request::parse(&method, &format!("/services/data/{url}"), body).ok_or_else(|| {
        ApiError::new(Code::InvalidInput, "A subrequest's url begins with a version, such as v66.0")
    })??;
    if matches!(request.route, Route::Batch | Route::Composite | Route::Graph) {
        return Err(ApiError::new(Code::InvalidInput, "A batch cannot hold another request of its kind"));
    }
    Ok(request)
}

fn halted() -> Answer {
    let error =
        json!([{ "errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request" }]);
    Answer::json(412, error)
}

const MAX_STEPS: usize = 25;
