//! GET /services/data, /limits, /sobjects, /sobjects/{object} and /sobjects/{object}/describe

use serde_json::{Map, Value, json};

use super::{Answer, Request, Usage, Version, not_allowed};
use crate::{engine::Engine, error::ApiError, schema::describe as schema};

/// The versions the org serves; no token is needed for it.
pub(crate) fn versions() -> Answer {
    let all: Vec<Value> = Version::all()
        .map(|version| {
            json!({
                "label": version.label(),
                "url": format!("/services/data/v{version}"),
                "version": version.to_string(),
            })
        })
        .collect();
    Answer::json(200, Value::from(all))
}

/// The resources of a version.
pub(super) fn resources(request: &Request) -> Result<Answer, ApiError> {
    only_get(request)?;
    let path = |name: &str| Value::from(format!("/services/data/v{}/{name}", request.version));
    let names = ["composite", "limits", "query", "queryAll", "sobjects"];
    Ok(Answer::json(
        200,
        Value::Object(names.map(|name| (name.to_owned(), path(name))).into_iter().collect()),
    ))
}

pub(super) fn limits(request: &Request, usage: Usage) -> Result<Answer, ApiError> {
    only_get(request)?;
    let remaining = usage.allowed.saturating_sub(usage.used);
    let whole = |max: u64| json!({ "Max": max, "Remaining": max });
    Ok(Answer::json(
        200,
        json!({
            "DailyApiRequests": { "Max": usage.allowed, "Remaining": remaining },
            "DataStorageMB": whole(5),
            "FileStorageMB": whole(20),
            "DailyBulkApiBatches": whole(15_000),
            "DailyStreamingApiEvents": whole(10_000),
        }),
    ))
}

pub(super) fn global_describe(engine: &Engine, request: &Request) -> Result<Answer, ApiError> {
    only_get(request)?;
    let version = request.version.to_string();
    let objects: Vec<Value> =
        engine.schema.objects().iter().map(|object| Value::Object(schema::brief(object, &version))).collect();
    Ok(Answer::json(200, json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects })))
}

pub(super) fn basic_information(
    engine: &Engine,
    request: &Request,
    object: &str,
) -> Result<Answer, ApiError> {
    let object = engine.schema.object(engine.object_named(object)?);
    let brief = schema::brief(object, &request.version.to_string());
    Ok(Answer::json(200, json!({ "objectDescribe": brief, "recentItems": [] })))
}

pub(super) fn describe(engine: &Engine, request: &Request, object: &str) -> Result<Answer, ApiError> {
    only_get(request)?;
    let at = engine.object_named(object)?;
    let mut whole: Map<String, Value> = schema::brief(engine.schema.object(at), &request.version.to_string());
    whole.extend(schema::details(&engine.schema, at));
    Ok(Answer::json(200, Value::Object(whole)))
}

fn only_get(request: &Request) -> Result<(), ApiError> {
    if request.method == http::Method::GET || request.method == http::Method::HEAD {
        return Ok(());
    }
    Err(not_allowed(request, "GET,HEAD"))
}
