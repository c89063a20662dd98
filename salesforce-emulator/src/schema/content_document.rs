//! The `ContentDocument` object: a file, whose contents are its versions.

use super::{
    field::{Field, Trait},
    object::ObjectType,
};

/// See Salesforce, "`ContentDocument` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::owned("ContentDocument", "Content Document", "Content Documents", *b"069")
        .field_of(Field::text("Title", 255).without(Trait::Create).with(Trait::Name))
        .field_of(Field::long_text("Description", 1_000).without(Trait::Create))
        .field_of(Field::lookup("LatestPublishedVersionId", "ContentVersion").read_only())
        .field_of(Field::text("FileType", 20).read_only())
        .field_of(Field::text("FileExtension", 40).read_only())
        .field_of(Field::int("ContentSize", 9).read_only())
}
