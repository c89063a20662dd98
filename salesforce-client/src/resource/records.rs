//! The records of one object: create, get, update, upsert, delete.

mod changes;
mod create;
mod delete;
mod get;
mod if_modified;
mod path;
mod update;
mod upsert;

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::id::RecordId;
use crate::resource::files::GetBlob;

pub use self::changes::{DeletedRecord, DeletedRecords, GetChanges, UpdatedRecords};
pub use self::create::CreateRecord;
pub use self::delete::DeleteRecord;
pub use self::get::GetRecord;
pub use self::if_modified::GetIfModified;
pub use self::update::UpdateRecord;
pub use self::upsert::{UpsertRecord, Upserted};

pub(crate) use self::create::created_id;
pub(crate) use self::if_modified::if_modified_since;
pub(crate) use self::path::{by_id, by_key};
pub(crate) use self::upsert::upserted;

/// The records of one object.
#[derive(Clone, Copy)]
pub struct Records<'a> {
    client: &'a Client,
    object: &'a str,
}

impl Client {
    /// The records of the object with this API name, such as `Case`.
    pub fn records<'a>(&'a self, object: &'a str) -> Records<'a> {
        Records { client: self, object }
    }
}

impl<'a> Records<'a> {
    /// Creates a record. It is never sent twice after an ambiguous failure; where that matters,
    /// [`upsert`](Self::upsert) by an external id can be.
    pub fn create(&self, fields: &(impl Serialize + ?Sized)) -> CreateRecord<'a> {
        CreateRecord::new(self.client, self.object, fields)
    }

    /// Reads a record.
    pub fn get<T: DeserializeOwned>(&self, id: &RecordId) -> GetRecord<'a, T> {
        GetRecord::by_id(self.client, self.object, id)
    }

    /// Reads the record whose external id `field` is `key`.
    pub fn get_by<T: DeserializeOwned>(&self, field: &str, key: &str) -> GetRecord<'a, T> {
        GetRecord::by_key(self.client, self.object, field, key)
    }

    /// Reads a blob field of a record, such as the `Body` of an Attachment, as a stream.
    pub fn blob(&self, id: &RecordId, field: &str) -> GetBlob<'a> {
        GetBlob::new(self.client, self.object, id, field)
    }

    /// Changes the given fields of a record.
    pub fn update(&self, id: &RecordId, fields: &(impl Serialize + ?Sized)) -> UpdateRecord<'a> {
        UpdateRecord::new(self.client, self.object, id, fields)
    }

    /// Creates or changes the record whose external id `field` is `key`. Leave `field` itself out of `fields`.
    pub fn upsert(&self, field: &str, key: &str, fields: &(impl Serialize + ?Sized)) -> UpsertRecord<'a> {
        UpsertRecord::new(self.client, self.object, (field, key), fields)
    }

    /// Deletes a record.
    pub fn delete(&self, id: &RecordId) -> DeleteRecord<'a> {
        DeleteRecord::by_id(self.client, self.object, id)
    }

    /// The records that were created or changed between two moments, at most 30 days apart and 30
    /// days ago.
    pub fn updated(&self, start: Timestamp, end: Timestamp) -> GetChanges<'a, UpdatedRecords> {
        GetChanges::new(self.client, self.object, "updated", (start, end))
    }

    /// The records that were deleted between two moments, as far as the recycle bin remembers.
    pub fn deleted(&self, start: Timestamp, end: Timestamp) -> GetChanges<'a, DeletedRecords> {
        GetChanges::new(self.client, self.object, "deleted", (start, end))
    }

    /// Deletes the record whose external id `field` is `key`.
    pub fn delete_by(&self, field: &str, key: &str) -> DeleteRecord<'a> {
        DeleteRecord::by_key(self.client, self.object, field, key)
    }
}

impl fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("object", &self.object).finish_non_exhaustive()
    }
}
