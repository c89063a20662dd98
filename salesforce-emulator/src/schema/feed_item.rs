//! The `FeedItem` object: a post on a record.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "`FeedItem` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("FeedItem", "Feed Item", "Feed Items", *b"0D5")
        .field_of(
            Field::lookup("ParentId", "Account")
                .targets(["Case", "Contact", "Lead", "Task", "User"])
                .required()
                .create_only()
                .with(Trait::AnyTarget)
                .with(Trait::Cascade),
        )
        .field_of(
            Field::restricted_picklist("Type", ["TextPost", "LinkPost", "ContentPost"])
                .label("Feed Item Type")
                .create_only()
                .default_value("TextPost"),
        )
        .field_of(Field::sized("Title", Kind::Text, 255))
        .field_of(Field::sized("Body", Kind::TextArea, 10_000).without(Trait::Filter).without(Trait::Sort))
        .field_of(Field::sized("LinkUrl", Kind::Url, 1_000).create_only())
        .field_of(Field::checkbox("IsRichText").label("Is Rich Text"))
        .field_of(
            Field::restricted_picklist("Visibility", ["AllUsers", "InternalUsers"]).default_value("AllUsers"),
        )
        .field_of(Field::lookup("RelatedRecordId", "ContentVersion").create_only())
}
