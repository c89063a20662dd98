//! Lists: one way through the three ways in which Twilio pages.
//!
//! The API of 2010 names the next page by `next_page_uri`, its successors by `meta.next_page_url`, and the
//! newest give `meta.nextToken`. A link is followed only to where the list came from.

use std::collections::VecDeque;
use std::marker::PhantomData;

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::request::Request;

/// A list, read page by page.
///
/// ```no_run
/// # async fn run(client: twilio_client::Client) -> twilio_client::error::Result<()> {
/// let mut pages = client.calls().list().page_size(100).pages();
/// while let Some(page) = pages.next_page().await? {
///     println!("{} calls", page.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is read until a page is asked for"]
pub struct Pages<T> {
    client: Client,
    next: Option<Request>,
    items: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + Send> Pages<T> {
    pub(crate) fn new(client: Client, request: Request) -> Self {
        Self { client, next: Some(request), items: PhantomData }
    }

    /// The next page; none after the last. A page may be empty and not the last.
    ///
    /// # Errors
    ///
    /// The kinds every request has: unless it is [`Decode`](ErrorKind::Decode), the same page can be asked for again; and
    /// [`Unexpected`](ErrorKind::Unexpected) when Twilio names a next page elsewhere or the same page again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>> {
        let Some(request) = self.next.clone() else { return Ok(None) };
        let response = self.client.execute(request.clone()).await?;
        let mut page: Map<String, Value> = response.json()?;
        let next = next(&page);
        let items = items(&mut page).map_or(Value::Null, Value::Array);
        // What was read is read, whatever the next page is called.
        self.next = match next {
            Next::None => None,
            Next::Link(link) => Some(self.client.follow(&request, &link)?),
            Next::Token(token) => Some(request.clone().query_set("pageToken", token)),
        };
        if self.next.as_ref().is_some_and(|next| next.is_same_page(&request)) {
            self.next = None;
            return Err(Error::new(ErrorKind::Unexpected, request.operation()));
        }
        response.value(items).map(Some)
    }

    /// All items, page by page behind the scenes. The first error ends the stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<T>> + Send {
        futures_util::stream::try_unfold((self, VecDeque::new()), |(mut pages, mut read)| async move {
            loop {
                if let Some(item) = read.pop_front() {
                    return Ok(Some((item, (pages, read))));
                }
                match pages.next_page().await? {
                    Some(page) => read = page.into(),
                    None => return Ok(None),
                }
            }
        })
    }
}

/// What a page says of the next.
enum Next {
    None,
    Link(String),
    Token(String),
}

fn next(page: &Map<String, Value>) -> Next {
    let of = |map: Option<&Map<String, Value>>, key| match map.and_then(|map| map.get(key)) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let meta = page.get("meta").and_then(Value::as_object);
    match of(Some(page), "next_page_uri").or_else(|| of(meta, "next_page_url")) {
        Some(link) => Next::Link(link),
        None => of(meta, "nextToken").map_or(Next::None, Next::Token),
    }
}

/// The items stand under the key that `meta` names, or else under the only key with an array.
fn items(page: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let named = page.get("meta").and_then(|meta| meta.get("key")).and_then(Value::as_str).map(str::to_owned);
    let key = match named {
        Some(key) => key,
        None => page.iter().find(|(_, value)| value.is_array())?.0.clone(),
    };
    match page.remove(&key)? {
        Value::Array(items) => Some(items),
        _ => None,
    }
}
