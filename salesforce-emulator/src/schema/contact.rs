//! The Contact object.

use super::{
    account::SOURCES,
    address::address,
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "Contact (Object Reference)".
pub(super) fn table() -> ObjectType {
    let mut object = ObjectType::owned("Contact", "Contact", "Contacts", *b"003")
        .field_of(Field::lookup("AccountId", "Account").with(Trait::Cascade))
        .field_of(Field::text("LastName", 80).required().with(Trait::Indexed))
        .field_of(Field::text("FirstName", 40))
        .field_of(Field::picklist("Salutation", SALUTATIONS))
        .field_of(full_name())
        .field_of(Field::phone("Phone").label("Business Phone"))
        .field_of(Field::phone("Fax").label("Business Fax"))
        .field_of(Field::phone("MobilePhone"))
        .field_of(Field::phone("HomePhone"))
        .field_of(Field::phone("OtherPhone"))
        .field_of(Field::phone("AssistantPhone").label("Asst. Phone"))
        .field_of(Field::lookup("ReportsToId", "Contact"))
        .field_of(Field::email("Email").with(Trait::IdLookup))
        .field_of(Field::text("Title", 128))
        .field_of(Field::text("Department", 80))
        .field_of(Field::text("AssistantName", 40).label("Assistant's Name"))
        .field_of(Field::picklist("LeadSource", SOURCES))
        .field_of(Field::date("Birthdate"))
        .field_of(Field::long_text("Description", 32_000).label("Contact Description"))
        .field_of(Field::checkbox("IsEmailBounced").read_only());
    for place in ["Mailing", "Other"] {
        for field in address(place) {
            object.push(field);
        }
    }
    object
}

/// First and last name joined; the org writes it, nobody else does.
pub(super) fn full_name() -> Field {
    Field::sized("Name", Kind::Text, 121)
        .label("Full Name")
        .without(Trait::Nillable)
        .with(Trait::Name)
        .with(Trait::Indexed)
        .read_only()
}

pub(super) const SALUTATIONS: [&str; 5] = ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof."];
