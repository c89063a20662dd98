//! `GET /sobjects/{object}/updated` and `GET /sobjects/{object}/deleted`

use std::time::Instant;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;
use crate::name;
use crate::request::Request;

/// Asks what changed in a span of time.
///
/// See \[Salesforce/`sObject` Get Updated\] and \[Salesforce/`sObject` Get Deleted\].
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct GetChanges<'a, T> {
    call: Call<'a>,
    answer: std::marker::PhantomData<fn() -> T>,
}

/// The records that were created or changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdatedRecords {
    /// The records.
    pub ids: Vec<RecordId>,
    /// Up to here the answer is complete: begin the next span here.
    pub latest_date_covered: Timestamp,
}

/// The records that were deleted.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeletedRecords {
    /// The records.
    pub deleted_records: Vec<DeletedRecord>,
    /// The org knows of deletions from here on.
    pub earliest_date_available: Timestamp,
    /// Up to here the answer is complete: begin the next span here.
    pub latest_date_covered: Timestamp,
}

/// A record that was deleted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeletedRecord {
    /// The record.
    pub id: RecordId,
    /// When.
    pub deleted_date: Timestamp,
}

impl<'a, T: DeserializeOwned> GetChanges<'a, T> {
    pub(super) fn new(
        client: &'a Client,
        object: &str,
        what: &str,
        (start, end): (Timestamp, Timestamp),
    ) -> Self {
        let request = name::name("object", object).map(|object| {
            let path = format!("sobjects/{object}/{what}");
            let at = |time: Timestamp| format!("{time:.0}").replace('Z', "+00:00");
            Request::new(Method::GET, path.clone(), path).query("start", &at(start)).query("end", &at(end))
        });
        Self { call: Call::new(client, request), answer: std::marker::PhantomData }
    }

    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }
}

impl<'a, T: DeserializeOwned + 'a> IntoFuture for GetChanges<'a, T> {
    type Output = Result<T>;
    type IntoFuture = Pending<'a, T>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.call.send().await?.json() })
    }
}
