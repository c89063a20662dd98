//! POST, PATCH, GET and DELETE /composite/sobjects, and the same with an object or an external id

use serde_json::{Value, json};

use super::{Answer, Request, not_allowed, sobjects};
use crate::{
    engine::{Engine, Fields, Keyed, Upserted},
    error::{ApiError, Code},
    id::RecordId,
};

/// Creates, changes or deletes up to 200 records of any objects.
///
/// See Salesforce, "sObject Collections (REST API Developer Guide)".
pub(super) fn records(engine: &mut Engine, request: &Request) -> Result<Answer, ApiError> {
    match request.method.as_str() {
        "POST" => each(engine, request, |engine, object, record| {
            refuse_id(&record)?;
            let id = engine.insert(object, &record, None)?;
            Ok(json!({ "id": id.to_string(), "success": true, "errors": [] }))
        }),
        "PATCH" => each(engine, request, |engine, object, mut record| {
            let id = take_id(&mut record)
                .ok_or_else(|| ApiError::new(Code::MissingArgument, "Id not specified in an update call"))?;
            let serial = engine.locate(object, &id)?;
            engine.update(object, serial, &record)?;
            Ok(json!({ "id": engine.id(object, serial).to_string(), "success": true, "errors": [] }))
        }),
        "DELETE" => delete(engine, request),
        _ => Err(not_allowed(request, "DELETE,PATCH,POST")),
    }
}

/// Creates or changes up to 200 records of one object by an external id.
pub(super) fn upsert(
    engine: &mut Engine,
    request: &Request,
    object: &str,
    field: &str,
) -> Result<Answer, ApiError> {
    request.only("PATCH")?;
    let named = engine.object_named(object)?;
    let column = sobjects::key_column(engine, named, field)?;
    let name = engine.schema.object(named).fields[column].name.clone();
    each(engine, request, |engine, object, mut record| {
        if object != named {
            return Err(ApiError::new(Code::InvalidType, "All records must be of the object in the path"));
        }
        let key = record.keys().find(|known| known.eq_ignore_ascii_case(&name)).cloned();
        let key = key.and_then(|key| record.remove(&key)).unwrap_or_default();
        let text = match key {
            Value::Null => {
                let message = format!("{name} not specified");
                return Err(ApiError::on_field(Code::MissingArgument, message, &name));
            }
            Value::String(text) => text,
            other => other.to_string(),
        };
        let (id, created) = match engine.upsert(object, column, &text, &record, false)? {
            Upserted::Created(id) => (id, true),
            Upserted::Updated(id) => (id, false),
            Upserted::Several(_) => {
                let message = format!("{name}: more than one record found for external id field");
                return Err(ApiError::on_field(Code::DuplicateExternalId, message, &name));
            }
        };
        Ok(json!({ "id": id.to_string(), "success": true, "errors": [], "created": created }))
    })
}

/// Reads records of one object by their ids; an id without a record gives null in its place.
pub(super) fn retrieve(engine: &Engine, request: &Request, object: &str) -> Result<Answer, ApiError> {
    request.only("GET,POST")?;
    let object = engine.object_named(object)?;
    let (ids, fields) = if request.method == http::Method::GET {
        let list = |name: &str| -> Vec<String> {
            let given = request.parameter(name).unwrap_or_default();
            given.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
        };
        (list("ids"), list("fields"))
    } else {
        let body = request.fields()?;
        let list = |name: &str| -> Vec<String> {
            let items = body.get(name).and_then(Value::as_array);
            items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        (list("ids"), list("fields"))
    };
    if ids.is_empty() || fields.is_empty() {
        let missing = if ids.is_empty() { "ids" } else { "fields" };
        return Err(ApiError::new(Code::MissingArgument, format!("The parameter {missing} is required")));
    }
    if ids.len() > MAX_RETRIEVED {
        return Err(ApiError::new(
            Code::ExceededIdLimit,
            format!("No more than {MAX_RETRIEVED} ids are allowed"),
        ));
    }
    let names = fields.join(",");
    let records = ids
        .iter()
        .map(|id| match engine.find_keyed(object, crate::schema::column::ID, id) {
            Ok(Keyed::One(serial)) => sobjects::record_of(engine, request, object, serial, Some(&names)),
            _ => Ok(Value::Null),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::json(200, Value::from(records)))
}

fn delete(engine: &mut Engine, request: &Request) -> Result<Answer, ApiError> {
    let ids: Vec<String> = request
        .parameter("ids")
        .unwrap_or_default()
        .split(',')
        .map(|id| id.trim().to_owned())
        .filter(|id| !id.is_empty())
        .collect();
    if ids.is_empty() {
        return Err(ApiError::new(Code::MissingArgument, "The parameter ids is required"));
    }
    if ids.len() > MAX_RECORDS {
        return Err(too_many());
    }
    Ok(all(engine, &ids, request.flag("allOrNone"), |engine, id| {
        let object = RecordId::parse(id).and_then(|id| engine.schema.by_prefix(id.prefix()));
        let object = object.ok_or_else(|| ApiError::new(Code::MalformedId, format!("malformed id {id}")))?;
        let serial = engine.locate(object, id)?;
        engine.delete(object, serial)?;
        Ok(json!({ "id": engine.id(object, serial).to_string(), "success": true, "errors": [] }))
    }))
}

fn each(
    engine: &mut Engine,
    request: &Request,
    write: impl Fn(&mut Engine, usize, Fields) -> Result<Value, ApiError>,
) -> Result<Answer, ApiError> {
    let body = request.fields()?;
    let records = body.get("records").and_then(Value::as_array).ok_or_else(|| {
        ApiError::new(Code::JsonParser, "The body needs records, which is an array of JSON objects")
    })?;
    if records.len() > MAX_RECORDS {
        return Err(too_many());
    }
    let all_or_none = body.get("allOrNone").and_then(Value::as_bool).unwrap_or(false);
    Ok(all(engine, records, all_or_none, |engine, record| {
        let fields = record.as_object().cloned();
        let fields =
            fields.ok_or_else(|| ApiError::new(Code::JsonParser, "A record is not a JSON object"))?;
        let kind = record["attributes"]["type"].as_str().ok_or_else(|| {
            ApiError::new(Code::InvalidInput, "A record needs attributes with the type of its object")
        })?;
        let object = engine.schema.seen(kind);
        let object = object.ok_or_else(|| {
            ApiError::new(Code::InvalidType, format!("sObject type '{kind}' is not supported."))
        })?;
        write(engine, object, fields)
    }))
}

/// Does one thing to each item; what fails fails alone, or undoes everything.
fn all<T>(
    engine: &mut Engine,
    items: &[T],
    all_or_none: bool,
    work: impl Fn(&mut Engine, &T) -> Result<Value, ApiError>,
) -> Answer {
    let outcome = engine.atomically(|engine| {
        let results: Vec<_> = items.iter().map(|item| work(engine, item)).collect();
        if all_or_none && results.iter().any(Result::is_err) { Err(results) } else { Ok(results) }
    });
    let (results, undone) = match outcome {
        Ok(results) => (results, false),
        Err(results) => (results, true),
    };
    let results: Vec<Value> = results
        .into_iter()
        .map(|result| match result {
            Ok(_) if undone => failure(&ApiError::new(
                Code::RolledBack,
                "Record rolled back because not all records were valid and the request was using AllOrNone header",
            )),
            Ok(result) => result,
            Err(error) => failure(&error),
        })
        .collect();
    Answer::json(200, Value::from(results))
}

fn failure(error: &ApiError) -> Value {
    json!({ "success": false, "errors": [error.item()] })
}

fn take_id(record: &mut Fields) -> Option<String> {
    let name = record.keys().find(|name| name.eq_ignore_ascii_case("Id")).cloned()?;
    record.remove(&name)?.as_str().map(str::to_owned)
}

fn refuse_id(record: &Fields) -> Result<(), ApiError> {
    if record.keys().any(|name| name.eq_ignore_ascii_case("Id")) {
        return Err(
            ApiError::new(Code::InvalidField, "cannot specify Id in an insert call").on_fields(["Id"])
        );
    }
    Ok(())
}

fn too_many() -> ApiError {
    let message = format!("record limit reached. cannot submit more than {MAX_RECORDS} records in this call");
    ApiError::new(Code::ExceededIdLimit, message)
}

const MAX_RECORDS: usize = 200;
const MAX_RETRIEVED: usize = 2_000;
