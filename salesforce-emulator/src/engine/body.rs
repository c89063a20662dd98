//! Reads the JSON object of a create or an update, as strictly as the org.

use serde_json::Value;

use super::{Engine, Fields, value};
use crate::{
    error::{ApiError, Code},
    schema::{Kind, RECORD_TYPE, Trait, column},
};

/// Columns with the values a request gives them.
pub(super) type Given = Vec<(usize, Value)>;

impl Engine {
    /// Checks every name and value of a body; `needed` is what the fields must allow.
    pub(super) fn read_body(&self, object: usize, body: &Fields, needed: Trait) -> Result<Given, ApiError> {
        let mut given = Given::with_capacity(body.len());
        let mut refused = Vec::new();
        for (name, given_value) in body {
            if name == "attributes" {
                continue;
            }
            let (column, value) = self.read_member(object, name, given_value)?;
            let field = &self.schema.object(object).fields[column];
            if !field.has(needed) {
                refused.push(field.name.clone());
                continue;
            }
            let value = match field.kind {
                _ if field.name == RECORD_TYPE => self.usable_record_type(object, given_value, &value)?,
                Kind::Reference => self.target(field, value)?,
                _ => value,
            };
            given.push((column, value));
        }
        if refused.is_empty() { Ok(given) } else { Err(not_writable(refused)) }
    }

    fn read_member(&self, object: usize, name: &str, value: &Value) -> Result<(usize, Value), ApiError> {
        let known = self.schema.object(object);
        if let Some(at) = known.seen(name) {
            if at == column::ID {
                return Err(ApiError::new(
                    Code::InvalidField,
                    "The Id field should not be specified in the sobject data.",
                ));
            }
            let field = &known.fields[at];
            let writable = field.has(Trait::Create) || field.has(Trait::Update);
            return Ok((at, if writable { value::stored(field, value)? } else { Value::Null }));
        }
        match (known.seen_relationship(name), value) {
            (Some(at), Value::Object(parent)) => Ok((at, self.resolve_parent(object, at, parent)?)),
            _ => Err(ApiError::new(
                Code::InvalidField,
                format!("No such column '{name}' on sobject of type {}", known.name),
            )),
        }
    }
}

pub(super) fn not_writable(fields: Vec<String>) -> ApiError {
    let message = format!(
        "Unable to create/update fields: {}. Please check the security settings of this field and verify \
         that it is read/write for your profile or permission set.",
        fields.join(", ")
    );
    ApiError::new(Code::InvalidFieldForWrite, message).on_fields(fields)
}
