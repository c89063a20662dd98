//! Lists, read page by page.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use futures_core::Stream;
use url::Url;

use crate::{Client, Error, ErrorKind, Request, Response, Result, Service, may_see_credentials};

/// Where the page after a page is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Next {
    /// There is none.
    None,
    /// At this address, whole or relative to that of the page before.
    Link(String),
    /// At the same address, with this parameter of the query.
    Token(&'static str, String),
}

impl Next {
    /// The link of a page that has one as long as there is a next page; an empty one is none.
    pub fn link(link: Option<String>) -> Self {
        link.filter(|link| !link.is_empty()).map_or(Self::None, Self::Link)
    }

    /// The token of a page that has one as long as there is a next page; an empty one is none.
    pub fn token(key: &'static str, token: Option<String>) -> Self {
        token.filter(|token| !token.is_empty()).map_or(Self::None, |token| Self::Token(key, token))
    }

    /// The next page's address, seen from this one's.
    fn at(self, here: &Url) -> Option<std::result::Result<Url, &'static str>> {
        match self {
            Self::None => None,
            Self::Link(link) => {
                let there = here.join(&link).ok().filter(|there| there.origin() == here.origin());
                Some(there.filter(may_see_credentials).ok_or("the next page is at another address"))
            }
            Self::Token(key, token) => {
                let mut there = here.clone();
                let others = here.query_pairs().filter(|(known, _)| known != key);
                there.query_pairs_mut().clear().extend_pairs(others).append_pair(key, &token);
                Some(Ok(there))
            }
        }
    }
}

/// A list, read page by page; each page is asked for when it is wanted.
#[must_use = "nothing is read until a page is asked for"]
pub struct Pages<S: Service, T> {
    client: Client<S>,
    request: Request,
    state: State,
    read: Arc<Reader<S, T>>,
    /// The addresses that were read, by a number of each.
    seen: HashSet<u64>,
    numbers: RandomState,
    empty: usize,
}

type Reader<S, T> = dyn Fn(&Response<S>) -> Result<(Vec<T>, Next), S> + Send + Sync;

#[derive(Clone)]
enum State {
    First,
    At(Url),
    /// What keeps us from the next page; it is told once.
    Stuck(&'static str),
    Done,
}

impl<S: Service, T> Pages<S, T> {
    pub(crate) fn new(
        client: Client<S>,
        request: Request,
        read: impl Fn(&Response<S>) -> Result<(Vec<T>, Next), S> + Send + Sync + 'static,
    ) -> Self {
        let (seen, numbers) = (HashSet::new(), RandomState::new());
        Self { client, request, state: State::First, read: Arc::new(read), seen, numbers, empty: 0 }
    }

    /// The next page; none after the last. A page may be empty and not the last.
    ///
    /// # Errors
    /// The kinds every request has, after which the same page can be asked for again. [`ErrorKind::Unexpected`] when the
    /// rest is out of reach, and the list ends: it is at another address, the page leads back to an earlier one, or a
    /// hundred pages in a row were empty. What came before is handed out first.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, S> {
        let request = match &self.state {
            State::First => self.request.clone(),
            State::At(url) => self.request.clone().to(url.clone()),
            State::Stuck(why) => {
                let error = Error::new(ErrorKind::Unexpected, self.request.operation()).caused_by(*why);
                self.state = State::Done;
                return Err(error);
            }
            State::Done => return Ok(None),
        };
        let answer = self.client.execute(request).await?;
        let (items, next) = (self.read)(&answer)?;
        self.empty = if items.is_empty() { self.empty + 1 } else { 0 };
        self.seen.insert(self.numbers.hash_one(&answer.url));
        self.state = match next.at(&answer.url) {
            None => State::Done,
            // Some services name the last page as the one after it.
            Some(Ok(next)) if next == answer.url => State::Done,
            Some(Ok(next)) if self.seen.contains(&self.numbers.hash_one(&next)) => {
                State::Stuck("the list leads back to an earlier page")
            }
            Some(Ok(_)) if self.empty >= MOST_EMPTY => State::Stuck("a hundred pages in a row were empty"),
            Some(Ok(next)) => State::At(next),
            Some(Err(why)) => State::Stuck(why),
        };
        Ok(Some(items))
    }

    /// All items, page by page behind the scenes. The first error ends the stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<T, S>> + Send
    where
        T: Send,
    {
        futures_util::stream::try_unfold((self, VecDeque::new()), |(mut pages, mut read)| async move {
            loop {
                if let Some(item) = read.pop_front() {
                    return Ok(Some((item, (pages, read))));
                }
                match pages.next_page().await? {
                    Some(page) => read.extend(page),
                    None => return Ok(None),
                }
            }
        })
    }
}

impl<S: Service, T> Clone for Pages<S, T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            request: self.request.clone(),
            state: self.state.clone(),
            read: Arc::clone(&self.read),
            seen: self.seen.clone(),
            numbers: self.numbers.clone(),
            empty: self.empty,
        }
    }
}

impl<S: Service, T> fmt::Debug for Pages<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("request", &self.request).finish_non_exhaustive()
    }
}

/// A list with a rare filter has some empty pages; one without an end has nothing else.
const MOST_EMPTY: usize = 100;
