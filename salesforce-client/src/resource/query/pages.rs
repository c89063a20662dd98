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
use tokio::task::JoinHandle;

use super::page::{Page, PageCursor, read_page};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::request::Request;

/// The pages of a result.
pub struct Pages<T> {
    client: Client,
    next: Option<Result<Request>>,
    deadline: Option<Instant>,
    /// Where the latest page was.
    latest: Option<PageCursor>,
    /// Pages without rows, one after the other.
    hollow: u32,
    row: PhantomData<fn() -> T>,
}

/// After so many pages without rows the org is taken to lead nowhere.
const MOST_HOLLOW: u32 = 10;

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(client: Client, first: Result<Request>, deadline: Option<Instant>) -> Self {
        Self { client, next: Some(first), deadline, latest: None, hollow: 0, row: PhantomData }
    }

    /// The next page; `None` after the last one.
    ///
    /// # Errors
    /// As any call; after an error there are no further pages.
    /// [`ErrorKind::PageExpired`] means that the walk was interrupted for too long, or that the user
    /// has more than ten queries open.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>> {
        let Some(request) = self.next.take() else { return Ok(None) };
        let answer = self.client.execute(&request?, self.deadline).await?;
        let page: Page<T> = read_page(&answer)?;
        self.hollow = if page.records.is_empty() { self.hollow + 1 } else { 0 };
        if page.next.is_some() && (self.hollow == MOST_HOLLOW || page.next == self.latest) {
            let hint = "the org leads from page to page and gives no rows";
            return Err(answer.blame(Error::new(ErrorKind::Decode, hint)));
        }
        self.latest.clone_from(&page.next);
        self.next = page.next.as_ref().map(|cursor| Ok(cursor.request()));
        Ok(Some(page))
    }

    /// The rows of all pages. While the rows of one page are taken, the next page is on its way; more
    /// than that one is never asked for in advance.
    pub fn into_stream(self) -> Rows<T>
    where
        T: Send + 'static,
    {
        Rows::new(Walk { rows: VecDeque::new(), rest: Rest::Ahead(Box::new(self)) })
    }

    /// The rows of a page that is there, and of those after it.
    pub(super) fn after(client: Client, page: Page<T>) -> Rows<T>
    where
        T: Send + 'static,
    {
        let next = page.next.as_ref().map(|cursor| Ok(cursor.request()));
        let rest =
            Self { client, next, deadline: None, latest: page.next.clone(), hollow: 0, row: PhantomData };
        Rows::new(Walk { rows: page.records.into(), rest: Rest::Ahead(Box::new(rest)) })
    }
}

/// How far a stream of rows is.
struct Walk<T> {
    rows: VecDeque<T>,
    rest: Rest<T>,
}

/// The pages that are not read yet.
enum Rest<T> {
    Ahead(Box<Pages<T>>),
    OnItsWay(Fetch<T>),
}

/// The next page while it is on its way. Dropped, it is given up.
struct Fetch<T>(JoinHandle<Fetched<T>>);

/// What is left after the page, and the page.
type Fetched<T> = (Pages<T>, Result<Option<Page<T>>>);

impl<T> Drop for Fetch<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T: DeserializeOwned + Send + 'static> Walk<T> {
    async fn row(mut self) -> Result<Option<(T, Self)>> {
        loop {
            if let Some(row) = self.rows.pop_front() {
                return Ok(Some((row, self)));
            }
            let (pages, page) = match self.rest {
                Rest::Ahead(mut pages) => {
                    let page = pages.next_page().await;
                    (*pages, page)
                }
                Rest::OnItsWay(mut fetch) => (&mut fetch.0).await.map_err(|_| {
                    Error::new(ErrorKind::Transport, "the next page was given up with its runtime")
                })?,
            };
            let Some(page) = page? else { return Ok(None) };
            self = Self { rows: page.records.into(), rest: Rest::begin(pages) };
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> Rest<T> {
    /// Sends for the next page, if there is one.
    fn begin(mut pages: Pages<T>) -> Self {
        if pages.next.is_none() {
            return Self::Ahead(Box::new(pages));
        }
        Self::OnItsWay(Fetch(tokio::spawn(async move {
            let page = pages.next_page().await;
            (pages, page)
        })))
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

impl<T: DeserializeOwned + Send + 'static> Rows<T> {
    fn new(walk: Walk<T>) -> Self {
        Self(Box::pin(try_unfold(walk, Walk::row)))
    }
}

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
