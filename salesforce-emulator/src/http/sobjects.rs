//! POST /sobjects/{object}, GET, PATCH and DELETE /sobjects/{object}/{id} and /{field}/{value}

use serde_json::{Value, json};

use super::{Answer, Body, Form, Request, Version, data, not_allowed};
use crate::{
    engine::{Engine, Keyed, Upserted, parse_datetime},
    error::{ApiError, Code},
    id::RecordId,
    schema::{Kind, column},
};

/// `sobjects/{object}`: a new record, or the object in brief.
pub(super) fn collection(engine: &mut Engine, request: &Request, object: &str) -> Result<Answer, ApiError> {
    match request.method.as_str() {
        "POST" => {
            let object = engine.object_named(object)?;
            let fields = request.fields()?;
            let id = match &request.body {
                Body::Form(form) => with_file(engine, object, form)?,
                _ => engine.insert(object, &fields, None)?,
            };
            let location = path(engine, request, object, id);
            Ok(if engine.schema.object(object).is_event() {
                Answer::enqueued(id, location)
            } else {
                Answer::created(id, location)
            })
        }
        "GET" | "HEAD" => data::basic_information(engine, request, object),
        _ => Err(not_allowed(request, "GET,HEAD,POST")),
    }
}

/// Creates a record whose file came beside it.
fn with_file(engine: &mut Engine, object: usize, form: &Form) -> Result<RecordId, ApiError> {
    let known = engine.schema.object(object);
    let is_blob = |name: &str| known.seen(name).is_some_and(|at| known.fields[at].kind == Kind::Base64);
    match form.files.as_slice() {
        [(name, blob)] if is_blob(name) => engine.insert_with_file(object, &form.fields, blob.clone()),
        _ => Err(ApiError::new(
            Code::InvalidMultipart,
            "A multipart body has one file, named as the binary field of the object",
        )),
    }
}

/// `sobjects/{object}/{id}`
pub(super) fn record(
    engine: &mut Engine,
    request: &Request,
    object: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    let object = engine.object_named(object)?;
    let serial = engine.locate(object, id)?;
    one(engine, request, object, serial)
}

/// `sobjects/{object}/{field}/{value}`
pub(super) fn keyed(
    engine: &mut Engine,
    request: &Request,
    object: &str,
    field: &str,
    value: &str,
) -> Result<Answer, ApiError> {
    let object = engine.object_named(object)?;
    let column = key_column(engine, object, field)?;
    if value.is_empty() {
        return Err(ApiError::missing_resource());
    }
    if request.method == http::Method::PATCH {
        return upsert(engine, request, object, column, value);
    }
    match engine.find_keyed(object, column, value)? {
        Keyed::One(serial) => one(engine, request, object, serial),
        Keyed::Several(ids) => Ok(several(engine, request, object, &ids)),
    }
}

/// `sobjects/{object}/{id}/{field}`: the bytes themselves.
pub(super) fn blob(
    engine: &mut Engine,
    request: &Request,
    object: &str,
    id: &str,
    field: &str,
) -> Result<Answer, ApiError> {
    let object = engine.object_named(object)?;
    let serial = engine.locate(object, id)?;
    if engine.schema.object(object).name == "StreamingChannel" && field == "push" {
        return push(engine, request, object, serial);
    }
    request.only("GET,HEAD")?;
    let known = engine.schema.object(object);
    let is_blob = known.seen(field).is_some_and(|at| known.fields[at].kind == Kind::Base64);
    let bytes = engine.blob(engine.id(object, serial)).filter(|_| is_blob);
    bytes.cloned().map(Answer::blob).ok_or_else(ApiError::missing_resource)
}

/// Pushes texts into a generic channel.
///
/// See Salesforce, "Streaming Channel Push (REST API)".
fn push(engine: &mut Engine, request: &Request, object: usize, serial: u32) -> Result<Answer, ApiError> {
    request.only("POST")?;
    let body = request.fields()?;
    let row = engine.store.row(object, serial).ok_or_else(ApiError::missing_resource)?;
    let name = engine.whole(object, row)["Name"].as_str().unwrap_or_default().to_owned();
    let events = body.get("pushEvents").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut results = Vec::with_capacity(events.len());
    for event in events {
        engine.push_text(&name, event["payload"].as_str().unwrap_or_default());
        results.push(json!({ "fanoutCount": -1, "userOnlineStatus": {} }));
    }
    Ok(Answer::json(200, Value::from(results)))
}

/// The column of the key field that a path names.
pub(super) fn key_column(engine: &Engine, object: usize, field: &str) -> Result<usize, ApiError> {
    engine.key_column(object, field).ok_or_else(|| {
        let message = format!("Provided external ID field does not exist or is not accessible: {field}");
        ApiError::new(Code::NotFound, message)
    })
}

fn one(engine: &mut Engine, request: &Request, object: usize, serial: u32) -> Result<Answer, ApiError> {
    if request.method != http::Method::DELETE
        && let Some(answer) = unmet(engine, request, object, serial)?
    {
        return Ok(answer);
    }
    match request.method.as_str() {
        "GET" | "HEAD" => read(engine, request, object, serial),
        "PATCH" => engine.update(object, serial, &request.fields()?).map(|()| Answer::done()),
        "DELETE" => engine.delete(object, serial).map(|()| Answer::done()),
        _ => Err(not_allowed(request, "DELETE,GET,HEAD,PATCH")),
    }
}

fn upsert(
    engine: &mut Engine,
    request: &Request,
    object: usize,
    column: usize,
    value: &str,
) -> Result<Answer, ApiError> {
    let update_only = request.flag("updateOnly");
    let tells_created = request.version >= Version::TELLS_CREATED;
    match engine.upsert(object, column, value, &request.fields()?, update_only)? {
        Upserted::Created(id) => {
            let mut answer = Answer::created(id, path(engine, request, object, id));
            if tells_created {
                answer.content = super::Content::Json(upserted(id, true));
            }
            Ok(answer)
        }
        Upserted::Updated(id) if tells_created => Ok(Answer::json(200, upserted(id, false))),
        Upserted::Updated(_) => Ok(Answer::done()),
        Upserted::Several(ids) => Ok(several(engine, request, object, &ids)),
    }
}

fn upserted(id: RecordId, created: bool) -> Value {
    json!({ "id": id.to_string(), "success": true, "errors": [], "created": created })
}

/// The answer to a condition on the time of the last change that the record does not meet.
fn unmet(engine: &Engine, request: &Request, object: usize, serial: u32) -> Result<Option<Answer>, ApiError> {
    let row = engine.store.row(object, serial).ok_or_else(ApiError::missing_resource)?;
    let changed = row.values[column::LAST_MODIFIED_DATE].as_str().and_then(parse_datetime);
    let Some(changed) = changed else { return Ok(None) };
    if request.options.unmodified_since.is_some_and(|since| changed > since) {
        let message = "The record has been modified since the time given";
        return Err(ApiError::new(Code::PreconditionFailed, message));
    }
    let unchanged = request.options.modified_since.is_some_and(|since| changed <= since);
    Ok((unchanged && request.method == http::Method::GET).then(|| Answer::empty(304)))
}

fn read(engine: &Engine, request: &Request, object: usize, serial: u32) -> Result<Answer, ApiError> {
    let record = record_of(engine, request, object, serial, request.parameter("fields"))?;
    Ok(Answer::json(200, record))
}

/// A record with the fields named, or with all of them.
pub(super) fn record_of(
    engine: &Engine,
    request: &Request,
    object: usize,
    serial: u32,
    names: Option<&str>,
) -> Result<Value, ApiError> {
    let row = engine.store.row(object, serial).ok_or_else(ApiError::missing_resource)?;
    let known = engine.schema.object(object);
    let mut record = match names {
        None => engine.whole(object, row),
        Some(names) => names
            .split(',')
            .map(|name| {
                let name = name.trim();
                let column = known.seen(name).ok_or_else(|| {
                    let message = format!("No such column '{name}' on sobject of type {}", known.name);
                    ApiError::new(Code::InvalidField, message)
                })?;
                Ok((known.fields[column].name.clone(), engine.value(object, row, column)))
            })
            .collect::<Result<_, ApiError>>()?,
    };
    record.insert("Id".to_owned(), Value::from(engine.id(object, serial).to_string()));
    record.insert("attributes".to_owned(), engine.attributes(object, row, &request.version.to_string()));
    Ok(Value::Object(record))
}

fn several(engine: &Engine, request: &Request, object: usize, ids: &[RecordId]) -> Answer {
    let paths: Vec<String> = ids.iter().map(|id| path(engine, request, object, *id)).collect();
    Answer::json(300, json!(paths))
}

fn path(engine: &Engine, request: &Request, object: usize, id: RecordId) -> String {
    format!("/services/data/v{}/sobjects/{}/{id}", request.version, engine.schema.object(object).name)
}
