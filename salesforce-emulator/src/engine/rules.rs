//! What an administrator can set up: validation rules and missing permissions.

use std::{fmt, sync::Arc};

use super::{Engine, Fields, Row};
use crate::{
    error::{ApiError, Code},
    id::RecordId,
    soql::Test,
};

/// A write, as permissions and the audit name it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// A new record.
    Insert,
    /// A change of a record, also by an upsert.
    Update,
    /// A deletion.
    Delete,
}

type Violates = Arc<dyn Fn(&Fields) -> bool + Send + Sync>;

/// An operation on an object that a user may not do, or nobody.
#[derive(Clone, Debug)]
struct Denial {
    user: Option<RecordId>,
    object: String,
    operation: Operation,
}

/// The rules of the org.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    validations: Vec<(String, Violates, String)>,
    denied: Vec<Denial>,
    duplicates: Vec<(String, Vec<String>)>,
    /// Validation rules written as conditions of a query.
    conditions: Vec<(Test, String)>,
}

impl Rules {
    pub(crate) fn refuse_when(&mut self, test: Test, message: String) {
        self.conditions.push((test, message));
    }

    /// The message of the first condition that a record of an object must not meet but does.
    pub(super) fn met(&self, engine: &Engine, object: usize, row: &Row) -> Option<&str> {
        let met = self.conditions.iter().find(|(test, _)| test.is_for(object) && test.holds(engine, row));
        met.map(|(_, message)| message.as_str())
    }

    pub(super) fn has_conditions(&self, object: usize) -> bool {
        self.conditions.iter().any(|(test, _)| test.is_for(object))
    }

    pub(crate) fn forbid_duplicates(&mut self, object: String, fields: Vec<String>) {
        self.duplicates.push((object, fields));
    }

    /// The duplicate rules of an object: the fields that must not all be the same in two records.
    pub(super) fn duplicates<'a>(&'a self, object: &'a str) -> impl Iterator<Item = &'a [String]> {
        self.duplicates
            .iter()
            .filter(move |(name, _)| name.eq_ignore_ascii_case(object))
            .map(|(_, fields)| fields.as_slice())
    }

    pub(crate) fn validate(&mut self, object: String, violates: Violates, message: String) {
        self.validations.push((object, violates, message));
    }

    /// The objects that rules in code are for.
    pub(crate) fn validated(&self) -> impl Iterator<Item = &str> {
        self.validations.iter().map(|(name, ..)| name.as_str())
    }

    /// Takes an operation away from a user, or from everybody.
    pub(crate) fn deny(&mut self, user: Option<RecordId>, object: String, operation: Operation) {
        self.denied.push(Denial { user, object, operation });
    }

    pub(crate) fn allows(&self, user: RecordId, object: &str, operation: Operation) -> bool {
        !self.denied.iter().any(|denial| {
            denial.operation == operation
                && denial.object.eq_ignore_ascii_case(object)
                && denial.user.is_none_or(|denied| denied == user)
        })
    }

    pub(super) fn permit(&self, user: RecordId, object: &str, operation: Operation) -> Result<(), ApiError> {
        if !self.allows(user, object, operation) {
            return Err(ApiError::new(Code::InsufficientAccess, "insufficient access rights on object id")
                .on_fields::<String>([]));
        }
        Ok(())
    }

    pub(super) fn applies_to(&self, object: &str) -> bool {
        self.validations.iter().any(|(name, ..)| name.eq_ignore_ascii_case(object))
    }

    pub(super) fn check(&self, object: &str, record: &Fields) -> Result<(), ApiError> {
        let broken = self
            .validations
            .iter()
            .find(|(name, violates, _)| name.eq_ignore_ascii_case(object) && violates(record));
        match broken {
            Some((.., message)) => {
                Err(ApiError::new(Code::FieldCustomValidation, message.as_str()).on_fields::<String>([]))
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("validations", &self.validations.len())
            .field("denied", &self.denied)
            .field("duplicates", &self.duplicates)
            .field("conditions", &self.conditions.len())
            .finish()
    }
}
