//! What a field can hold, and how an object takes it.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use super::{Entries, Fields, Object, Raw, Trail};

/// A kind of JSON value.
pub(crate) trait Value: Sized {
    /// What is expected, with its article, for the note of a drift.
    const EXPECTED: &'static str;

    /// Reads a value that is not null; `None` if it is of another kind.
    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self>;

    /// Writes the value as Vapi would.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A value in the form it is written in.
pub(crate) struct Written<'v, T>(pub(crate) &'v T);

impl<T: Value> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// A place in an object: how it is filled from the fields, and what it adds to the written object.
pub(crate) trait Field: Sized {
    fn take_from(fields: &mut Fields<'_, '_>, key: &'static str) -> Self;
    fn put<M: SerializeMap>(&self, key: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl<T: Value> Field for Option<T> {
    fn take_from(fields: &mut Fields<'_, '_>, key: &'static str) -> Self {
        let raw = fields.peek(key)?;
        let here = *fields.trail();
        let trail = here.key(key);
        let value = T::read(raw, &trail);
        if value.is_some() {
            fields.mark_taken(key);
        } else {
            trail.note(T::EXPECTED, raw);
        }
        value
    }

    fn put<M: SerializeMap>(&self, key: &'static str, map: &mut M) -> Result<(), M::Error> {
        self.as_ref().map_or(Ok(()), |value| map.serialize_entry(key, &Written(value)))
    }
}

impl<T: Object + Default + PartialEq> Field for T {
    /// An empty object stays among the unnamed fields, as an empty list does.
    fn take_from(fields: &mut Fields<'_, '_>, key: &'static str) -> Self {
        let Some(raw) = fields.peek(key) else { return Self::default() };
        let here = *fields.trail();
        let trail = here.key(key);
        let Some(value) = <Self as Value>::read(raw, &trail) else {
            trail.note(Self::EXPECTED, raw);
            return Self::default();
        };
        if value != Self::default() {
            fields.mark_taken(key);
        }
        value
    }

    fn put<M: SerializeMap>(&self, key: &'static str, map: &mut M) -> Result<(), M::Error> {
        if *self == Self::default() {
            return Ok(());
        }
        map.serialize_entry(key, &Written(self))
    }
}

impl<T: Value> Field for Vec<T> {
    /// An empty list is left among the unnamed fields, so that it is written back and `Vec` needs no
    /// `Option` around it.
    fn take_from(fields: &mut Fields<'_, '_>, key: &'static str) -> Self {
        let Some(raw) = fields.peek(key) else { return Self::new() };
        let here = *fields.trail();
        let trail = here.key(key);
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
            trail.note("a list", raw);
            return Self::new();
        };
        let read = |(index, element): (usize, &&RawValue)| {
            let trail = trail.index(index);
            let value = T::read(element, &trail);
            if value.is_none() {
                trail.note(T::EXPECTED, element);
            }
            value
        };
        let values: Self = elements.iter().enumerate().filter_map(read).collect();
        if !values.is_empty() {
            fields.mark_taken(key);
        }
        values
    }

    fn put<M: SerializeMap>(&self, key: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() {
            return Ok(());
        }
        map.serialize_entry(key, &self.iter().map(Written).collect::<Vec<_>>())
    }
}

impl Value for String {
    const EXPECTED: &'static str = "a string";

    fn read(raw: &RawValue, _: &Trail<'_>) -> Option<Self> {
        if !raw.get().starts_with('"') {
            return None;
        }
        serde_json::from_str(raw.get()).ok()
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl Value for bool {
    const EXPECTED: &'static str = "a boolean";

    fn read(raw: &RawValue, _: &Trail<'_>) -> Option<Self> {
        raw.get().parse().ok()
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }
}

impl Value for Raw {
    const EXPECTED: &'static str = "a value";

    fn read(raw: &RawValue, _: &Trail<'_>) -> Option<Self> {
        Some(Self::new(raw))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

impl Value for serde_json::Value {
    const EXPECTED: &'static str = "a value";

    fn read(raw: &RawValue, _: &Trail<'_>) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

impl<T: Object> Value for T {
    const EXPECTED: &'static str = "an object";

    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self> {
        if !raw.get().starts_with('{') {
            return None;
        }
        let entries: Entries<'_> = serde_json::from_str(raw.get()).ok()?;
        Some(T::from_fields(&mut Fields::new(entries, *trail)))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write_fields(&mut map)?;
        map.end()
    }
}
