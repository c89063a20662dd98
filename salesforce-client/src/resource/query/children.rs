//! The rows of a child subquery, which have pages of their own.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::page::{Answer, Page, PageCursor};
use super::pages::{Pages, Rows};
use crate::client::Client;

/// The children of a row: what `(SELECT Id FROM Contacts)` gives in it.
///
/// A row without children has `null` there; that reads as none.
#[derive(Clone)]
#[non_exhaustive]
pub struct Children<T> {
    /// The children that came with the row.
    pub records: Vec<T>,
    /// How many there are in all.
    pub total_size: u64,
    /// Where the next of them are.
    pub next: Option<PageCursor>,
}

impl<T: DeserializeOwned + Send + 'static> Children<T> {
    /// All children, those that came with the row and those on further pages.
    pub fn stream(self, client: &Client) -> Rows<T> {
        let done = self.next.is_none();
        let page = Page { records: self.records, total_size: self.total_size, done, next: self.next };
        Pages::after(client.clone(), page)
    }
}

impl<T> Default for Children<T> {
    fn default() -> Self {
        Self { records: Vec::new(), total_size: 0, next: None }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Children<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(answer) = Option::<Answer<T>>::deserialize(deserializer)? else {
            return Ok(Self::default());
        };
        // The link is a path alone, so it needs no instance to be compared with.
        let next = answer.next_records_url.map(|link| PageCursor::parse(&link, ""));
        let next = next.transpose().map_err(|_| {
            serde::de::Error::custom("the link to further children leads away from the query service")
        })?;
        Ok(Self { records: answer.records, total_size: answer.total_size, next })
    }
}

impl<T> fmt::Debug for Children<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Children")
            .field("records", &self.records.len())
            .field("total_size", &self.total_size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn no_children_are_null_or_an_empty_list() {
        let none: Children<Value> = serde_json::from_value(Value::Null).unwrap();
        let empty: Children<Value> =
            serde_json::from_value(json!({"totalSize": 0, "done": true, "records": []})).unwrap();
        assert!(none.records.is_empty() && empty.records.is_empty());
    }

    #[test]
    fn a_link_to_further_children_stays_on_the_instance() {
        let read = |link: &str| {
            serde_json::from_value::<Children<Value>>(
                json!({"totalSize": 9, "done": false, "records": [], "nextRecordsUrl": link}),
            )
        };
        assert!(read("/services/data/v66.0/query/01g-2").unwrap().next.is_some());
        assert!(read("https://evil.example/services/data/v66.0/query/1").is_err());
    }
}
