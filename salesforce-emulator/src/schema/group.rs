//! Queues: groups that own records, and the objects whose records they can own.

use super::{
    field::{Field, Trait},
    object::ObjectType,
};

/// See Salesforce, "Group (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::new("Group", "Group", "Groups", *b"00G")
        .field_of(Field::text("Name", 40).required().with(Trait::Name).with(Trait::Indexed))
        .field_of(Field::text("DeveloperName", 80).unique())
        .field_of(
            Field::picklist("Type", ["Regular", QUEUE]).required().default_value("Regular").create_only(),
        )
        .field_of(Field::email("Email"))
}

/// See Salesforce, "`QueueSobject` (Object Reference)".
pub(super) fn queue_object() -> ObjectType {
    ObjectType::new("QueueSobject", "Queue Sobject", "Queue Sobjects", *b"03g")
        .field_of(Field::lookup("QueueId", "Group").required().create_only().with(Trait::Cascade))
        .field_of(Field::text("SobjectType", 40).required().create_only())
}

/// The type of a group that owns records.
pub(crate) const QUEUE: &str = "Queue";
