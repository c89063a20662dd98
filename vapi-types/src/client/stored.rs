//! A thing that Vapi keeps, and what Vapi adds to it.

use std::cell::RefCell;

use jiff::Timestamp;

use crate::{
    assistant::Assistant,
    tool::Tool,
    wire::{Field, Fields, Object, Raw, Trail, parse_entries},
};

/// A thing that Vapi keeps, by its id.
///
/// To change it, send what you built yourself rather than what you read: an answer also holds fields that only Vapi
/// may set, and Vapi refuses a request that names them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stored<T> {
    /// Identifier.
    pub id: String,
    /// Organization it belongs to.
    pub org_id: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// The thing itself.
    pub value: T,
}

impl Stored<Assistant> {
    pub(super) fn read(json: &str) -> Option<Self> {
        read(json, |_, fields| Assistant::from_fields(fields))
    }
}

impl Stored<Tool> {
    pub(super) fn read(json: &str) -> Option<Self> {
        let Stored { id, org_id, created_at, updated_at, value } = read(json, |json, fields| {
            Tool::take_from(fields).or_else(|| Some(Tool::Other(Raw::new(serde_json::from_str(json).ok()?))))
        })?;
        Some(Self { id, org_id, created_at, updated_at, value: value? })
    }
}

/// Reads what Vapi adds, and the thing from the fields that are left.
pub(super) fn read<T>(json: &str, value: impl FnOnce(&str, &mut Fields<'_, '_>) -> T) -> Option<Stored<T>> {
    let unexpected = RefCell::default();
    let mut fields = Fields::new(parse_entries(json).ok()?, Trail::root(&unexpected));
    Some(Stored {
        id: Option::take_from(&mut fields, "id")?,
        org_id: Field::take_from(&mut fields, "orgId"),
        created_at: Field::take_from(&mut fields, "createdAt"),
        updated_at: Field::take_from(&mut fields, "updatedAt"),
        value: value(json, &mut fields),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_vapi_adds_is_kept_apart_from_the_thing() {
        let json =
            r#"{"id": "a1", "orgId": "o", "createdAt": "2026-11-20T10:00:00.000Z", "name": "Support"}"#;

        let stored = Stored::<Assistant>::read(json).unwrap();

        assert_eq!((stored.id.as_str(), stored.value.name.as_deref()), ("a1", Some("Support")));
        assert!(stored.created_at.is_some() && stored.value.extra.is_empty());
    }

    #[test]
    fn tools_of_every_type_are_read() {
        let function = r#"{"id": "t1", "type": "function", "function": {"name": "find"}}"#;
        let other = r#"{"id": "t2", "type": "mcp", "server": {}}"#;

        assert!(matches!(Stored::<Tool>::read(function).unwrap().value, Tool::Function(_)));
        assert!(matches!(Stored::<Tool>::read(other).unwrap().value, Tool::Other(_)));
        assert!(Stored::<Tool>::read(r#"{"type": "function"}"#).is_none());
    }
}
