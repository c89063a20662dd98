//! `GET /query?q=` and `GET` of the further pages

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
use crate::soql::Soql;

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
        Query { call: Call::new(self, request(&soql)), row: PhantomData }
    }

    /// Reads the page that an earlier [`Page::next`] names.
    pub fn query_page<T: DeserializeOwned>(&self, cursor: &PageCursor) -> Query<'_, T> {
        Query { call: Call::new(self, Ok(cursor.request())), row: PhantomData }
    }
}

impl<T: DeserializeOwned> Query<'_, T> {
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

pub(crate) fn request(soql: &Soql) -> Result<Request> {
    let request = Request::new(Method::GET, "query".to_owned(), "query").query("q", &soql.render()?);
    if request.query_len() > LONGEST_PATH {
        return Err(Error::invalid(
            "the query is too long for an address: bind fewer values and ask in parts",
        ));
    }
    Ok(request)
}
