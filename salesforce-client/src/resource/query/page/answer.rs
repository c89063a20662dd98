//! The answer to a query as it comes.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// A row with its attributes and an id takes as many bytes.
const SHORT_ROW: usize = 100;

/// One page as the org writes it.
pub(in crate::resource::query) struct Answer<T> {
    pub(in crate::resource::query) total_size: u64,
    pub(super) done: bool,
    pub(in crate::resource::query) records: Vec<T>,
    pub(in crate::resource::query) next_records_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Key {
    TotalSize,
    Done,
    Records,
    NextRecordsUrl,
    #[serde(other)]
    Other,
}

/// Reads an answer, with room from the start for as many rows as there can be.
pub(super) struct Reader<T> {
    most: usize,
    row: PhantomData<T>,
}

impl<T> Reader<T> {
    /// For an answer of so many bytes, which are what bounds the room: the org's word alone does not.
    pub(super) fn of_length(bytes: usize) -> Self {
        Self { most: bytes / SHORT_ROW, row: PhantomData }
    }
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Reader<T> {
    type Value = Answer<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Answer<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Reader<T> {
    type Value = Answer<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer to a query")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut answer: A) -> Result<Answer<T>, A::Error> {
        let (mut total_size, mut done) = (None, None);
        let (mut records, mut next_records_url) = (Vec::new(), None);
        while let Some(key) = answer.next_key()? {
            match key {
                Key::TotalSize => total_size = Some(answer.next_value()?),
                Key::Done => done = Some(answer.next_value()?),
                Key::Records => {
                    let total = total_size.and_then(|total: u64| usize::try_from(total).ok());
                    let room = total.map_or(0, |total| total.min(self.most));
                    records = answer.next_value_seed(Records { room, row: PhantomData })?;
                }
                Key::NextRecordsUrl => next_records_url = answer.next_value()?,
                Key::Other => {
                    answer.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Answer {
            total_size: total_size.ok_or_else(|| A::Error::missing_field("totalSize"))?,
            done: done.ok_or_else(|| A::Error::missing_field("done"))?,
            records,
            next_records_url,
        })
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Answer<T> {
    /// An answer inside of another, of a length that is not known: its rows get room as they come.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader::of_length(0).deserialize(deserializer)
    }
}

/// The rows of an answer.
struct Records<T> {
    room: usize,
    row: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Records<T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Records<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<T>, A::Error> {
        let mut records = Vec::with_capacity(self.room);
        while let Some(row) = rows.next_element()? {
            records.push(row);
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(text: &str) -> serde_json::Result<Answer<Value>> {
        Reader::of_length(text.len()).deserialize(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn the_org_cannot_ask_for_more_room_than_its_answer_is_long() {
        let answer = read(r#"{"totalSize":18446744073709551615,"done":true,"records":[{"Id":1}]}"#).unwrap();
        assert_eq!(answer.records.len(), 1);
        assert!(answer.records.capacity() < 100);
    }

    #[test]
    fn room_is_made_once_for_all_rows_that_were_announced() {
        let rows = vec![format!(r#"{{"Name":"{}"}}"#, "x".repeat(SHORT_ROW)); 50].join(",");
        let answer = read(&format!(r#"{{"totalSize":50,"done":true,"records":[{rows}]}}"#)).unwrap();
        assert_eq!((answer.records.len(), answer.records.capacity()), (50, 50));
    }

    #[test]
    fn the_parts_of_an_answer_come_in_any_order_and_others_beside_them() {
        let answer = read(r#"{"new":[],"records":[1,2],"nextRecordsUrl":"/n","done":false,"totalSize":3}"#);
        let answer = answer.unwrap();
        assert_eq!((answer.total_size, answer.done, answer.records.len()), (3, false, 2));
        assert_eq!(answer.next_records_url.as_deref(), Some("/n"));
        let counted = read(r#"{"totalSize":7,"done":true}"#).unwrap();
        assert_eq!((counted.total_size, counted.records.len()), (7, 0));
        for missing in [r#"{"done":true,"records":[]}"#, r#"{"totalSize":1,"records":[]}"#] {
            assert!(read(missing).is_err());
        }
    }
}
