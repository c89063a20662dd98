//! The `PushTopic` object: a query whose changes a client wants to hear of.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "`PushTopic` (Object Reference)".
pub(super) fn table() -> ObjectType {
    let mut object = ObjectType::new("PushTopic", "Push Topic", "Push Topics", *b"0IF")
        .field_of(Field::text("Name", 25).required().unique().with(Trait::Name))
        .field_of(Field::sized("Query", Kind::TextArea, 1_300).required())
        .field_of(Field::number("ApiVersion", 2, 1).required())
        .field_of(Field::checkbox("IsActive").label("Is Active").default_value(true))
        .field_of(
            Field::restricted_picklist("NotifyForFields", ["Referenced", "All", "Select", "Where"])
                .default_value("Referenced"),
        )
        .field_of(Field::text("Description", 400));
    for operation in ["Create", "Update", "Delete", "Undelete"] {
        object.push(Field::checkbox(format!("NotifyForOperation{operation}")).default_value(true));
    }
    object
}
