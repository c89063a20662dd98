//! The Case object, which has a case number but no account number.

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "Case (Object Reference)".
pub(super) fn table() -> ObjectType {
    ObjectType::queued("Case", "Case", "Cases", *b"500")
        .field_of(
            Field::text("CaseNumber", 30)
                .without(Trait::Nillable)
                .with(Trait::Name)
                .with(Trait::AutoNumber)
                .with(Trait::IdLookup)
                .with(Trait::Indexed)
                .read_only(),
        )
        .field_of(Field::lookup("ContactId", "Contact"))
        .field_of(Field::lookup("AccountId", "Account"))
        .field_of(Field::lookup("ParentId", "Case").label("Parent Case ID"))
        .field_of(Field::text("SuppliedName", 80).label("Name"))
        .field_of(Field::email("SuppliedEmail").label("Email Address"))
        .field_of(Field::text("SuppliedPhone", 40).label("Phone").with(Trait::Indexed))
        .field_of(Field::text("SuppliedCompany", 80).label("Company"))
        .field_of(Field::picklist("Type", TYPES).label("Case Type"))
        .field_of(Field::picklist("Status", ["New", "Working", "Escalated", CLOSED]).default_value("New"))
        .field_of(Field::picklist("Reason", REASONS).label("Case Reason"))
        .field_of(Field::picklist("Origin", ["Phone", "Email", "Web"]).label("Case Origin"))
        .field_of(Field::text("Subject", 255))
        .field_of(Field::picklist("Priority", ["High", "Medium", "Low"]).default_value("Medium"))
        .field_of(Field::long_text("Description", 32_000))
        .field_of(Field::checkbox("IsClosed").label("Closed").read_only())
        .field_of(Field::datetime("ClosedDate").read_only())
        .field_of(Field::checkbox("IsEscalated").label("Escalated"))
        .field_of(Field::phone("ContactPhone").without(Trait::Indexed).through("ContactId", "Phone"))
        .field_of(Field::phone("ContactMobile").without(Trait::Indexed).through("ContactId", "MobilePhone"))
        .field_of(Field::email("ContactEmail").without(Trait::Indexed).through("ContactId", "Email"))
        .field_of(Field::phone("ContactFax").without(Trait::Indexed).through("ContactId", "Fax"))
        .field_of(
            Field::sized("Comments", Kind::TextArea, 4_000)
                .label("Internal Comments")
                .without(Trait::Filter)
                .without(Trait::Sort),
        )
}

/// The status that closes a case.
pub(crate) const CLOSED: &str = "Closed";

const TYPES: [&str; 5] = ["Mechanical", "Electrical", "Electronic", "Structural", "Other"];
const REASONS: [&str; 5] =
    ["Installation", "Equipment Complexity", "Performance", "Breakdown", "Equipment Design"];
