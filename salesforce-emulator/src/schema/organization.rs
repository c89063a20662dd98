//! The Organization object, which has one record: the org itself.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "Organization (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("Organization", "Organization", "Organizations", *b"00D")
        .field_of(Field::text("Name", 80).required().with(Trait::Name))
        .field_of(Field::phone("Phone"))
        .field_of(Field::checkbox("IsSandbox").label("Is Sandbox"))
        .field_of(Field::picklist("OrganizationType", ["Developer Edition"]).label("Edition"))
        .field_of(Field::text("InstanceName", 5))
        .field_of(Field::sized("LanguageLocaleKey", Kind::Picklist, 40).suggestions(["en_US"]))
        .field_of(Field::sized("TimeZoneSidKey", Kind::Picklist, 40).suggestions(["GMT"]))
}
