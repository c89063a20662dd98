//! POST /composite/tree/{object}

use serde_json::{Value, json};

use crate::{
    engine::{Engine, Fields},
    error::{ApiError, Code},
    http::{Answer, Request},
};

/// Creates records with their children, all or none.
///
/// See Salesforce, "sObject Tree (REST API Developer Guide)".
pub(in crate::http) fn run(engine: &mut Engine, request: &Request, object: &str) -> Result<Answer, ApiError> {
    request.only("POST")?;
    let object = engine.object_named(object)?;
    let body = request.fields()?;
    let records = body.get("records").and_then(Value::as_array);
    let records =
        records.ok_or_else(|| ApiError::new(Code::JsonParser, "The body needs records, an array"))?;
    let count: usize = records.iter().map(size).sum();
    if count > MAX_RECORDS {
        let message = format!("The limit of {MAX_RECORDS} records in a tree has been exceeded");
        return Err(ApiError::new(Code::LimitExceeded, message));
    }
    let outcome = engine.atomically(|engine| {
        let mut planted = Planted { results: Vec::new(), failures: Vec::new() };
        planted.all(engine, object, None, records, 1);
        if planted.failures.is_empty() { Ok(planted.results) } else { Err(planted.failures) }
    });
    Ok(match outcome {
        Ok(results) => Answer::json(201, json!({ "hasErrors": false, "results": results })),
        Err(failures) => Answer::json(400, json!({ "hasErrors": true, "results": failures })),
    })
}

/// A record and all below it.
fn size(record: &Value) -> usize {
    let below = record.as_object().into_iter().flatten().filter_map(|(_, value)| value["records"].as_array());
    1 + below.flatten().map(size).sum::<usize>()
}

struct Planted {
    results: Vec<Value>,
    failures: Vec<Value>,
}

impl Planted {
    fn all(
        &mut self,
        engine: &mut Engine,
        object: usize,
        parent: Option<(usize, &str)>,
        records: &[Value],
        depth: usize,
    ) {
        for record in records {
            let reference = record["attributes"]["referenceId"].as_str().unwrap_or_default();
            if let Err(error) = self.one(engine, object, parent, record, reference, depth) {
                self.failures.push(json!({ "referenceId": reference, "errors": [error.item()] }));
            }
        }
    }

    fn one(
        &mut self,
        engine: &mut Engine,
        object: usize,
        parent: Option<(usize, &str)>,
        record: &Value,
        reference: &str,
        depth: usize,
    ) -> Result<(), ApiError> {
        if depth > MAX_DEPTH {
            return Err(ApiError::new(
                Code::LimitExceeded,
                format!("A tree is at most {MAX_DEPTH} levels deep"),
            ));
        }
        let name = engine.schema.object(object).name.clone();
        let kind = record["attributes"]["type"].as_str().unwrap_or_default();
        if reference.is_empty() || !kind.eq_ignore_ascii_case(&name) {
            let message = format!("A record needs attributes with a referenceId and the type {name}");
            return Err(ApiError::new(Code::InvalidInput, message));
        }
        let members = record.as_object().into_iter().flatten();
        let (children, own): (Vec<_>, Vec<_>) = members.partition(|(_, value)| value["records"].is_array());
        let mut fields: Fields = own.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Some((at, id)) = parent {
            fields.insert(engine.schema.object(object).fields[at].name.clone(), Value::from(id));
        }
        let id = engine.insert(object, &fields, None)?.to_string();
        self.results.push(json!({ "referenceId": reference, "id": id }));
        for (relationship, value) in children {
            let (child, at) = engine.schema.child_named(object, relationship).ok_or_else(|| {
                let message = format!("No such relationship '{relationship}' on sobject of type {name}");
                ApiError::on_field(Code::InvalidField, message, relationship)
            })?;
            let records = value["records"].as_array().map(Vec::as_slice).unwrap_or_default();
            self.all(engine, child, Some((at, &id)), records, depth + 1);
        }
        Ok(())
    }
}

const MAX_RECORDS: usize = 200;
const MAX_DEPTH: usize = 5;
