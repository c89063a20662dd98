//! The `CaseComment` object.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "`CaseComment` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("CaseComment", "Case Comment", "Case Comments", *b"00a")
        .field_of(Field::lookup("ParentId", "Case").required().create_only().with(Trait::Cascade))
        .field_of(
            Field::sized("CommentBody", Kind::TextArea, 4_000)
                .label("Body")
                .without(Trait::Filter)
                .without(Trait::Sort),
        )
        .field_of(Field::checkbox("IsPublished").label("Published"))
}
