//! `GET /search?q=` and `POST /parameterizedSearch`

mod parameterized;

use std::fmt;
use std::time::Instant;

use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::request::Request;
use crate::response::Response;
use crate::sobject::SObject;
use crate::sosl::Sosl;

pub use self::parameterized::{ParameterizedSearch, SearchGroup};

/// The org takes 16,384 bytes of address and headers; this leaves room for the headers.
const LONGEST_PATH: usize = 12_000;

/// Runs a search; gives records of several objects.
///
/// See \[Salesforce/Search\].
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct Search<'a>(Call<'a>);

/// The records that a search found, best first.
#[derive(Clone)]
#[non_exhaustive]
pub struct Found {
    /// The records; `attributes.type` tells the object.
    pub records: Vec<Value>,
}

impl Client {
    /// Runs a search. The index follows the records with some delay, so a record that was just
    /// created may not be found yet.
    #[expect(clippy::needless_pass_by_value, reason = "a search is built in place and used once")]
    pub fn search(&self, sosl: Sosl) -> Search<'_> {
        Search(Call::new(self, request(&sosl)))
    }
}

impl Search<'_> {
    /// Gives up at this moment.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self(self.0.deadline(deadline))
    }
}

impl<'a> IntoFuture for Search<'a> {
    type Output = Result<Found>;
    type IntoFuture = Pending<'a, Found>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Found::read(&self.0.send().await?) })
    }
}

fn request(sosl: &Sosl) -> Result<Request> {
    let request = Request::new(Method::GET, "search".to_owned(), "search").query("q", &sosl.render()?);
    if request.query_len() > LONGEST_PATH {
        return Err(Error::invalid("the search is too long for an address: search for fewer terms at once"));
    }
    Ok(request)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Object {
        #[serde(rename = "searchRecords")]
        records: Vec<Value>,
    },
    /// As API versions below 37.0 answer.
    List(Vec<Value>),
}

impl Found {
    fn read(response: &Response) -> Result<Self> {
        let (Answer::Object { records } | Answer::List(records)) = response.json()?;
        Ok(Self { records })
    }

    /// The records of one object.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when one of them does not fit `T`.
    pub fn of<T: SObject>(&self) -> Result<Vec<T>> {
        self.of_type(T::NAME)
    }

    /// As [`of`](Self::of), for a type that is no [`SObject`].
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_type<T: DeserializeOwned>(&self, object: &str) -> Result<Vec<T>> {
        let is_one = |record: &&Value| {
            record["attributes"]["type"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(object))
        };
        let read = |record: &Value| {
            T::deserialize(record)
                .map_err(|_| Error::new(ErrorKind::Decode, "a record that was found does not fit its type"))
        };
        self.records.iter().filter(is_one).map(read).collect()
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("records", &self.records.len()).finish()
    }
}
