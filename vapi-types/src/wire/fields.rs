//! One JSON object, split into its fields in a single pass.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Extra, Raw, Trail};

/// The fields of one object, handed out by name; what nobody asks for goes to `extra`.
pub(crate) struct Fields<'a, 't> {
    entries: Vec<Entry<'a>>,
    trail: Trail<'t>,
}

struct Entry<'a> {
    tag: usize,
    key: Cow<'a, str>,
    value: &'a RawValue,
    taken: bool,
}

impl<'a, 't> Fields<'a, 't> {
    pub(crate) fn new(entries: Entries<'a>, trail: Trail<'t>) -> Self {
        Self { entries: entries.0, trail }
    }

    pub(crate) fn trail(&self) -> &Trail<'t> {
        &self.trail
    }

    /// The value of a field unless it is absent, null or taken; the last one wins, as in JavaScript.
    pub(crate) fn peek(&self, key: &str) -> Option<&'a RawValue> {
        self.find_value(key).map(|(_, value)| value)
    }

    /// The same with the place of the field, for [`Fields::mark_place_taken`].
    pub(crate) fn find_value(&self, key: &str) -> Option<(usize, &'a RawValue)> {
        let place = self.find(key)?;
        let value = self.entries[place].value;
        (value.get() != "null").then_some((place, value))
    }

    pub(crate) fn mark_place_taken(&mut self, place: usize) {
        self.entries[place].taken = true;
    }

    /// Marks a field as read, so that it is not among the unnamed ones.
    pub(crate) fn mark_taken(&mut self, key: &str) {
        if let Some(place) = self.find(key) {
            self.mark_place_taken(place);
        }
    }

    /// Everything that was not taken, without earlier duplicates of what was.
    pub(crate) fn rest(&self) -> Extra {
        // Few fields have names, however many a hostile object has.
        let taken: Vec<&Entry<'_>> = self.entries.iter().filter(|entry| entry.taken).collect();
        let was_taken = |key: &str| taken.iter().any(|taken| taken.tag == tag(key) && taken.key == key);
        let left = self.entries.iter().filter(|entry| !entry.taken && !was_taken(&entry.key));
        Extra::new(left.map(|entry| (entry.key.clone().into_owned(), Raw::new(entry.value))).collect())
    }

    fn find(&self, key: &str) -> Option<usize> {
        let tag = tag(key);
        self.entries.iter().rposition(|entry| entry.tag == tag && !entry.taken && entry.key == key)
    }
}

/// Length and last byte of a name: enough to pass over most other names without comparing texts.
fn tag(key: &str) -> usize {
    let last = key.as_bytes().last().copied().unwrap_or_default();
    key.len() << 8 | usize::from(last)
}

/// The fields of an object as they stand in the text.
pub(crate) struct Entries<'a>(Vec<Entry<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(16);
        while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            entries.push(Entry { tag: tag(&key), key, value, taken: false });
        }
        Ok(Entries(entries))
    }
}

/// A request body: the fields of its `message`, if that is an object.
pub(crate) struct Envelope<'a>(pub(crate) Option<Entries<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut message = None;
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            if key == "message" {
                message = map.next_value::<MaybeEntries<'de>>()?.0.ok();
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Envelope(message))
    }
}

/// The fields of an object, or what was found in its place.
pub(crate) struct MaybeEntries<'a>(pub(crate) Result<Entries<'a>, &'static str>);

impl<'de: 'a, 'a> Deserialize<'de> for MaybeEntries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MaybeEntriesVisitor)
    }
}

struct MaybeEntriesVisitor;

impl<'de> Visitor<'de> for MaybeEntriesVisitor {
    type Value = MaybeEntries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        EntriesVisitor.visit_map(map).map(|entries| MaybeEntries(Ok(entries)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(MaybeEntries(Err("a list")))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(MaybeEntries(Err("null")))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(MaybeEntries(Err("a boolean")))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(MaybeEntries(Err("a number")))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(MaybeEntries(Err("a number")))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(MaybeEntries(Err("a number")))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(MaybeEntries(Err("a string")))
    }
}

/// A text, borrowed unless it holds escapes.
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}
