//! `PATCH /sobjects/{object}/{field}/{key}`

use std::time::Instant;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::path;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;
use crate::request::{Idempotence, Request, json};
use crate::response::Response;

/// Creates or changes the record with an external id. Sent twice it leaves one record, so it is
/// sent again also after a failure that leaves open whether it was applied.
///
/// See \[Salesforce/Insert or Update (Upsert) a Record Using an External ID\].
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct UpsertRecord<'a>(Call<'a>);

/// What an upsert did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Upserted {
    /// The record; API versions below 46.0 do not tell it for an update.
    pub id: Option<RecordId>,
    /// Whether the record is new. After a repeat it can be `false` for a record that the first
    /// attempt created.
    pub created: bool,
}

impl<'a> UpsertRecord<'a> {
    pub(super) fn new(
        client: &'a Client,
        object: &str,
        (field, key): (&str, &str),
        fields: &(impl Serialize + ?Sized),
    ) -> Self {
        Self(Call::new(client, request(object, field, key, fields)))
    }

    /// Changes an existing record only; it is an error when there is none.
    pub fn update_only(self) -> Self {
        Self(self.0.map(|request| Ok(request.query("updateOnly", "true"))))
    }

    /// Gives up at this moment.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self(self.0.deadline(deadline))
    }

    /// Whether the org's assignment rules may choose the owner; the org decides unless set.
    pub fn assignment_rules(self, apply: bool) -> Self {
        Self(self.0.assignment_rules(apply))
    }

    /// Saves the record although a duplicate rule warns.
    pub fn allow_duplicates(self) -> Self {
        Self(self.0.allow_duplicates())
    }
}

impl<'a> IntoFuture for UpsertRecord<'a> {
    type Output = Result<Upserted>;
    type IntoFuture = Pending<'a, Upserted>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { upserted(&self.0.send().await?) })
    }
}

fn request(object: &str, field: &str, key: &str, fields: &(impl Serialize + ?Sized)) -> Result<Request> {
    let request = path::by_key(Method::PATCH, object, field, key)?;
    Ok(request.idempotence(Idempotence::Upsert).body(json(fields)?))
}

#[derive(Deserialize)]
struct Answer {
    id: RecordId,
    #[serde(default)]
    created: Option<bool>,
}

/// Reads the answer, which has no body after an update in API versions below 46.0.
pub(crate) fn upserted(response: &Response) -> Result<Upserted> {
    if response.status == StatusCode::NO_CONTENT {
        return Ok(Upserted { id: None, created: false });
    }
    let answer: Answer = response.json()?;
    let created = answer.created.unwrap_or(response.status == StatusCode::CREATED);
    Ok(Upserted { id: Some(answer.id), created })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn read(status: StatusCode, body: &'static str) -> Upserted {
        let body = Bytes::from_static(body.as_bytes());
        upserted(&Response::of(status, body, &"".into())).unwrap()
    }

    #[test]
    fn old_and_new_answers_of_an_upsert_are_read() {
        let body = r#"{"id":"500000000000001","success":true,"errors":[]}"#;

        assert_eq!(read(StatusCode::NO_CONTENT, ""), Upserted { id: None, created: false });
        assert!(read(StatusCode::CREATED, body).created);
        assert!(!read(StatusCode::OK, body).created);
        assert!(read(StatusCode::OK, r#"{"id":"500000000000001","created":true}"#).created);
    }
}
