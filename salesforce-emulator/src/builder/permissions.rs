//! What the users of the API may not see or do.

use std::sync::Arc;

use super::{Line, OrgBuilder, rules::Denial};
use crate::{
    engine::{Engine, Operation},
    error::OrgError,
    schema::Schema,
};

/// An object or a field that users cannot see, or a field that they cannot write.
pub(super) struct Withheld {
    object: String,
    field: Option<String>,
    is_seen: bool,
    line: Line,
}

impl OrgBuilder {
    /// Takes the permission for an operation on an object away.
    pub fn deny(self, object: impl Into<String>, operation: Operation) -> Self {
        self.deny_at(object.into(), operation, Line::NONE)
    }

    /// Takes an object out of everybody's sight, as if the org had no such object.
    pub fn hide_object(self, object: impl Into<String>) -> Self {
        self.hide_object_at(object.into(), Line::NONE)
    }

    /// Takes a field out of everybody's sight, as if its object had no such field. Records that are there from
    /// the start cannot have it either.
    pub fn hide_field(self, object: impl Into<String>, field: impl Into<String>) -> Self {
        self.hide_field_at(object.into(), field.into(), Line::NONE)
    }

    /// Lets everybody read a field, and nobody write it.
    pub fn read_only_field(self, object: impl Into<String>, field: impl Into<String>) -> Self {
        self.read_only_field_at(object.into(), field.into(), Line::NONE)
    }

    pub(crate) fn deny_at(mut self, object: String, operation: Operation, line: Line) -> Self {
        self.denials.push(Denial { object, operation, line });
        self
    }

    pub(crate) fn hide_object_at(mut self, object: String, line: Line) -> Self {
        self.withheld.push(Withheld { object, field: None, is_seen: false, line });
        self
    }

    pub(crate) fn hide_field_at(mut self, object: String, field: String, line: Line) -> Self {
        self.withheld.push(Withheld { object, field: Some(field), is_seen: false, line });
        self
    }

    pub(crate) fn read_only_field_at(mut self, object: String, field: String, line: Line) -> Self {
        self.withheld.push(Withheld { object, field: Some(field), is_seen: true, line });
        self
    }
}

/// Removes what nobody can see from a schema: fields first, so that a hidden object may have hidden fields.
pub(super) fn hide(schema: &mut Schema, withheld: &[Withheld]) -> Result<(), OrgError> {
    let hidden = || withheld.iter().filter(|withheld| !withheld.is_seen);
    for Withheld { object, field, line, .. } in hidden() {
        if let Some(field) = field {
            schema.remove_field(object, field).map_err(|sentence| line.wrong(&sentence))?;
        }
    }
    for Withheld { object, line, .. } in hidden().filter(|withheld| withheld.field.is_none()) {
        schema.remove_object(object).map_err(|sentence| line.wrong(&sentence))?;
    }
    Ok(())
}

/// Makes fields read-only that nobody may write.
pub(super) fn protect(engine: &mut Engine, withheld: &[Withheld]) -> Result<(), OrgError> {
    let schema = Arc::make_mut(&mut engine.schema);
    for Withheld { object, field, line, .. } in withheld.iter().filter(|withheld| withheld.is_seen) {
        let Some(field) = field else { continue };
        schema.protect_field(object, field).map_err(|sentence| line.wrong(&sentence))?;
    }
    Ok(())
}
