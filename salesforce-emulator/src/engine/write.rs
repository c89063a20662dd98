//! Creates and changes records.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Draft, Engine, Fields, Operation, Row,
    body::{Given, not_writable},
    stamp, value,
};
use crate::{
    audit::AuditEntry,
    error::{ApiError, Code},
    id::RecordId,
    schema::{Kind, ObjectType, Trait, column},
};

impl Engine {
    /// Creates a record from a request's body, with the value of the key field it is upserted by.
    pub(crate) fn insert(
        &mut self,
        object: usize,
        body: &Fields,
        key: Option<(usize, &str)>,
    ) -> Result<RecordId, ApiError> {
        self.atomically(|engine| {
            let schema = Arc::clone(&engine.schema);
            let known = schema.object(object);
            engine.rules.permit(engine.actor, &known.name, Operation::Insert)?;
            let mut given = engine.read_body(object, body, Trait::Create)?;
            if let Some((at, text)) = key {
                let field = &known.fields[at];
                if !field.has(Trait::Create) {
                    return Err(not_writable(vec![field.name.clone()]));
                }
                given.push((at, value::stored(field, &Value::from(text))?));
            }
            let mut values: Vec<Value> = known.fields.iter().map(|field| field.default.clone()).collect();
            for (at, value) in &given {
                values[*at] = value.clone();
            }
            let draft = Draft { object: known, values };
            if known.is_event() {
                check_required(known, &draft.values)?;
                return Ok(engine.publish_event(object, &draft));
            }
            engine.insert_draft(object, draft, given)
        })
    }

    /// Creates a record from values that are already checked.
    pub(super) fn insert_draft(
        &mut self,
        object: usize,
        mut draft: Draft<'_>,
        given: Given,
    ) -> Result<RecordId, ApiError> {
        let serial = self.store.next_serial(object);
        let id = self.id(object, serial);
        self.check_write(object, referred(draft.object, &given))?;
        let now = Value::from(stamp(self.now()));
        draft.values[column::ID] = Value::from(id.to_string());
        draft.values[column::CREATED_DATE] = now.clone();
        draft.values[column::CREATED_BY] = Value::from(self.actor.to_string());
        if draft.get("OwnerId").is_null() {
            draft.set("OwnerId", self.actor.to_string());
        }
        self.set_record_type(object, &mut draft);
        self.check_picklists(object, &draft, &given)?;
        self.touch(&mut draft, now);
        self.compute(&mut draft, None);
        let blob = self.open_file(&mut draft)?;
        let comment = draft.take("Comments");
        check_required(draft.object, &draft.values)?;
        self.number(object, &mut draft);
        self.check_owner(&draft)?;
        self.check_unique(object, &draft, None)?;
        self.check_rules(object, &draft)?;
        self.check_duplicates(object, &draft, None)?;
        self.check_topic(&draft)?;
        self.note_write(object, serial, &draft, Operation::Insert);
        self.record_write(&draft, Operation::Insert, given);
        self.store.insert(object, draft.values);
        self.add_comment(id, comment)?;
        if let Some(blob) = blob {
            self.publish(object, id, blob)?;
        }
        Ok(id)
    }

    /// Changes the fields that a request's body gives.
    pub(crate) fn update(&mut self, object: usize, serial: u32, body: &Fields) -> Result<(), ApiError> {
        self.atomically(|engine| {
            let schema = Arc::clone(&engine.schema);
            let known = schema.object(object);
            engine.rules.permit(engine.actor, &known.name, Operation::Update)?;
            let given = engine.read_body(object, body, Trait::Update)?;
            let row = engine.store.row(object, serial).ok_or_else(ApiError::missing_resource)?;
            let own = engine.id(object, serial);
            engine.check_write(object, referred(known, &given).chain([own]))?;
            let before = Draft { object: known, values: row.values.clone() };
            let mut draft = Draft { object: known, values: before.values.clone() };
            for (at, value) in &given {
                let field = &known.fields[*at];
                if value.is_null() && field.name == "OwnerId" {
                    let message = "Owner ID: owner cannot be blank";
                    return Err(ApiError::on_field(Code::InvalidCrossReference, message, &field.name));
                }
                if value.is_null() && !field.has(Trait::Nillable) {
                    return Err(missing(&[field.name.as_str()]));
                }
                draft.values[*at] = value.clone();
            }
            engine.check_picklists(object, &draft, &given)?;
            let now = Value::from(stamp(engine.now()));
            engine.touch(&mut draft, now);
            engine.compute(&mut draft, Some(&before));
            let comment = draft.take("Comments");
            engine.check_owner(&draft)?;
            engine.check_unique(object, &draft, Some(serial))?;
            engine.check_rules(object, &draft)?;
            engine.check_duplicates(object, &draft, Some(serial))?;
            engine.check_topic(&draft)?;
            engine.note_write(object, serial, &draft, Operation::Update);
            engine.record_write(&draft, Operation::Update, given);
            engine.store.put(object, serial, Row { values: draft.values, deleted: false });
            engine.add_comment(engine.id(object, serial), comment)
        })
    }

    fn touch(&self, draft: &mut Draft<'_>, now: Value) {
        draft.values[column::LAST_MODIFIED_DATE] = now.clone();
        draft.values[column::SYSTEM_MODSTAMP] = now;
        draft.values[column::LAST_MODIFIED_BY] = Value::from(self.actor.to_string());
    }

    /// Gives auto-number fields their next number; a number once drawn is never drawn again.
    fn number(&mut self, object: usize, draft: &mut Draft<'_>) {
        for (at, field) in draft.object.fields.iter().enumerate() {
            if field.has(Trait::AutoNumber) {
                let next = self.auto_numbers.entry(object).or_insert(FIRST_NUMBER);
                draft.values[at] = Value::from(format!("{next:08}"));
                *next += 1;
            }
        }
    }

    fn check_unique(&self, object: usize, draft: &Draft<'_>, own: Option<u32>) -> Result<(), ApiError> {
        for (at, field) in draft.object.fields.iter().enumerate() {
            let Some(text) = draft.values[at].as_str().filter(|_| field.has(Trait::Unique)) else { continue };
            let holders = self.store.lookup(object, at, text).unwrap_or_default();
            if let Some(holder) = holders.into_iter().find(|serial| Some(*serial) != own) {
                let message = format!(
                    "duplicate value found: {} duplicates value on record with id: {}",
                    field.name,
                    self.id(object, holder).short()
                );
                return Err(ApiError::new(Code::DuplicateValue, message).on_fields::<String>([]));
            }
        }
        Ok(())
    }

    fn check_rules(&self, object: usize, draft: &Draft<'_>) -> Result<(), ApiError> {
        if self.rules.has_conditions(object) {
            let row = Row { values: draft.values.clone(), deleted: false };
            if let Some(message) = self.rules.met(self, object, &row) {
                return Err(ApiError::new(Code::FieldCustomValidation, message).on_fields::<String>([]));
            }
        }
        if !self.rules.applies_to(&draft.object.name) {
            return Ok(());
        }
        let names = draft.object.fields.iter().map(|field| field.name.clone());
        let record = names.zip(draft.values.iter().cloned()).collect();
        self.rules.check(&draft.object.name, &record)
    }

    /// `Comments` of a case is a way to write a comment; the case itself does not keep it.
    fn add_comment(&mut self, parent: RecordId, comment: Value) -> Result<(), ApiError> {
        if comment.is_null() {
            return Ok(());
        }
        let object = self.object_named_anywhere("CaseComment")?;
        let body = Fields::from_iter([
            ("ParentId".to_owned(), Value::from(parent.to_string())),
            ("CommentBody".to_owned(), comment),
        ]);
        self.insert(object, &body, None).map(|_| ())
    }

    pub(super) fn record_write(&mut self, draft: &Draft<'_>, operation: Operation, given: Given) {
        let fields = &draft.object.fields;
        let external_key = fields.iter().zip(&draft.values).find_map(|(field, value)| {
            let value = value.as_str().filter(|_| field.has(Trait::ExternalId))?;
            Some((field.name.clone(), value.to_owned()))
        });
        self.audit.push(AuditEntry {
            at: self.now(),
            object: draft.object.name.clone(),
            id: draft.values[column::ID].as_str().unwrap_or_default().to_owned(),
            operation,
            fields: given
                .into_iter()
                .filter(|(at, _)| fields[*at].kind != Kind::Base64)
                .map(|(at, value)| (fields[at].name.clone(), value))
                .collect(),
            external_key,
            request: self.request,
        });
    }
}

/// The records that a write refers to; they are locked with it.
fn referred<'a>(object: &'a ObjectType, given: &'a Given) -> impl Iterator<Item = RecordId> + 'a {
    let references = given.iter().filter(|(at, _)| object.fields[*at].kind == Kind::Reference);
    references.filter_map(|(_, value)| RecordId::parse(value.as_str()?))
}

fn check_required(object: &ObjectType, values: &[Value]) -> Result<(), ApiError> {
    let absent: Vec<&str> = object
        .fields
        .iter()
        .zip(values)
        .filter(|(field, value)| value.is_null() && field.has(Trait::Create) && !field.has(Trait::Nillable))
        .map(|(field, _)| field.name.as_str())
        .collect();
    if absent.is_empty() { Ok(()) } else { Err(missing(&absent)) }
}

fn missing(fields: &[&str]) -> ApiError {
    let message = format!("Required fields are missing: [{}]", fields.join(", "));
    ApiError::new(Code::RequiredFieldMissing, message).on_fields(fields.iter().copied())
}

/// A new org's first case is number 00001000.
const FIRST_NUMBER: u64 = 1_000;
