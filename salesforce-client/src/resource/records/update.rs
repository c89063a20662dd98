//! `PATCH /sobjects/{object}/{id}`

use std::time::Instant;

use http::Method;
use serde::Serialize;

use super::path;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;
use crate::request::{Request, json};

/// Changes fields of a record: an absent key keeps the value, `null` clears it.
///
/// See \[Salesforce/`sObject` Rows, PATCH\].
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct UpdateRecord<'a>(Call<'a>);

impl<'a> UpdateRecord<'a> {
    pub(super) fn new(
        client: &'a Client,
        object: &str,
        id: &RecordId,
        fields: &(impl Serialize + ?Sized),
    ) -> Self {
        Self(Call::new(client, request(object, id, fields)))
    }

    /// Gives up at this moment.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self(self.0.deadline(deadline))
    }

    /// Whether the org's assignment rules may change the owner; the org decides unless set.
    pub fn assignment_rules(self, apply: bool) -> Self {
        Self(self.0.assignment_rules(apply))
    }

    /// Saves the record although a duplicate rule warns.
    pub fn allow_duplicates(self) -> Self {
        Self(self.0.allow_duplicates())
    }
}

impl<'a> IntoFuture for UpdateRecord<'a> {
    type Output = Result<()>;
    type IntoFuture = Pending<'a, ()>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.0.send().await.map(drop) })
    }
}

fn request(object: &str, id: &RecordId, fields: &(impl Serialize + ?Sized)) -> Result<Request> {
    Ok(path::by_id(Method::PATCH, object, id.as_str())?.body(json(fields)?))
}
