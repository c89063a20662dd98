//! `DELETE /sobjects/{object}/{id}` and `DELETE /sobjects/{object}/{field}/{key}`

use std::time::Instant;

use http::Method;

use super::path;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;

/// Deletes a record.
///
/// See \[Salesforce/`sObject` Rows, DELETE\].
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct DeleteRecord<'a>(Call<'a>);

impl<'a> DeleteRecord<'a> {
    pub(super) fn by_id(client: &'a Client, object: &str, id: &RecordId) -> Self {
        Self(Call::new(client, path::by_id(Method::DELETE, object, id.as_str())))
    }

    pub(super) fn by_key(client: &'a Client, object: &str, field: &str, key: &str) -> Self {
        Self(Call::new(client, path::by_key(Method::DELETE, object, field, key)))
    }

    /// Gives up at this moment.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self(self.0.deadline(deadline))
    }
}

impl<'a> IntoFuture for DeleteRecord<'a> {
    type Output = Result<()>;
    type IntoFuture = Pending<'a, ()>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.0.send().await {
                // An attempt whose answer was lost has deleted it.
                Err(error) if error.after_ambiguity() && error.is_not_found() => Ok(()),
                outcome => outcome.map(drop),
            }
        })
    }
}
