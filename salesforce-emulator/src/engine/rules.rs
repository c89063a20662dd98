//! What an administrator can set up: validation rules and missing permissions.

use std::{fmt, sync::Arc};

use super::Fields;
use crate::error::{ApiError, Code};

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

/// The rules of the org.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    validations: Vec<(String, Violates, String)>,
    denied: Vec<(String, Operation)>,
}

impl Rules {
    pub(crate) fn validate(&mut self, object: String, violates: Violates, message: String) {
        self.validations.push((object, violates, message));
    }

    pub(crate) fn deny(&mut self, object: String, operation: Operation) {
        self.denied.push((object, operation));
    }

    pub(super) fn permit(&self, object: &str, operation: Operation) -> Result<(), ApiError> {
        let denied =
            self.denied.iter().any(|(name, what)| *what == operation && name.eq_ignore_ascii_case(object));
        if denied {
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
            .finish()
    }
}
