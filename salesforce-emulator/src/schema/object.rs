//! An object of the org: its names, its key prefix, and its fields.

use std::collections::HashMap;

use crate::id::KeyPrefix;

use super::{
    field::{Field, Trait},
    fold, system,
};

/// One object and its fields; a field's position is its column in every record.
#[derive(Clone, Debug)]
pub(crate) struct ObjectType {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) plural: String,
    pub(crate) prefix: KeyPrefix,
    pub(crate) fields: Vec<Field>,
    /// The user who asks does not see it.
    pub(crate) is_hidden: bool,
    names: HashMap<String, usize>,
    relationships: HashMap<String, usize>,
}

impl ObjectType {
    /// An object with the system fields every record has.
    pub(crate) fn new(name: &str, label: &str, plural: &str, prefix: KeyPrefix) -> Self {
        let mut object = Self {
            name: name.to_owned(),
            label: label.to_owned(),
            plural: plural.to_owned(),
            prefix,
            fields: Vec::new(),
            is_hidden: false,
            names: HashMap::new(),
            relationships: HashMap::new(),
        };
        for field in system::fields(label) {
            object.push(field);
        }
        object
    }

    /// An object that records an owner.
    pub(crate) fn owned(name: &str, label: &str, plural: &str, prefix: KeyPrefix) -> Self {
        Self::new(name, label, plural, prefix).field_of(system::owner())
    }

    /// An object whose records a user or a queue owns.
    pub(crate) fn queued(name: &str, label: &str, plural: &str, prefix: KeyPrefix) -> Self {
        Self::new(name, label, plural, prefix).field_of(system::owner_or_queue())
    }

    pub(crate) fn field_of(mut self, field: Field) -> Self {
        self.push(field);
        self
    }

    pub(crate) fn push(&mut self, field: Field) {
        let at = self.fields.len();
        self.names.insert(fold(&field.name), at);
        if let Some(relationship) = &field.relationship {
            self.relationships.insert(fold(relationship), at);
        }
        self.fields.push(field);
    }

    /// The column of a field, by name in any case.
    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.names.get(&fold(name)).copied()
    }

    /// The column of the reference field that a relationship name stands for.
    pub(crate) fn relationship(&self, name: &str) -> Option<usize> {
        self.relationships.get(&fold(name)).copied()
    }

    /// The column of a field that the user sees, by name in any case.
    pub(crate) fn seen(&self, name: &str) -> Option<usize> {
        self.field(name).filter(|at| !self.fields[*at].has(Trait::Hidden))
    }

    /// The column of a reference field that the user sees, by the name of its relationship.
    pub(crate) fn seen_relationship(&self, name: &str) -> Option<usize> {
        self.relationship(name).filter(|at| !self.fields[*at].has(Trait::Hidden))
    }

    /// The fields that the user sees.
    pub(crate) fn seen_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.has(Trait::Hidden))
    }

    /// Whether only the Tooling API knows the object.
    pub(crate) fn is_tooling(&self) -> bool {
        self.name == super::CUSTOM_FIELD
    }

    /// A platform event: it is published, and no record of it is kept.
    pub(crate) fn is_event(&self) -> bool {
        self.name.ends_with("__e")
    }

    pub(crate) fn is_custom(&self) -> bool {
        self.name.ends_with("__c")
    }

    /// Lets the references that take any object take the custom ones too.
    pub(super) fn widen_targets(&mut self, more: &[String]) {
        for field in self.fields.iter_mut().filter(|field| field.has(Trait::AnyTarget)) {
            field.targets.extend_from_slice(more);
        }
    }
}
