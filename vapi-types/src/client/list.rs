//! Lists, read page by page.

use std::fmt;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::{
    Client, Error, ErrorKind, Request, Result,
    read::INCOMPLETE,
    stored::{self, Stored},
    window::{Key, Window},
};

/// A list, from the newest item to the oldest, each once.
///
/// ```no_run
/// # async fn run(client: vapi_types::client::Client) -> vapi_types::client::Result<()> {
/// let mut calls = client.calls().list().page_size(500);
/// while let Some(page) = calls.next_page().await? {
///     println!("{} calls", page.len());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read until a page is asked for"]
pub struct List<T> {
    client: Client,
    request: Request,
    window: Window,
    read: fn(&str) -> Option<T>,
}

impl<T> List<T> {
    pub(crate) fn new(client: &Client, request: Request, read: fn(&str) -> Option<T>) -> Self {
        Self { client: client.clone(), request, window: Window::new(), read }
    }

    /// How many items a page has: 1 to 1000, 100 unless set.
    pub fn page_size(mut self, items: usize) -> Self {
        self.window.set_limit(items);
        self
    }

    /// Leaves out what was created before this moment.
    pub fn created_from(mut self, from: Timestamp) -> Self {
        self.window.set_from(from);
        self
    }

    /// Leaves out what was created after this moment.
    pub fn created_until(mut self, until: Timestamp) -> Self {
        self.window.set_until(until);
        self
    }

    pub(crate) fn filter(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.request = self.request.query(key, value);
        self
    }

    /// The next page; none after the last. A page may be empty and not the last.
    ///
    /// # Errors
    /// The kinds every request has, and the same page can be asked for again; [`ErrorKind::Unexpected`] when the rest
    /// of the list is out of reach, because more than a thousand items were created in the same moment or because the
    /// list is not ordered by time. Nothing is left out silently.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>> {
        if self.window.is_done() {
            return Ok(None);
        }
        let request = self
            .window
            .query()
            .into_iter()
            .fold(self.request.clone(), |request, (key, value)| request.query(key, value));
        let operation = request.operation();
        let response = self.client.execute(request).await?;
        let items: Vec<&RawValue> =
            serde_json::from_str(response.text()?).map_err(|error| response.not_this_json(&error))?;
        let keys: Option<Vec<Key>> = items.iter().map(|item| key(item.get())).collect();
        let values: Option<Vec<T>> = items.iter().map(|item| (self.read)(item.get())).collect();
        let (Some(keys), Some(values)) = (keys, values) else { return Err(response.unreadable(INCOMPLETE)) };
        let is_new = self
            .window
            .accept(&keys)
            .map_err(|stuck| Error::new(ErrorKind::Unexpected, operation).caused_by(stuck))?;
        Ok(Some(
            values.into_iter().zip(is_new).filter_map(|(value, is_new)| is_new.then_some(value)).collect(),
        ))
    }

    /// Every item, all pages after each other.
    ///
    /// # Errors
    /// As [`next_page`](Self::next_page).
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(page) = self.next_page().await? {
            all.extend(page);
        }
        Ok(all)
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("request", &self.request).finish_non_exhaustive()
    }
}

/// What the window needs to know of an item, which is the same for all kinds of them.
fn key(item: &str) -> Option<Key> {
    let Stored { id, created_at, .. } = stored::read(item, |_, _| ())?;
    Some(Key { id, created_at })
}
