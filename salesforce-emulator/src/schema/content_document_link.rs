//! The `ContentDocumentLink` object: a file's place on a record.

use super::{
    field::{Field, Trait},
    object::ObjectType,
};

/// See Salesforce, "`ContentDocumentLink` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("ContentDocumentLink", "Content Document Link", "Content Document Links", *b"06A")
        .field_of(
            Field::lookup("ContentDocumentId", "ContentDocument")
                .required()
                .create_only()
                .with(Trait::Cascade),
        )
        .field_of(
            Field::lookup("LinkedEntityId", "Account")
                .targets(["Case", "Contact", "Lead", "Task", "User"])
                .required()
                .create_only()
                .with(Trait::AnyTarget)
                .with(Trait::Cascade),
        )
        .field_of(Field::restricted_picklist("ShareType", ["V", "C", "I"]).default_value("V"))
        .field_of(
            Field::restricted_picklist("Visibility", ["AllUsers", "InternalUsers", "SharedUsers"])
                .default_value("AllUsers"),
        )
}
