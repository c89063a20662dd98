//! GET /search?q=FIND..., GET and POST /parameterizedSearch

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Answer, Request};
use crate::{
    engine::{Engine, Fields},
    error::{ApiError, Code},
    search::FieldGroup,
    soql::{self, Statement, View},
};

/// See Salesforce, "Search (REST API Developer Guide)".
pub(super) fn sosl(engine: &Engine, request: &Request) -> Result<Answer, ApiError> {
    request.only("GET,HEAD")?;
    let text = request.parameter("q").filter(|text| !text.trim().is_empty()).ok_or_else(|| {
        ApiError::new(Code::MalformedSearch, "SOSL statement is missing: the parameter q is required")
    })?;
    Ok(found(engine, request, &soql::find(engine, text)?))
}

/// A search by parameters, in the URL or as a JSON body.
///
/// See Salesforce, "Parameterized Search (REST API Developer Guide)".
pub(super) fn parameterized(engine: &Engine, request: &Request) -> Result<Answer, ApiError> {
    request.only("GET,HEAD,POST")?;
    let asked = if request.method == http::Method::POST { request.fields()? } else { from_url(request) };
    let missing =
        |name: &str| ApiError::new(Code::MissingArgument, format!("The parameter {name} is required"));
    let term = asked.get("q").and_then(Value::as_str).ok_or_else(|| missing("q"))?;
    let group = asked.get("in").and_then(Value::as_str).map(|name| {
        FieldGroup::named(name)
            .ok_or_else(|| ApiError::new(Code::InvalidSearch, format!("There is no search group {name}")))
    });
    let fields = names(asked.get("fields"));
    let objects = asked.get("sobjects").and_then(Value::as_array).cloned().unwrap_or_default();
    if !fields.is_empty() && objects.is_empty() {
        return Err(missing("sobjects"));
    }
    let default_limit = asked.get("defaultLimit").and_then(Value::as_u64);
    let targets: Vec<String> =
        objects.iter().map(|object| target(object, &fields, default_limit)).collect::<Result<_, _>>()?;
    let mut clauses = String::new();
    if !targets.is_empty() {
        clauses = format!("RETURNING {}", targets.join(", "));
    }
    if let Some(limit) = asked.get("overallLimit").and_then(Value::as_u64) {
        let _ = write!(clauses, " LIMIT {limit}");
    }
    Ok(found(engine, request, &soql::statement(engine, term, group.transpose()?, &clauses)?))
}

fn found(engine: &Engine, request: &Request, statement: &Statement) -> Answer {
    let version = request.version.to_string();
    let view = View::new(engine, &version);
    let records: Vec<Value> = statement
        .plans
        .iter()
        .flat_map(|plan| soql::run(engine, plan).into_iter().map(move |serial| (plan, serial)))
        .take(statement.limit)
        .filter_map(|(plan, serial)| {
            let row = engine.store.row(plan.object, serial)?;
            Some(view.record(plan.object, row, plan.projection.as_ref()?))
        })
        .collect();
    Answer::json(200, json!({ "searchRecords": records }))
}

/// One object of the search as SOSL writes it.
fn target(object: &Value, fields: &[String], limit: Option<u64>) -> Result<String, ApiError> {
    let name = object["name"].as_str();
    let name = name.ok_or_else(|| ApiError::new(Code::MissingArgument, "An sobject needs a name"))?;
    let own = names(object.get("fields"));
    let fields = if own.is_empty() { fields } else { &own };
    let mut inside = if fields.is_empty() { "Id".to_owned() } else { fields.join(", ") };
    for (key, clause) in [("where", "WHERE"), ("orderBy", "ORDER BY")] {
        if let Some(text) = object[key].as_str() {
            let _ = write!(inside, " {clause} {text}");
        }
    }
    if let Some(limit) = object["limit"].as_u64().or(limit) {
        let _ = write!(inside, " LIMIT {limit}");
    }
    Ok(format!("{name}({inside})"))
}

/// Names in an array, or in a text with commas.
fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// `?q=..&sobject=Contact&Contact.fields=Id,Name&in=PHONE` in the form of the JSON body.
fn from_url(request: &Request) -> Fields {
    let mut asked = Fields::new();
    for name in ["q", "in", "fields"] {
        if let Some(text) = request.parameter(name) {
            asked.insert(name.to_owned(), Value::from(text));
        }
    }
    for name in ["defaultLimit", "overallLimit"] {
        if let Some(number) = request.parameter(name).and_then(|text| text.parse::<u64>().ok()) {
            asked.insert(name.to_owned(), Value::from(number));
        }
    }
    let objects: Vec<Value> = request
        .query
        .iter()
        .filter(|(key, _)| key == "sobject")
        .map(|(_, object)| {
            let own = |key: &str| request.parameter(&format!("{object}.{key}"));
            json!({
                "name": object,
                "fields": own("fields"),
                "where": own("where"),
                "orderBy": own("orderBy"),
                "limit": own("limit").and_then(|limit| limit.parse::<u64>().ok()),
            })
        })
        .collect();
    if !objects.is_empty() {
        asked.insert("sobjects".to_owned(), Value::from(objects));
    }
    asked
}
