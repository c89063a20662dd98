//! The Task object, which also serves as the log of a call.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "Task (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::owned("Task", "Activity", "Tasks", *b"00T")
        .field_of(Field::lookup("WhoId", "Contact").targets(["Lead"]).label("Name ID"))
        .field_of(
            Field::lookup("WhatId", "Account")
                .targets(["Case"])
                .label("Related To ID")
                .with(Trait::AnyTarget),
        )
        .field_of(Field::sized("Subject", Kind::Combobox, 255).suggestions(SUBJECTS).with(Trait::Name))
        .field_of(Field::date("ActivityDate").label("Due Date Only"))
        .field_of(
            Field::picklist(
                "Status",
                ["Not Started", "In Progress", COMPLETED, "Waiting on someone else", "Deferred"],
            )
            .without(Trait::Nillable)
            .default_value("Not Started"),
        )
        .field_of(
            Field::picklist("Priority", ["High", "Normal", "Low"])
                .without(Trait::Nillable)
                .default_value("Normal"),
        )
        .field_of(Field::checkbox("IsHighPriority").label("High Priority").read_only())
        .field_of(Field::long_text("Description", 32_000))
        .field_of(Field::lookup("AccountId", "Account").read_only())
        .field_of(Field::checkbox("IsClosed").label("Closed").read_only())
        .field_of(Field::datetime("CompletedDateTime").read_only())
        .field_of(Field::checkbox("IsArchived").label("Archived").read_only())
        .field_of(Field::int("CallDurationInSeconds", 8).label("Call Duration"))
        .field_of(Field::restricted_picklist("CallType", ["Internal", "Inbound", "Outbound"]))
        .field_of(Field::text("CallDisposition", 255).label("Call Result"))
        .field_of(Field::text("CallObject", 255).label("Call Object Identifier").with(Trait::Indexed))
        .field_of(Field::datetime("ReminderDateTime").label("Reminder Date/Time"))
        .field_of(Field::checkbox("IsReminderSet").label("Reminder Set"))
        .field_of(Field::restricted_picklist("TaskSubtype", ["Task", "Email", "Call"]).create_only())
}

/// The status that closes a task.
pub(crate) const COMPLETED: &str = "Completed";

const SUBJECTS: [&str; 5] = ["Call", "Email", "Send Letter", "Send Quote", "Other"];
