//! GET /tooling/query, POST /tooling/sobjects/CustomField

use serde_json::{Value, json};

use super::{Answer, Request};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
    schema::Field,
};

/// Makes a custom field.
///
/// See Salesforce, "`CustomField` (Tooling API)".
pub(super) fn create_field(engine: &mut Engine, request: &Request) -> Result<Answer, ApiError> {
    request.only("POST")?;
    let body = request.fields()?;
    let full_name = body.get("FullName").and_then(Value::as_str).unwrap_or_default();
    let named = full_name.split_once('.').filter(|(_, name)| name.ends_with("__c") && name.len() > 3);
    let (table, name) = named.ok_or_else(|| {
        ApiError::on_field(Code::InvalidFullName, "FullName must be such as Account.Key__c", "FullName")
    })?;
    let field = field(name, body.get("Metadata").unwrap_or(&Value::Null))?;
    let id = engine.create_field(table, &field)?;
    Ok(Answer::json(
        201,
        json!({ "id": id.to_string(), "success": true, "errors": [], "warnings": [], "infos": [] }),
    ))
}

fn field(name: &str, metadata: &Value) -> Result<Field, ApiError> {
    let number = |key: &str| metadata[key].as_u64();
    let kind = metadata["type"].as_str().unwrap_or_default();
    let length = number("length").and_then(|length| usize::try_from(length).ok());
    let missing = |what: &str| {
        ApiError::on_field(
            Code::RequiredFieldMissing,
            format!("A field of type {kind} needs {what}"),
            "Metadata",
        )
    };
    let digits = |key: &str| number(key).and_then(|digits| u32::try_from(digits).ok());
    let mut field = match kind {
        "Text" if metadata["externalId"] == true => {
            Field::external_id(name).sized_to(length.ok_or_else(|| missing("a length"))?)
        }
        "Text" => Field::text(name, length.ok_or_else(|| missing("a length"))?),
        "LongTextArea" => Field::long_text(name, length.ok_or_else(|| missing("a length"))?),
        "Phone" => Field::phone(name),
        "Email" => Field::email(name),
        "Checkbox" => Field::checkbox(name),
        "Date" => Field::date(name),
        "DateTime" => Field::datetime(name),
        "Number" => {
            let precision = digits("precision").ok_or_else(|| missing("a precision"))?;
            let scale = digits("scale").unwrap_or(0);
            Field::number(name, precision.saturating_sub(scale), scale)
        }
        other => {
            let message = format!("The emulator cannot make a field of type {other}");
            return Err(ApiError::on_field(Code::InvalidInput, message, "Metadata"));
        }
    };
    if metadata["externalId"] == true && metadata["unique"] != true {
        field = field.not_unique();
    } else if metadata["unique"] == true {
        field = field.unique();
    }
    if let Some(label) = metadata["label"].as_str() {
        field = field.label(label);
    }
    if metadata["required"] == true {
        field = field.required();
    }
    Ok(field)
}
