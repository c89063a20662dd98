//! `POST /composite/sobjects/{object}`: reads, though it is a POST

use std::fmt;
use std::marker::PhantomData;
use std::time::Instant;

use http::Method;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::call::Pending;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::id::RecordId;
use crate::name;
use crate::request::{self, Idempotence, Request};

/// The API takes this many ids at once.
const MOST_IDS: usize = 2000;

/// Reads many records of one object, in the order of their ids.
///
/// See \[Salesforce/Get Multiple Records with Fewer API Calls\].
#[must_use = "a call does nothing until it is awaited"]
pub struct GetMany<'a, T> {
    client: &'a Client,
    requests: Result<Vec<(Request, usize)>>,
    deadline: Option<Instant>,
    record: PhantomData<fn() -> T>,
}

impl<'a, T: DeserializeOwned> GetMany<'a, T> {
    pub(super) fn new(
        client: &'a Client,
        object: &str,
        ids: &[RecordId],
        fields: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        Self { client, requests: requests(object, ids, fields), deadline: None, record: PhantomData }
    }

    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }
}

fn requests(
    object: &str,
    ids: &[RecordId],
    fields: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Vec<(Request, usize)>> {
    let path = format!("composite/sobjects/{}", name::name("object", object)?);
    let fields = name::fields(fields)?;
    let fields: Vec<&str> = fields.split(',').collect();
    let chunk = |ids: &[RecordId]| {
        let body = request::json(&json!({"ids": ids, "fields": fields}))?;
        let request = Request::new(Method::POST, path.clone(), path.clone());
        Ok((request.idempotence(Idempotence::Idempotent).body(body), ids.len()))
    };
    ids.chunks(MOST_IDS).map(chunk).collect()
}

impl<'a, T: DeserializeOwned + Send + 'a> IntoFuture for GetMany<'a, T> {
    type Output = Result<Vec<Option<T>>>;
    type IntoFuture = Pending<'a, Vec<Option<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut records = Vec::new();
            for (request, expected) in self.requests? {
                let answer = self.client.execute(&request, self.deadline).await?;
                let chunk: Vec<Option<T>> = answer.json()?;
                if chunk.len() != expected {
                    let error = Error::new(ErrorKind::Decode, "the answer does not have one record per id");
                    return Err(answer.blame(error));
                }
                records.extend(chunk);
            }
            Ok(records)
        })
    }
}

impl<T> fmt::Debug for GetMany<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetMany").finish_non_exhaustive()
    }
}
