//! References between records: their targets must exist, and may be named by an external id.

use serde_json::Value;

use super::{Draft, Engine, Fields, Row};
use crate::{
    error::{ApiError, Code},
    id::RecordId,
    schema::{Field, QUEUE, Trait},
};

impl Engine {
    /// Checks that a reference names a live record of an object the field takes; gives its full id.
    pub(super) fn target(&self, field: &Field, value: Value) -> Result<Value, ApiError> {
        let Value::String(text) = value else { return Ok(value) };
        let wrong_type = || {
            let message = format!("{}: id value of incorrect type: {text}", field.label);
            ApiError::on_field(Code::MalformedId, message, &field.name)
        };
        let id = RecordId::parse(&text).ok_or_else(wrong_type)?;
        let object = self.schema.by_prefix(id.prefix()).ok_or_else(wrong_type)?;
        let name = &self.schema.object(object).name;
        if !field.targets.iter().any(|target| target.eq_ignore_ascii_case(name)) {
            return Err(wrong_type());
        }
        match id.serial().and_then(|serial| self.store.row(object, serial)) {
            None => Err(ApiError::on_field(
                Code::InvalidCrossReference,
                "invalid cross reference id",
                &field.name,
            )),
            Some(row) if row.deleted => {
                Err(ApiError::on_field(Code::ReferenceIsDeleted, "entity is deleted", &field.name))
            }
            Some(_) => Ok(Value::from(id.to_string())),
        }
    }

    /// Refuses an owner that is a group but no queue for the object.
    pub(super) fn check_owner(&self, draft: &Draft<'_>) -> Result<(), ApiError> {
        let owner = draft.text("OwnerId").and_then(|id| self.record(id));
        let Some((groups, owner)) = owner.filter(|(at, _)| self.schema.object(*at).name == "Group") else {
            return Ok(());
        };
        let text = |object: usize, row: &Row, name: &str| {
            let at = self.schema.object(object).field(name)?;
            row.values[at].as_str().map(str::to_owned)
        };
        let id = text(groups, owner, "Id");
        let serves = |links: usize| {
            self.store.live(links).any(|(_, link)| {
                text(links, link, "QueueId") == id
                    && text(links, link, "SobjectType")
                        .is_some_and(|name| name.eq_ignore_ascii_case(&draft.object.name))
            })
        };
        let is_queue = text(groups, owner, "Type").as_deref() == Some(QUEUE);
        if is_queue && self.schema.find("QueueSobject").is_some_and(serves) {
            return Ok(());
        }
        let message = "Queue not associated with this SObject type";
        Err(ApiError::on_field(Code::InvalidOperation, message, "OwnerId"))
    }

    /// Finds the record that `"Account": {"Key__c": "value"}` names and gives its id.
    pub(super) fn resolve_parent(
        &self,
        object: usize,
        column: usize,
        parent: &Fields,
    ) -> Result<Value, ApiError> {
        let field = &self.schema.object(object).fields[column];
        let mut members = parent.iter().filter(|(name, _)| *name != "attributes");
        let (Some((name, value)), None) = (members.next(), members.next()) else {
            return Err(ApiError::new(
                Code::InvalidField,
                format!("{} must be named by exactly one external ID", field.name),
            ));
        };
        let named_type = parent.get("attributes").and_then(|attributes| attributes["type"].as_str());
        let keyed = field
            .targets
            .iter()
            .filter(|target| named_type.is_none_or(|named| named.eq_ignore_ascii_case(target)))
            .filter_map(|target| {
                let target = self.schema.seen(target)?;
                Some((target, self.key_column(target, name)?))
            })
            .collect::<Vec<_>>();
        if keyed.is_empty() {
            let message = format!("No such column '{name}' on sobject of type {}", field.targets.join(", "));
            return Err(ApiError::new(Code::InvalidField, message));
        }
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        for (target, at) in keyed {
            match self.keyed(target, at, &text).as_slice() {
                [] => {}
                [serial] => return Ok(Value::from(self.id(target, *serial).to_string())),
                _ => {
                    let message = format!("{name}: more than one record found for external id field");
                    return Err(ApiError::new(Code::DuplicateExternalId, message));
                }
            }
        }
        let entity = &self.schema.object(object).name;
        Err(ApiError::new(
            Code::InvalidField,
            format!("Foreign key external ID: {text} not found for field {name} in entity {entity}"),
        ))
    }

    /// The column of a field by which records may be named in paths and relationships.
    pub(crate) fn key_column(&self, object: usize, name: &str) -> Option<usize> {
        let known = self.schema.object(object);
        let column = known.seen(name)?;
        let field = &known.fields[column];
        (field.has(Trait::ExternalId) || field.has(Trait::IdLookup)).then_some(column)
    }

    /// The serials of the live records whose key field has this value.
    pub(crate) fn keyed(&self, object: usize, column: usize, text: &str) -> Vec<u32> {
        if column == crate::schema::column::ID {
            let serial = self.locate(object, text).ok();
            return serial.into_iter().collect();
        }
        self.store.lookup(object, column, text).unwrap_or_default()
    }
}
