//! What an administrator set up, checked against the schema: nothing in it may name what is not there.

use super::Line;
use crate::{
    engine::{Engine, fits},
    error::OrgError,
    schema::{Kind, Schema, is_developer_name},
    soql::Test,
};

/// A validation rule as it is written.
pub(super) struct Condition {
    pub(super) object: String,
    pub(super) message: String,
    /// As after `WHERE` in a query.
    pub(super) violated_when: String,
    pub(super) line: Line,
}

/// A duplicate rule as it is written.
pub(super) struct DuplicateRule {
    pub(super) object: String,
    pub(super) fields: Vec<String>,
    pub(super) line: Line,
}

pub(super) fn add_conditions(engine: &mut Engine, conditions: Vec<Condition>) -> Result<(), OrgError> {
    for Condition { object: name, message, violated_when, line } in conditions {
        let object = engine.schema.find(&name);
        let object = object.ok_or_else(|| line.wrong(&format!("a rule is for the unknown object {name}")))?;
        let test = Test::new(engine, object, &violated_when);
        let test =
            test.map_err(|_| line.wrong(&format!("the condition of a rule for {name} cannot be read")))?;
        engine.rules.refuse_when(test, message);
    }
    Ok(())
}

pub(super) fn add_duplicate_rules(engine: &mut Engine, rules: Vec<DuplicateRule>) -> Result<(), OrgError> {
    for DuplicateRule { object: name, fields, line } in rules {
        let known = engine.schema.find(&name).map(|at| engine.schema.object(at));
        let known =
            known.ok_or_else(|| line.wrong(&format!("a duplicate rule is for the unknown object {name}")))?;
        if fields.is_empty() {
            return Err(line.wrong(&format!("the duplicate rule for {name} compares no field")));
        }
        if let Some(unknown) = fields.iter().find(|field| known.field(field).is_none()) {
            return Err(
                line.wrong(&format!("the duplicate rule for {name} compares the unknown field {unknown}"))
            );
        }
        engine.rules.forbid_duplicates(name, fields);
    }
    Ok(())
}

/// Refuses a rule in code for what is not there.
pub(super) fn check_validations(engine: &Engine) -> Result<(), OrgError> {
    match engine.rules.validated().find(|name| engine.schema.find(name).is_none()) {
        Some(name) => Err(Line::NONE.wrong(&format!("a rule is for the unknown object {name}"))),
        None => Ok(()),
    }
}

/// Refuses custom fields that no org could have.
pub(super) fn check_fields(schema: &Schema) -> Result<(), OrgError> {
    for object in schema.objects() {
        for field in object.fields.iter().filter(|field| field.is_custom()) {
            let wrong = |what: &str| {
                Err(field.line.wrong(&format!("the field {}.{} {what}", object.name, field.name)))
            };
            let stem = field.name.strip_suffix("__c").unwrap_or(&field.name);
            if !is_developer_name(stem) {
                return wrong("has a name that no field can have");
            }
            let lengths = match field.kind {
                Kind::Text => 1..=255,
                Kind::TextArea => 256..=131_072,
                _ => 0..=usize::MAX,
            };
            if !lengths.contains(&field.length) {
                let (least, most) = (lengths.start(), lengths.end());
                return wrong(&format!("is {} long, and can be from {least} to {most}", field.length));
            }
            if field.kind == Kind::Double && field.digits + field.scale > MOST_DIGITS {
                return wrong("has more than 18 digits");
            }
            if !field.default.is_null() && !fits(field, &field.default) {
                return wrong("has a default that does not fit it");
            }
        }
    }
    Ok(())
}

/// See Salesforce, "Custom Field Attributes".
const MOST_DIGITS: u32 = 18;
