//! The `ContentVersion` object: one version of a file, with the bytes in `VersionData`.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "`ContentVersion` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::owned("ContentVersion", "Content Version", "Content Versions", *b"068")
        .field_of(Field::lookup("ContentDocumentId", "ContentDocument").create_only().with(Trait::Cascade))
        .field_of(Field::text("Title", 255).with(Trait::Name))
        .field_of(Field::text("PathOnClient", 500).required().create_only())
        .field_of(
            Field::plain("VersionData", Kind::Base64)
                .required()
                .create_only()
                .without(Trait::Filter)
                .without(Trait::Sort),
        )
        .field_of(
            Field::lookup("FirstPublishLocationId", "Account")
                .targets(["Case", "Contact", "Lead", "Task", "User"])
                .create_only()
                .with(Trait::AnyTarget),
        )
        .field_of(Field::long_text("Description", 1_000))
        .field_of(Field::restricted_picklist("Origin", ["C", "H"]).create_only().default_value("C"))
        .field_of(Field::checkbox("IsLatest").read_only())
        .field_of(Field::text("VersionNumber", 20).read_only())
        .field_of(Field::text("FileType", 20).read_only())
        .field_of(Field::text("FileExtension", 40).read_only())
        .field_of(Field::int("ContentSize", 9).read_only())
}
