//! `GET /limits`

use std::collections::BTreeMap;

use http::Method;
use serde::Deserialize;

use crate::client::Client;
use crate::error::Result;
use crate::request::Request;

/// A limit of the org.
///
/// See \[Salesforce/Limits\].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OrgLimit {
    /// How much there is in all.
    pub max: i64,
    /// How much is left.
    pub remaining: i64,
}

impl Client {
    /// The org's limits by name, such as `DailyApiRequests`.
    ///
    /// # Errors
    /// As any read.
    pub async fn limits(&self) -> Result<BTreeMap<String, OrgLimit>> {
        self.execute(&Request::new(Method::GET, "limits".to_owned(), "limits"), None).await?.json()
    }
}
