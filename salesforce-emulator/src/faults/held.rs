//! Faults that hold until they are taken away, and what they hold for.

use std::{fmt, num::ParseIntError, str::FromStr};

use crate::id::RecordId;

use super::Fault;

/// What a held fault holds for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Scope {
    /// Every request.
    Everything,
    /// What concerns one record, named by its id of 15 or 18 characters.
    Record(String),
    /// What concerns the records of one object, by its API name.
    Object(String),
    /// Every request of one user, by username.
    User(String),
}

/// Names a held fault, so that it can be taken away.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FaultId(pub(crate) u64);

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for FaultId {
    type Err = ParseIntError;

    /// Reads what `Display` wrote.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A fault, and what it holds for.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) id: FaultId,
    pub(crate) scope: Scope,
    pub(crate) fault: Fault,
}

impl Held {
    /// Whether the org meets the fault at single records, and not at whole requests: a refusal of one record
    /// leaves the others of a composite or a collection alone.
    pub(crate) fn is_of_rows(&self) -> bool {
        matches!(self.scope, Scope::Record(_) | Scope::Object(_))
            && matches!(self.fault, Fault::RowLock | Fault::Refused(_))
    }

    /// Whether it is for a record of this object with one of these ids.
    pub(crate) fn is_for(&self, object: &str, ids: &[RecordId]) -> bool {
        match &self.scope {
            Scope::Object(name) => name.eq_ignore_ascii_case(object),
            Scope::Record(id) => RecordId::parse(id).is_some_and(|id| ids.contains(&id)),
            Scope::Everything | Scope::User(_) => false,
        }
    }
}
