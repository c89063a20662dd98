//! `POST /parameterizedSearch`: a search without a language. It changes nothing, so it may be repeated.

use std::fmt;
use std::time::Instant;

use http::Method;
use serde::Serialize;

use super::Found;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::name;
use crate::request::{Idempotence, Request, json};
use crate::sosl::SoslTerm;

const MOST_RESULTS: u16 = 2000;

/// Which fields are searched.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum SearchGroup {
    /// All that can be searched.
    All,
    /// Names.
    Name,
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
}

/// A search by parameters; gives records of several objects.
///
/// See \[Salesforce/Parameterized Search\].
#[must_use = "a call does nothing until it is awaited"]
pub struct ParameterizedSearch<'a> {
    client: &'a Client,
    wire: Result<Wire>,
    deadline: Option<Instant>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    q: String,
    r#in: SearchGroup,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sobjects: Vec<Object>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overall_limit: Option<u16>,
}

#[derive(Serialize)]
struct Object {
    name: String,
    fields: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u16>,
}

impl Client {
    /// Searches for what the term says; text is found as a phrase.
    pub fn parameterized_search<T: TryInto<SoslTerm, Error = Error>>(
        &self,
        term: T,
    ) -> ParameterizedSearch<'_> {
        let wire = term.try_into().map(|term| Wire {
            q: term.as_str().to_owned(),
            r#in: SearchGroup::All,
            sobjects: Vec::new(),
            overall_limit: None,
        });
        ParameterizedSearch { client: self, wire, deadline: None }
    }
}

impl ParameterizedSearch<'_> {
    /// Searches these fields only.
    pub fn in_group(mut self, group: SearchGroup) -> Self {
        self.wire = self.wire.map(|wire| Wire { r#in: group, ..wire });
        self
    }

    /// Looks for records of this object and gives these fields of them.
    pub fn object(mut self, object: &str, fields: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.wire = self.wire.and_then(|mut wire| {
            let fields = name::fields(fields)?.split(',').map(str::to_owned).collect();
            let name = name::name("object", object)?.to_owned();
            wire.sobjects.push(Object { name, fields, limit: None });
            Ok(wire)
        });
        self
    }

    /// Gives at most this many records, up to 2,000.
    pub fn limit(mut self, records: u16) -> Self {
        self.wire =
            self.wire.map(|wire| Wire { overall_limit: Some(records.clamp(1, MOST_RESULTS)), ..wire });
        self
    }

    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }
}

impl<'a> IntoFuture for ParameterizedSearch<'a> {
    type Output = Result<Found>;
    type IntoFuture = Pending<'a, Found>;

    fn into_future(self) -> Self::IntoFuture {
        let request = self.wire.and_then(|wire| {
            let path = "parameterizedSearch";
            let request = Request::new(Method::POST, path.to_owned(), path);
            Ok(request.idempotence(Idempotence::Idempotent).body(json(&wire)?))
        });
        let mut call = Call::new(self.client, request);
        call.deadline = self.deadline;
        Box::pin(async move { Found::read(&call.send().await?) })
    }
}

impl fmt::Debug for ParameterizedSearch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParameterizedSearch").finish_non_exhaustive()
    }
}
