//! GET /services/data, /limits, /sobjects, /sobjects/{object} and /sobjects/{object}/describe

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Answer, Request, Usage, Version, oauth};
use crate::{
    engine::{Engine, Operation},
    error::ApiError,
    schema::{ObjectType, describe as schema},
};

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

/// The resources of a version, and who asks.
pub(super) fn resources(engine: &Engine, request: &Request, usage: Usage<'_>) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let path = |name: &str| Value::from(format!("/services/data/v{}/{name}", request.version));
    let names =
        ["composite", "jobs", "limits", "parameterizedSearch", "query", "queryAll", "search", "sobjects"];
    let mut resources: Map<String, Value> =
        names.map(|name| (name.to_owned(), path(name))).into_iter().collect();
    resources.insert("identity".to_owned(), Value::from(oauth::identity_url(usage.base, engine.actor)));
    Ok(Answer::json(200, Value::Object(resources)))
}

/// See Salesforce, "Limits (REST API Developer Guide)".
pub(super) fn limits(request: &Request, usage: Usage<'_>) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let remaining = usage.allowed.saturating_sub(usage.used);
    let mut limits: Map<String, Value> = UNUSED
        .iter()
        .map(|(name, max)| ((*name).to_owned(), json!({ "Max": max, "Remaining": max })))
        .collect();
    limits.insert("DailyApiRequests".to_owned(), json!({ "Max": usage.allowed, "Remaining": remaining }));
    Ok(Answer::json(200, Value::Object(limits)))
}

pub(super) fn global_describe(engine: &Engine, request: &Request) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    if let Some(answer) = unchanged(engine, request) {
        return Ok(answer);
    }
    let version = request.version.to_string();
    let objects: Vec<Value> = engine
        .schema
        .seen_objects()
        .filter(|object| !object.is_tooling())
        .map(|object| Value::Object(brief(engine, object, &version)))
        .collect();
    Ok(Answer::json(200, json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects })))
}

pub(super) fn basic_information(
    engine: &Engine,
    request: &Request,
    object: &str,
) -> Result<Answer, ApiError> {
    let object = engine.schema.object(engine.object_named(object)?);
    let brief = brief(engine, object, &request.version.to_string());
    Ok(Answer::json(200, json!({ "objectDescribe": brief, "recentItems": [] })))
}

pub(super) fn describe(engine: &Engine, request: &Request, object: &str) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let at = engine.object_named(object)?;
    if let Some(answer) = unchanged(engine, request) {
        return Ok(answer);
    }
    let version = request.version.to_string();
    let mut whole = brief(engine, engine.schema.object(at), &version);
    whole.extend(schema::details(&engine.schema, at));
    whole.insert("recordTypeInfos".to_owned(), engine.record_type_infos(at, &version));
    Ok(Answer::json(200, Value::Object(whole)).header("last-modified", http_date(engine.born)))
}

/// An object in brief, with what users may do with its records.
fn brief(engine: &Engine, object: &ObjectType, version: &str) -> Map<String, Value> {
    let mut brief = schema::brief(object, version);
    for (key, operation) in [
        ("createable", Operation::Insert),
        ("updateable", Operation::Update),
        ("deletable", Operation::Delete),
    ] {
        brief.insert(key.to_owned(), Value::Bool(engine.rules.allows(engine.actor, &object.name, operation)));
    }
    brief
}

/// 304, when the schema is older than what the client has. It does not change while the org runs.
fn unchanged(engine: &Engine, request: &Request) -> Option<Answer> {
    let since = request.options.modified_since?;
    (engine.born.as_second() <= since.as_second()).then(|| Answer::empty(304))
}

fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Limits that nothing in this org uses up.
const UNUSED: [(&str, u64); 9] = [
    ("ConcurrentAsyncGetReportInstances", 200),
    ("DailyAsyncApexExecutions", 250_000),
    ("DailyBulkApiBatches", 15_000),
    ("DailyBulkV2QueryJobs", 10_000),
    ("DailyStreamingApiEvents", 10_000),
    ("DataStorageMB", 5),
    ("FileStorageMB", 20),
    ("HourlyPublishedPlatformEvents", 50_000),
    ("SingleEmail", 15),
];
