//! References to parts of a composite request: typed, and checked to belong to it.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::name;
use crate::resource::query::Page;
use crate::resource::records::Upserted;
use crate::response::Response;

/// One part of a composite request, and the type of its answer.
pub struct Ref<T> {
    pub(super) composite: u64,
    pub(super) name: Arc<str>,
    pub(super) decode: fn(&Response) -> Result<T>,
}

impl<T> Ref<T> {
    /// The reference id.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A field of the answer, for a later part: of a record that was read, or of what its part answers.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when `field` is not the API name of a field.
    pub fn field(&self, field: &str) -> Result<Reference> {
        if !name::is_field_path(field) {
            return Err(Error::invalid("the field to refer to is not an API name"));
        }
        Ok(self.path(field))
    }

    fn path(&self, path: &str) -> Reference {
        Reference { composite: self.composite, text: format!("@{{{}.{path}}}", self.name) }
    }
}

impl Ref<Upserted> {
    /// The id of the record, for a later part.
    pub fn id(&self) -> Reference {
        self.path("id")
    }
}

impl Ref<RecordId> {
    /// The id of the record, for a later part.
    pub fn id(&self) -> Reference {
        self.path("id")
    }
}

impl<T> Ref<Page<T>> {
    /// A field of the first row, for a later part; that part fails when there is no row.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when `field` is not the API
    /// name of a field.
    pub fn first(&self, field: &str) -> Result<Reference> {
        if !name::is_field_path(field) {
            return Err(Error::invalid("the field to refer to is not an API name"));
        }
        Ok(self.path(&format!("records[0].{field}")))
    }
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        Self { composite: self.composite, name: Arc::clone(&self.name), decode: self.decode }
    }
}

impl<T> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ref").field(&self.name).finish()
    }
}

/// A value that the org takes from the answer of an earlier part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reference {
    pub(super) composite: u64,
    pub(super) text: String,
}

/// The record a part is about: a known one, or the one an earlier part gives.
#[derive(Clone, Debug)]
pub struct RecordTarget(pub(super) Target);

#[derive(Clone, Debug)]
pub(super) enum Target {
    Known(RecordId),
    Reference(Reference),
}

impl From<RecordId> for RecordTarget {
    fn from(id: RecordId) -> Self {
        Self(Target::Known(id))
    }
}

impl From<&RecordId> for RecordTarget {
    fn from(id: &RecordId) -> Self {
        Self(Target::Known(*id))
    }
}

impl From<Reference> for RecordTarget {
    fn from(reference: Reference) -> Self {
        Self(Target::Reference(reference))
    }
}
