//! POST /composite

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use self::reference::Answers;
use super::{Answer, Body, Content, Options, Request, Route, Usage, dispatch};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
};

mod batch;
mod graph;
mod reference;
mod tree;

pub(super) use self::{batch::run as batch, graph::run as graph, tree::run as tree};

/// Runs the subrequests in their order. One call is counted, whatever they are.
///
/// See Salesforce, "Composite (REST API Developer Guide)".
pub(super) fn run(engine: &mut Engine, request: &Request, usage: Usage<'_>) -> Result<Answer, ApiError> {
    request.only("POST")?;
    let fields = request.fields()?;
    let steps = fields.get("compositeRequest").and_then(Value::as_array).ok_or_else(|| {
        ApiError::new(Code::JsonParser, "The body needs a compositeRequest, which is an array")
    })?;
    let steps = steps.iter().map(Step::read).collect::<Result<Vec<_>, _>>()?;
    check(&steps)?;
    let all_or_none = fields.get("allOrNone").and_then(Value::as_bool).unwrap_or(false);
    let (answers, _) = perform(engine, &steps, usage, all_or_none);
    Ok(Answer::json(200, json!({ "compositeResponse": answers })))
}

/// Runs subrequests in their order and tells whether all of them succeeded.
fn perform(engine: &mut Engine, steps: &[Step], usage: Usage<'_>, all_or_none: bool) -> (Vec<Value>, bool) {
    let outcome = engine.atomically(|engine| {
        let results = run_steps(engine, steps, usage, all_or_none);
        let failed = results.iter().any(|result| result.status >= 400);
        if all_or_none && failed { Err(results) } else { Ok((results, !failed)) }
    });
    let (results, succeeded) = outcome.unwrap_or_else(|results| (halted(results), false));
    (steps.iter().zip(results).map(|(step, answer)| step.response(answer)).collect(), succeeded)
}

/// How many subrequests a request of the composite family has, for the request log.
pub(crate) fn subrequest_count(request: &Request) -> usize {
    let count = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
    let Ok(fields) = (match request.route {
        Route::Composite | Route::Batch | Route::Graph => request.fields(),
        _ => return 0,
    }) else {
        return 0;
    };
    match request.route {
        Route::Batch => count(fields.get("batchRequests")),
        Route::Graph => {
            let graphs = fields.get("graphs").and_then(Value::as_array).into_iter().flatten();
            graphs.map(|graph| count(graph.get("compositeRequest"))).sum()
        }
        _ => count(fields.get("compositeRequest")),
    }
}

/// One subrequest as it was sent.
struct Step {
    method: Method,
    url: String,
    reference: String,
    body: Value,
    options: Options,
}

impl Step {
    fn read(value: &Value) -> Result<Self, ApiError> {
        let text = |name: &str| {
            value[name]
                .as_str()
                .ok_or_else(|| ApiError::new(Code::JsonParser, format!("A subrequest needs the text {name}")))
        };
        let method = Method::from_bytes(text("method")?.as_bytes())
            .map_err(|_| ApiError::new(Code::InvalidInput, "A subrequest has an unknown method"))?;
        let headers = value["httpHeaders"].as_object();
        let options = Options::read(|wanted| {
            let found = headers?.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            found.1.as_str()
        })?;
        Ok(Self {
            method,
            url: text("url")?.to_owned(),
            reference: text("referenceId")?.to_owned(),
            body: value["body"].clone(),
            options,
        })
    }

    /// The subrequest with its references filled in from earlier answers.
    fn resolve(&self, answers: &Answers) -> Result<Request, ApiError> {
        let url = answers.fill_url(&self.url)?;
        let body = answers.fill_body(&self.body)?;
        let request = Request::parse(&self.method, &url, Body::Json(body)).ok_or_else(|| {
            ApiError::new(Code::InvalidInput, "A subrequest's url begins with /services/data/v and a version")
        })??;
        if matches!(request.route, Route::Composite | Route::Graph | Route::Batch) {
            return Err(ApiError::new(Code::InvalidInput, "A composite request cannot hold another"));
        }
        Ok(Request { options: self.options.clone(), ..request })
    }

    fn is_query(&self) -> bool {
        let path = self.url.split('?').next().unwrap_or_default();
        path.split('/').any(|segment| matches!(segment, "query" | "queryAll"))
            || path.contains("/composite/sobjects")
    }

    fn response(&self, answer: Answer) -> Value {
        let body = match answer.content {
            Content::Json(body) => body,
            _ => Value::Null,
        };
        let location = answer.headers.into_iter().find(|(name, _)| *name == "location");
        let headers = location.map(|(_, path)| ("Location".to_owned(), path));
        json!({
            "body": body,
            "httpHeaders": headers.into_iter().collect::<BTreeMap<_, _>>(),
            "httpStatusCode": answer.status,
            "referenceId": self.reference,
        })
    }
}

fn check(steps: &[Step]) -> Result<(), ApiError> {
    if steps.len() > MAX_STEPS {
        let message = format!("The limit of {MAX_STEPS} subrequests has been exceeded");
        return Err(ApiError::new(Code::LimitExceeded, message));
    }
    if steps.iter().filter(|step| step.is_query()).count() > MAX_QUERIES {
        let message = format!("The limit of {MAX_QUERIES} query or collection subrequests has been exceeded");
        return Err(ApiError::new(Code::LimitExceeded, message));
    }
    check_references(steps)
}

fn check_references(steps: &[Step]) -> Result<(), ApiError> {
    for (at, step) in steps.iter().enumerate() {
        let name = &step.reference;
        let well_formed = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name.is_empty() || !well_formed {
            let message = "Invalid reference ID: only letters, digits and underscores are allowed";
            return Err(ApiError::new(Code::InvalidInput, message));
        }
        if steps[..at].iter().any(|earlier| earlier.reference == *name) {
            return Err(ApiError::new(Code::InvalidInput, format!("Duplicate reference ID: {name}")));
        }
    }
    Ok(())
}

fn run_steps(engine: &mut Engine, steps: &[Step], usage: Usage<'_>, all_or_none: bool) -> Vec<Answer> {
    let (mut known, mut results) = (Answers::default(), Vec::with_capacity(steps.len()));
    let mut failed = false;
    for step in steps {
        let answer = if failed && all_or_none {
            Answer::from(&rolled_back())
        } else {
            match step.resolve(&known) {
                Ok(request) => dispatch(engine, &request, usage),
                Err(error) => Answer::from(&error),
            }
        };
        failed |= answer.status >= 400;
        known.remember(&step.reference, &answer);
        results.push(answer);
    }
    results
}

/// The answers when nothing took effect: the one that failed says why, the others that they were undone.
fn halted(results: Vec<Answer>) -> Vec<Answer> {
    results
        .into_iter()
        .map(|answer| if answer.status >= 400 { answer } else { Answer::from(&rolled_back()) })
        .collect()
}

fn rolled_back() -> ApiError {
    ApiError::new(
        Code::ProcessingHalted,
        "The transaction was rolled back since another operation in the same transaction failed.",
    )
}

const MAX_STEPS: usize = 25;
const MAX_QUERIES: usize = 5;
