//! The Event object: an appointment.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "Event (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::owned("Event", "Event", "Events", *b"00U")
        .field_of(Field::lookup("WhoId", "Contact").targets(["Lead"]).label("Name ID"))
        .field_of(
            Field::lookup("WhatId", "Account")
                .targets(["Case"])
                .label("Related To ID")
                .with(Trait::AnyTarget),
        )
        .field_of(Field::sized("Subject", Kind::Combobox, 255).suggestions(SUBJECTS).with(Trait::Name))
        .field_of(Field::text("Location", 255))
        .field_of(Field::checkbox("IsAllDayEvent").label("All-Day Event"))
        .field_of(Field::datetime("ActivityDateTime").label("Due Date Time"))
        .field_of(Field::date("ActivityDate").label("Due Date Only"))
        .field_of(Field::int("DurationInMinutes", 8).label("Duration"))
        .field_of(Field::datetime("StartDateTime").label("Start Date Time"))
        .field_of(Field::datetime("EndDateTime").label("End Date Time"))
        .field_of(Field::long_text("Description", 32_000))
        .field_of(Field::lookup("AccountId", "Account").read_only())
        .field_of(
            Field::restricted_picklist("ShowAs", ["Busy", "OutOfOffice", "Free"])
                .label("Show Time As")
                .default_value("Busy"),
        )
        .field_of(Field::checkbox("IsArchived").label("Archived").read_only())
}

const SUBJECTS: [&str; 5] = ["Call", "Email", "Meeting", "Send Letter/Quote", "Other"];
