//! The User object; the org starts with the integration user.

use super::{
    contact::full_name,
    field::{Field, Trait},
    object::ObjectType,
};

/// See Salesforce, "User (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("User", "User", "Users", *b"005")
        .field_of(Field::text("Username", 80).required().unique().with(Trait::IdLookup))
        .field_of(Field::text("LastName", 80).required())
        .field_of(Field::text("FirstName", 40))
        .field_of(full_name())
        .field_of(Field::email("Email").without(Trait::Nillable).with(Trait::IdLookup))
        .field_of(Field::text("Alias", 8).required())
        .field_of(Field::text("Title", 80))
        .field_of(Field::phone("Phone"))
        .field_of(Field::phone("MobilePhone"))
        .field_of(Field::checkbox("IsActive").label("Active").default_value(true))
}
