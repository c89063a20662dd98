//! Carries a job out: each row by itself, in order.

use serde_json::Value;

use super::{
    Ingest, State,
    ingest::{Failure, Written},
    text,
};
use crate::{
    csv,
    engine::{Engine, Fields, Upserted},
    error::{ApiError, Code},
    id::RecordId,
    schema::{Kind, column},
};

/// Writes what the data of a job says, and fills in the results.
pub(crate) fn process(engine: &mut Engine, ingest: &mut Ingest) {
    ingest.job.state = match run(engine, ingest) {
        Ok(()) => State::JobComplete,
        Err(message) => {
            ingest.error = Some(message);
            State::Failed
        }
    };
}

fn run(engine: &mut Engine, ingest: &mut Ingest) -> Result<(), String> {
    let data = ingest.data.clone().unwrap_or_default();
    let data = text(&data).ok_or("InvalidBatch : The data is not encoded in UTF-8")?;
    let format = ingest.job.format;
    let first_line = data.split_inclusive('\n').next().unwrap_or_default();
    if first_line.ends_with("\r\n") != format.ends_with_return && first_line.ends_with('\n') {
        let setting = if format.ends_with_return { "CRLF" } else { "LF" };
        return Err(format!(
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {setting}"
        ));
    }
    let rows = csv::rows(data, format.delimiter);
    let mut rows = rows.map_err(|_| "InvalidBatch : A quoted value has no end")?.into_iter();
    let object = engine.schema.seen(&ingest.job.object).ok_or("InvalidEntity : Entity is not available")?;
    ingest.header = rows.next().unwrap_or_default();
    if let Some(unknown) = ingest.header.iter().find(|name| !is_known(engine, object, name)) {
        let message = format!("InvalidBatch : Field name not found : {unknown}");
        ingest.unprocessed = rows.collect();
        return Err(message);
    }
    for row in rows {
        match write(engine, ingest, object, &row) {
            Ok((id, created)) => ingest.written.push(Written { id, created, row }),
            Err(error) => {
                let id = value_of(&ingest.header, &row, "Id").unwrap_or_default().to_owned();
                ingest.failed.push(Failure { id, error: shown(&error), row });
            }
        }
    }
    Ok(())
}

fn is_known(engine: &Engine, object: usize, name: &str) -> bool {
    let known = engine.schema.object(object);
    match name.split_once('.') {
        Some((relationship, _)) => known.seen_relationship(relationship).is_some(),
        None => known.seen(name).is_some(),
    }
}

fn write(
    engine: &mut Engine,
    ingest: &Ingest,
    object: usize,
    row: &[String],
) -> Result<(RecordId, bool), ApiError> {
    let mut fields = fields(engine, object, &ingest.header, row)?;
    let id = value_of(&ingest.header, row, "Id").filter(|id| !id.is_empty());
    let missing =
        |name: &str| ApiError::on_field(Code::MissingArgument, format!("{name} not specified"), name);
    match ingest.job.operation.as_str() {
        "insert" => engine.insert(object, &fields, None).map(|id| (id, true)),
        "upsert" => {
            let name = ingest.external_id.as_deref().unwrap_or("Id");
            let column = engine.key_column(object, name).ok_or_else(|| missing(name))?;
            let key = value_of(&ingest.header, row, name).filter(|key| !key.is_empty());
            if column == column::ID && key.is_none() {
                return engine.insert(object, &fields, None).map(|id| (id, true));
            }
            let key = key.ok_or_else(|| missing(name))?;
            fields.retain(|known, _| !known.eq_ignore_ascii_case(name));
            match engine.upsert(object, column, key, &fields, false)? {
                Upserted::Created(id) => Ok((id, true)),
                Upserted::Updated(id) => Ok((id, false)),
                Upserted::Several(_) => {
                    let message = format!("{name}: more than one record found for external id field");
                    Err(ApiError::on_field(Code::DuplicateExternalId, message, name))
                }
            }
        }
        operation => {
            let serial = engine.locate(object, id.ok_or_else(|| missing("Id"))?)?;
            let id = engine.id(object, serial);
            match operation {
                "update" => engine.update(object, serial, &fields)?,
                _ => engine.delete(object, serial)?,
            }
            Ok((id, false))
        }
    }
}

/// A row as a JSON object; an empty value says nothing, `#N/A` says null.
fn fields(engine: &Engine, object: usize, header: &[String], row: &[String]) -> Result<Fields, ApiError> {
    let known = engine.schema.object(object);
    let mut fields = Fields::new();
    for (name, text) in header.iter().zip(row) {
        if text.is_empty() || name.eq_ignore_ascii_case("Id") {
            continue;
        }
        if let Some((relationship, key)) = name.split_once('.') {
            let parent = Fields::from_iter([(key.to_owned(), Value::from(text.as_str()))]);
            fields.insert(relationship.to_owned(), Value::Object(parent));
            continue;
        }
        let kind = known.field(name).map_or(Kind::Text, |at| known.fields[at].kind);
        fields.insert(name.clone(), value(kind, name, text)?);
    }
    Ok(fields)
}

fn value(kind: Kind, name: &str, text: &str) -> Result<Value, ApiError> {
    if text == "#N/A" {
        return Ok(Value::Null);
    }
    let bad = || {
        let message = format!("invalid value for a field of type {}: {text}", kind.name());
        ApiError::on_field(Code::InvalidTypeOnField, message, name)
    };
    match kind {
        Kind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(bad()),
        },
        kind if kind.is_number() => {
            let number = text.parse::<serde_json::Number>().map_err(|_| bad())?;
            Ok(Value::Number(number))
        }
        _ => Ok(Value::from(text)),
    }
}

fn value_of<'a>(header: &[String], row: &'a [String], name: &str) -> Option<&'a str> {
    let at = header.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    row.get(at).map(String::as_str)
}

/// `REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --`
fn shown(error: &ApiError) -> String {
    let fields = error.fields.as_deref().unwrap_or_default().join(",");
    format!("{}:{}:{fields} --", error.code.as_str(), error.message)
}
