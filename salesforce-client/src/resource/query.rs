//! `GET /query?q=`, `GET /queryAll?q=` and `GET` of the further pages; a query that is too long for an
//! address travels in `POST /composite`

mod children;
mod page;
mod pages;

use std::fmt;
use std::marker::PhantomData;
use std::time::Instant;

use http::{HeaderName, HeaderValue, Method};
use serde::de::DeserializeOwned;

use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::request::Request;
use crate::resource::composite::check_text;
use crate::soql::Soql;

pub use self::children::Children;
pub use self::page::{Page, PageCursor};
pub use self::pages::{Pages, Rows};

pub(crate) use self::page::read_page;

const QUERY_OPTIONS: HeaderName = HeaderName::from_static("sforce-query-options");

/// The org takes 16,384 bytes of address and headers; this leaves room for the headers.
const LONGEST_PATH: usize = 12_000;

/// Runs a query; awaited, it gives the first page.
///
/// See \[Salesforce/Execute a SOQL Query\].
#[must_use = "a call does nothing until it is awaited"]
pub struct Query<'a, T> {
    call: Call<'a>,
    row: PhantomData<fn() -> T>,
}

impl Client {
    /// Runs a query whose rows are `T`.
    #[expect(clippy::needless_pass_by_value, reason = "a query is built in place and used once")]
    pub fn query<T: DeserializeOwned>(&self, soql: Soql) -> Query<'_, T> {
        Query { call: Call::new(self, fitting(self, &soql, "query")), row: PhantomData }
    }

    /// As [`query`](Self::query), deleted and archived rows included.
    #[expect(clippy::needless_pass_by_value, reason = "a query is built in place and used once")]
    pub fn query_all<T: DeserializeOwned>(&self, soql: Soql) -> Query<'_, T> {
        Query { call: Call::new(self, fitting(self, &soql, "queryAll")), row: PhantomData }
    }

    /// What a `SELECT COUNT() FROM ..` counts.
    ///
    /// # Errors
    /// As any query.
    pub async fn count(&self, soql: Soql) -> Result<u64> {
        Ok(self.query::<serde_json::Value>(soql).await?.total_size)
    }

    /// Reads the page that an earlier [`Page::next`] names.
    pub fn query_page<T: DeserializeOwned>(&self, cursor: &PageCursor) -> Query<'_, T> {
        Query { call: Call::new(self, Ok(cursor.request())), row: PhantomData }
    }
}

impl<'a, T: DeserializeOwned> Query<'a, T> {
    pub(crate) fn of(client: &'a Client, request: Result<Request>) -> Self {
        Self { call: Call::new(client, request), row: PhantomData }
    }

    /// How many rows a page has, 200 to 2,000; the org takes it as a hint.
    pub fn batch_size(mut self, rows: u16) -> Self {
        self.call = self.call.map(|request| {
            let hint = format!("batchSize={}", rows.clamp(200, 2000));
            let value =
                HeaderValue::try_from(hint).map_err(|_| Error::invalid("the batch size is not a number"))?;
            Ok(request.header(QUERY_OPTIONS, value))
        });
        self
    }

    /// Gives up at this moment, all pages included.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }

    /// The result page by page.
    pub fn pages(self) -> Pages<T> {
        Pages::new(self.call.client.clone(), self.call.request, self.call.deadline)
    }

    /// The result row by row, as a stream. The first error ends it.
    pub fn stream(self) -> Rows<T>
    where
        T: Send + 'static,
    {
        self.pages().into_stream()
    }
}

impl<'a, T: DeserializeOwned + 'a> IntoFuture for Query<'a, T> {
    type Output = Result<Page<T>>;
    type IntoFuture = Pending<'a, Page<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { read_page(&self.call.send().await?) })
    }
}

impl<T> fmt::Debug for Query<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query").field(&self.call).finish()
    }
}

pub(crate) fn request(soql: &Soql, resource: &'static str) -> Result<Request> {
    Ok(Request::new(Method::GET, resource.to_owned(), resource).query("q", &soql.render()?))
}

/// The request, in a composite one where its address would be too long.
fn fitting(client: &Client, soql: &Soql, resource: &'static str) -> Result<Request> {
    let request = request(soql, resource)?;
    if request.query_len() <= LONGEST_PATH {
        return Ok(request);
    }
    check_text(&soql.render()?)?;
    request.packed(client.api_version())
}
