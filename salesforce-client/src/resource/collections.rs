//! `/composite/sobjects`: many records for one API call per 200 of them

mod chunks;
mod get;
mod save;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::id::RecordId;

pub use self::get::GetMany;
pub(in crate::resource) use self::save::{Plan, read_created, read_upserted};
pub use self::save::{SaveMany, Saved};

/// Many records at once. More than 200 are sent in several requests, one after the other, and the
/// outcomes come in the order of the records. Where the objects of records alternate more often than the
/// org takes, ten times in a request, those of an object are sent side by side.
///
/// See \[Salesforce/`sObject` Collections\].
#[derive(Clone, Copy)]
pub struct Collections<'a> {
    client: &'a Client,
}

impl Client {
    /// Many records at once.
    pub fn collections(&self) -> Collections<'_> {
        Collections { client: self }
    }
}

impl<'a> Collections<'a> {
    /// Creates records. Like a single create it is never sent twice after an ambiguous failure.
    pub fn create<T: Serialize>(&self, object: &str, records: &[T]) -> SaveMany<'a> {
        SaveMany::create(self.client, object, records)
    }

    /// Creates records of several objects, each beside the name of its own. Like a single create it is never
    /// sent twice after an ambiguous failure.
    pub fn create_several<T: Serialize>(&self, records: &[(&str, T)]) -> SaveMany<'a> {
        SaveMany::create_several(self.client, records)
    }

    /// Changes the given fields of records.
    pub fn update<T: Serialize>(&self, object: &str, records: &[(RecordId, T)]) -> SaveMany<'a> {
        SaveMany::update(self.client, object, records)
    }

    /// Creates or changes records by the external id `field`, which each of them has among its fields.
    pub fn upsert<T: Serialize>(&self, object: &str, field: &str, records: &[T]) -> SaveMany<'a> {
        SaveMany::upsert(self.client, object, field, records)
    }

    /// Deletes records, of any objects.
    pub fn delete(&self, ids: &[RecordId]) -> SaveMany<'a> {
        SaveMany::delete(self.client, ids)
    }

    /// Reads these fields of records; a record that is not there, or not visible, is `None`.
    pub fn get<T: DeserializeOwned>(
        &self,
        object: &str,
        ids: &[RecordId],
        fields: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> GetMany<'a, T> {
        GetMany::new(self.client, object, ids, fields)
    }
}

impl fmt::Debug for Collections<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collections(..)")
    }
}
