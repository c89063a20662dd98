//! The Lead object.

use super::{
    account::SOURCES,
    address::address,
    contact::{SALUTATIONS, full_name},
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "Lead (Object Reference)".
pub(super) fn table() -> ObjectType {
    let mut object = ObjectType::queued("Lead", "Lead", "Leads", *b"00Q")
        .field_of(Field::text("LastName", 80).required().with(Trait::Indexed))
        .field_of(Field::text("FirstName", 40))
        .field_of(Field::picklist("Salutation", SALUTATIONS))
        .field_of(full_name())
        .field_of(Field::text("Company", 255).required())
        .field_of(Field::text("Title", 128))
        .field_of(Field::phone("Phone"))
        .field_of(Field::phone("MobilePhone"))
        .field_of(Field::phone("Fax"))
        .field_of(Field::email("Email").with(Trait::IdLookup))
        .field_of(Field::sized("Website", Kind::Url, 255))
        .field_of(Field::picklist("LeadSource", SOURCES))
        .field_of(Field::picklist("Status", STATUSES).without(Trait::Nillable).default_value(STATUSES[0]))
        .field_of(Field::picklist("Industry", ["Banking", "Healthcare", "Technology", "Other"]))
        .field_of(Field::picklist("Rating", ["Hot", "Warm", "Cold"]))
        .field_of(Field::int("NumberOfEmployees", 8).label("Employees"))
        .field_of(Field::long_text("Description", 32_000))
        .field_of(Field::checkbox("IsConverted").label("Converted").read_only());
    for field in address("") {
        object.push(field);
    }
    object
}

const STATUSES: [&str; 4] =
    ["Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"];
