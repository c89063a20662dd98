//! `GET /sobjects/{object}/{id}` and `GET /sobjects/{object}/{field}/{key}`

use std::fmt;
use std::marker::PhantomData;
use std::time::Instant;

use http::Method;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::if_modified::{GetIfModified, if_modified_since};
use super::path;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;
use crate::name;

/// Reads a record as `T`.
///
/// See \[Salesforce/`sObject` Rows\] and \[Salesforce/`sObject` Rows by External ID\].
#[must_use = "a call does nothing until it is awaited"]
pub struct GetRecord<'a, T> {
    pub(super) call: Call<'a>,
    record: PhantomData<fn() -> T>,
}

impl<'a, T: DeserializeOwned> GetRecord<'a, T> {
    pub(super) fn by_id(client: &'a Client, object: &str, id: &RecordId) -> Self {
        let request = path::by_id(Method::GET, object, id.as_str());
        Self { call: Call::new(client, request), record: PhantomData }
    }

    pub(super) fn by_key(client: &'a Client, object: &str, field: &str, key: &str) -> Self {
        let request = path::by_key(Method::GET, object, field, key);
        Self { call: Call::new(client, request), record: PhantomData }
    }

    /// Reads these fields only; all that the user sees unless named.
    pub fn fields<F: AsRef<str>>(mut self, fields: impl IntoIterator<Item = F>) -> Self {
        self.call = self.call.map(|request| Ok(request.query("fields", &name::fields(fields)?)));
        self
    }

    /// Reads it only if it was changed after `since`, to the second.
    pub fn if_modified_since(mut self, since: Timestamp) -> GetIfModified<'a, T> {
        self.call = self.call.map(|request| if_modified_since(request, since));
        GetIfModified(self)
    }

    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }
}

impl<'a, T: DeserializeOwned + 'a> IntoFuture for GetRecord<'a, T> {
    type Output = Result<T>;
    type IntoFuture = Pending<'a, T>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.call.send().await?.json() })
    }
}

impl<T> fmt::Debug for GetRecord<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GetRecord").field(&self.call).finish()
    }
}
