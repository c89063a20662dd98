//! Addresses: text parts, and a compound field that shows them together.

use serde_json::{Map, Value};

use super::{
    field::{Field, Trait},
    kind::Kind,
    object::ObjectType,
};

/// The five text parts of an address, such as `BillingCity`, and the whole, such as `BillingAddress`.
pub(super) fn address(place: &str) -> [Field; 6] {
    [
        Field::sized(format!("{place}Street"), Kind::TextArea, 255),
        Field::text(format!("{place}City"), 40),
        Field::text(format!("{place}State"), 80),
        Field::text(format!("{place}PostalCode"), 20),
        Field::text(format!("{place}Country"), 80),
        Field::plain(format!("{place}Address"), Kind::Address)
            .without(Trait::Filter)
            .without(Trait::Sort)
            .read_only(),
    ]
}

/// The whole of an address out of its parts; nothing if all of them are empty.
///
/// See Salesforce, "Address Compound Fields".
pub(crate) fn compound(object: &ObjectType, name: &str, read: impl Fn(usize) -> Value) -> Value {
    let place = name.strip_suffix("Address").unwrap_or(name);
    let part = |part: &str| object.field(&format!("{place}{part}")).map_or(Value::Null, &read);
    let parts = [
        ("city", part("City")),
        ("country", part("Country")),
        ("postalCode", part("PostalCode")),
        ("state", part("State")),
        ("street", part("Street")),
    ];
    if parts.iter().all(|(_, value)| value.is_null()) {
        return Value::Null;
    }
    let places = ["geocodeAccuracy", "latitude", "longitude"].map(|name| (name, Value::Null));
    let members = parts.into_iter().chain(places).map(|(name, value)| (name.to_owned(), value));
    Value::Object(members.collect::<Map<_, _>>())
}

/// The compound field that a part of an address belongs to.
pub(super) fn whole_of(object: &ObjectType, part: &str) -> Option<String> {
    let place =
        ["Street", "City", "State", "PostalCode", "Country"].iter().find_map(|end| part.strip_suffix(end))?;
    let whole = format!("{place}Address");
    object.field(&whole).is_some_and(|at| object.fields[at].kind == Kind::Address).then_some(whole)
}
