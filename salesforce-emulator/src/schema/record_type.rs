//! Record types: kinds of records of one object, each with the picklist values that it takes.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "`RecordType` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("RecordType", "Record Type", "Record Types", *b"012")
        .field_of(
            Field::text("Name", 80).required().with(Trait::Name).with(Trait::IdLookup).with(Trait::Indexed),
        )
        .field_of(Field::text("DeveloperName", 80).required().label("Record Type Name"))
        .field_of(Field::sized("SobjectType", Kind::Picklist, 40).required().label("SObject Type Name"))
        .field_of(Field::checkbox("IsActive").label("Active"))
        .field_of(Field::text("Description", 255))
        .field_of(Field::text("NamespacePrefix", 15).read_only())
}

/// The field of an object that has record types.
pub(super) fn reference() -> Field {
    Field::lookup(REFERENCE, "RecordType")
}

/// Whether an object can have record types.
pub(super) fn can_have(object: &ObjectType) -> bool {
    let is_standard =
        matches!(object.name.as_str(), "Account" | "Contact" | "Lead" | "Case" | "Task" | "Event");
    is_standard || object.is_custom()
}

/// The name of the field that says which record type a record is of.
pub(crate) const REFERENCE: &str = "RecordTypeId";
