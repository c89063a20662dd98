//! Walking through a result: by page, or by row as a stream.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_core::Stream;
use futures_util::stream::try_unfold;
use serde::de::DeserializeOwned;

use super::page::{Page, read_page};
use crate::client::Client;
use crate::error::Result;
use crate::request::Request;

/// The pages of a result.
pub struct Pages<T> {
    client: Client,
    next: Option<Result<Request>>,
    deadline: Option<Instant>,
    row: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(client: Client, first: Result<Request>, deadline: Option<Instant>) -> Self {
        Self { client, next: Some(first), deadline, row: PhantomData }
    }

    /// The next page; `None` after the last one.
    ///
    /// # Errors
    /// As any call; after an error there are no further pages.
    /// [`INVALID_QUERY_LOCATOR`](crate::ErrorCode::INVALID_QUERY_LOCATOR) means that the walk was
    /// interrupted for too long.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>> {
        let Some(request) = self.next.take() else { return Ok(None) };
        let page: Page<T> = read_page(&self.client.execute(&request?, self.deadline).await?)?;
        self.next = page.next.as_ref().map(|cursor| Ok(cursor.request()));
        Ok(Some(page))
    }

    /// The rows of all pages.
    pub fn into_stream(self) -> Rows<T>
    where
        T: Send + 'static,
    {
        let rows = try_unfold((self, VecDeque::new()), |(mut pages, mut rows)| async move {
            loop {
                if let Some(row) = rows.pop_front() {
                    return Ok(Some((row, (pages, rows))));
                }
                match pages.next_page().await? {
                    Some(page) => rows = page.records.into(),
                    None => return Ok(None),
                }
            }
        });
        Rows(Box::pin(rows))
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("more", &self.next.is_some()).finish_non_exhaustive()
    }
}

/// The rows of a result as a stream.
#[must_use = "a stream does nothing until it is polled"]
pub struct Rows<T>(Pin<Box<dyn Stream<Item = Result<T>> + Send>>);

impl<T> Stream for Rows<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows(..)")
    }
}
