//! The `StreamingChannel` object: a name into which texts can be pushed.

use super::{
    field::{Field, Trait},
    object::ObjectType,
};

/// See Salesforce, "`StreamingChannel` (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::owned("StreamingChannel", "Streaming Channel", "Streaming Channels", *b"0M6")
        .field_of(Field::text("Name", 80).required().unique().with(Trait::Name))
        .field_of(Field::text("Description", 255))
}
