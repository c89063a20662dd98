//! `/tooling`: the org's own make-up, as records that can be queried and created

use std::fmt;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::query::{self, Query};
use super::records::CreateRecord;
use crate::call::Call;
use crate::client::Client;
use crate::error::Result;
use crate::name;
use crate::request::{Request, json};
use crate::soql::Soql;

/// The org's make-up: custom fields and objects, classes, permission sets.
///
/// See \[Salesforce/Tooling API\].
#[derive(Clone, Copy)]
pub struct Tooling<'a> {
    client: &'a Client,
}

impl Client {
    /// The org's make-up.
    pub fn tooling(&self) -> Tooling<'_> {
        Tooling { client: self }
    }

    /// Publishes a platform event, such as `Order_Event__e`; gives the id of its publication. The
    /// event is delivered at least once: a publication whose answer was lost is not repeated here.
    pub fn publish<'a>(&'a self, event: &'a str, fields: &(impl Serialize + ?Sized)) -> CreateRecord<'a> {
        self.records(event).create(fields)
    }
}

impl<'a> Tooling<'a> {
    /// Runs a query over the org's make-up.
    #[expect(clippy::needless_pass_by_value, reason = "a query is built in place and used once")]
    pub fn query<T: DeserializeOwned>(&self, soql: Soql) -> Query<'a, T> {
        Query::of(self.client, query::request(&soql, "tooling/query"))
    }

    /// Creates a part of the org, such as a `CustomField`. The org takes some seconds for each.
    pub fn create(&self, object: &str, fields: &(impl Serialize + ?Sized)) -> CreateRecord<'a> {
        CreateRecord::of(Call::new(self.client, request(object, fields)))
    }
}

fn request(object: &str, fields: &(impl Serialize + ?Sized)) -> Result<Request> {
    let path = format!("tooling/sobjects/{}", name::name("object", object)?);
    Ok(Request::new(Method::POST, path.clone(), path).body(json(fields)?))
}

impl fmt::Debug for Tooling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tooling(..)")
    }
}
