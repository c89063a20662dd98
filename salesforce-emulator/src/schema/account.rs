//! The Account object.

use super::{
    address::address,
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// See Salesforce, "Account (Object Reference)".
pub(super) fn table() -> ObjectType {
    let mut object = ObjectType::owned("Account", "Account", "Accounts", *b"001")
        .field_of(
            Field::text("Name", 255).label("Account Name").required().with(Trait::Name).with(Trait::Indexed),
        )
        .field_of(Field::text("AccountNumber", 40).with(Trait::Indexed))
        .field_of(Field::picklist("Type", TYPES).label("Account Type"))
        .field_of(Field::lookup("ParentId", "Account").label("Parent Account ID"))
        .field_of(Field::phone("Phone").label("Account Phone"))
        .field_of(Field::phone("Fax").label("Account Fax"))
        .field_of(Field::sized("Website", Kind::Url, 255))
        .field_of(Field::picklist("Industry", INDUSTRIES))
        .field_of(Field::plain("AnnualRevenue", Kind::Currency).digits(18))
        .field_of(Field::int("NumberOfEmployees", 8).label("Employees"))
        .field_of(Field::picklist("Ownership", ["Public", "Private", "Subsidiary", "Other"]))
        .field_of(Field::picklist("Rating", ["Hot", "Warm", "Cold"]).label("Account Rating"))
        .field_of(Field::picklist("AccountSource", SOURCES))
        .field_of(Field::text("Site", 80).label("Account Site"))
        .field_of(Field::text("Sic", 20).label("SIC Code"))
        .field_of(Field::text("TickerSymbol", 20))
        .field_of(Field::long_text("Description", 32_000).label("Account Description"))
        .field_of(Field::date("LastActivityDate").read_only());
    for place in ["Billing", "Shipping"] {
        for field in address(place) {
            object.push(field);
        }
    }
    object
}

const TYPES: [&str; 7] = [
    "Prospect",
    "Customer - Direct",
    "Customer - Channel",
    "Channel Partner / Reseller",
    "Installation Partner",
    "Technology Partner",
    "Other",
];
const INDUSTRIES: [&str; 8] =
    ["Agriculture", "Banking", "Communications", "Energy", "Finance", "Healthcare", "Technology", "Other"];
pub(super) const SOURCES: [&str; 5] = ["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"];
