//! The `CustomField` object of the Tooling API: the custom fields of all objects, as records.

use super::{
    field::{Field, Trait},
    object::ObjectType,
};

/// See Salesforce, "`CustomField` (Tooling API)".
pub(super) fn table() -> ObjectType {
    ObjectType::new(NAME, "Custom Field", "Custom Fields", *b"00N")
        .field_of(Field::text("DeveloperName", 40).required().with(Trait::Name))
        .field_of(Field::text("TableEnumOrId", 40).required().label("Entity"))
        .field_of(Field::text("FullName", 255).without(Trait::Filter).without(Trait::Sort))
}

/// The object's name, which the data API does not know.
pub(crate) const NAME: &str = "CustomField";
