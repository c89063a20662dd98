//! What a field can hold, and how an object takes it.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use super::{Entries, Fields, MaybeEntries, Object, Raw, Trail, kind_of};

/// A kind of JSON value.
pub(crate) trait Value: Sized {
    /// What is expected, with its article, for the note of an unexpected field.
    const EXPECTED: &'static str;

    /// Reads a value that is not null; `None` if it is of another kind.
    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self>;

    /// Reads the elements that are of this kind out of a list; `None` if it is no list.
    fn read_list(raw: &RawValue, trail: &Trail<'_>) -> Option<Vec<Self>> {
        let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
        let read = |(index, element): (usize, &RawValue)| {
            let trail = trail.index(index);
            let value = Self::read(element, &trail);
            if value.is_none() {
                trail.note(Self::EXPECTED, kind_of(element));
            }
            value
        };
        Some(elements.into_iter().enumerate().filter_map(read).collect())
    }

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
        let (place, raw) = fields.find_value(key)?;
        let here = *fields.trail();
        let trail = here.key(key);
        let value = T::read(raw, &trail);
        if value.is_some() {
            fields.mark_place_taken(place);
        } else {
            trail.note(T::EXPECTED, kind_of(raw));
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
        let Some((place, raw)) = fields.find_value(key) else { return Self::default() };
        let here = *fields.trail();
        let trail = here.key(key);
        let Some(value) = <Self as Value>::read(raw, &trail) else {
            trail.note(Self::EXPECTED, kind_of(raw));
            return Self::default();
        };
        if value != Self::default() {
            fields.mark_place_taken(place);
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
        let Some((place, raw)) = fields.find_value(key) else { return Self::new() };
        let here = *fields.trail();
        let trail = here.key(key);
        let Some(values) = T::read_list(raw, &trail) else {
            trail.note("a list", kind_of(raw));
            return Self::new();
        };
        if !values.is_empty() {
            fields.mark_place_taken(place);
        }
        values
    }

    fn put<M: SerializeMap>(&self, key: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() {
            return Ok(());
        }
        map.serialize_entry(key, &Written(self))
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

impl<T: Value> Value for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self> {
        T::read_list(raw, trail)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }
}

impl Value for BTreeMap<String, String> {
    const EXPECTED: &'static str = "an object of texts";

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

    /// Splits the list and its objects in one pass.
    fn read_list(raw: &RawValue, trail: &Trail<'_>) -> Option<Vec<Self>> {
        let elements: Vec<MaybeEntries<'_>> = serde_json::from_str(raw.get()).ok()?;
        let read = |(index, MaybeEntries(entries)): (usize, MaybeEntries<'_>)| {
            let trail = trail.index(index);
            let entries = entries.map_err(|found| trail.note(T::EXPECTED, found)).ok()?;
            Some(T::from_fields(&mut Fields::new(entries, trail)))
        };
        Some(elements.into_iter().enumerate().filter_map(read).collect())
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write_fields(&mut map)?;
        map.end()
    }
}
