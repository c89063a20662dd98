//! `POST /sobjects/{object}`

use std::time::Instant;

use http::Method;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;
use crate::name;
use crate::request::{Request, json};
use crate::response::Response;

/// Creates a record; gives its id.
///
/// See \[Salesforce/`sObject` Basic Information, POST\].
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct CreateRecord<'a>(Call<'a>);

impl<'a> CreateRecord<'a> {
    pub(super) fn new(client: &'a Client, object: &str, fields: &(impl Serialize + ?Sized)) -> Self {
        Self(Call::new(client, request(object, fields)))
    }

    pub(crate) fn of(call: Call<'a>) -> Self {
        Self(call)
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

impl<'a> IntoFuture for CreateRecord<'a> {
    type Output = Result<RecordId>;
    type IntoFuture = Pending<'a, RecordId>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { created_id(&self.0.send().await?) })
    }
}

fn request(object: &str, fields: &(impl Serialize + ?Sized)) -> Result<Request> {
    let path = format!("sobjects/{}", name::name("object", object)?);
    Ok(Request::new(Method::POST, path.clone(), path).body(json(fields)?))
}

#[derive(Deserialize)]
struct Created {
    id: RecordId,
}

pub(crate) fn created_id(response: &Response) -> Result<RecordId> {
    response.json::<Created>().map(|created| created.id)
}
