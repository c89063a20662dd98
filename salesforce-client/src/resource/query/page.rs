//! One page of a query, and the way to the next.

mod answer;

use std::fmt;

use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::request::Request;
use crate::response::Response;

use self::answer::Reader;

pub(super) use self::answer::Answer;

/// One page of rows.
#[derive(Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows of this page.
    pub records: Vec<T>,
    /// Rows of the whole result; what `SELECT COUNT()` counts.
    pub total_size: u64,
    /// Whether this is the last page.
    pub done: bool,
    /// Where the next page is.
    pub next: Option<PageCursor>,
}

impl<T> Page<T> {
    /// A page of a result that has no rows.
    pub fn empty() -> Self {
        Self { records: Vec::new(), total_size: 0, done: true, next: None }
    }
}

/// The place of a further page. The org keeps it for two days.
#[derive(Clone, Eq, PartialEq)]
pub struct PageCursor(String);

impl PageCursor {
    /// Takes a link to a page: a path of the API, or the same with the address of the instance that
    /// gave it. Anything else could lead the token away.
    pub(super) fn parse(link: &str, origin: &str) -> Result<Self> {
        let path = link.strip_prefix(origin).unwrap_or(link);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~=?&%".contains(&byte);
        let inside = path.starts_with("/services/data/") && path.bytes().all(plain);
        let climbs = path.contains("//") || path.contains("/.") || path.to_ascii_lowercase().contains("%2e");
        if inside && !climbs {
            return Ok(Self(path.to_owned()));
        }
        Err(Error::new(
            ErrorKind::Decode,
            "the link to the next page leads away from the org's query service",
        ))
    }

    pub(super) fn request(&self) -> Request {
        Request::absolute(self.0.clone(), "query/{locator}")
    }
}

/// Reads one page.
pub(crate) fn read_page<T: DeserializeOwned>(response: &Response) -> Result<Page<T>> {
    let answer = response.json_by(Reader::<T>::of_length(response.body.len()))?;
    let next = answer.next_records_url.map(|link| PageCursor::parse(&link, &response.origin)).transpose()?;
    Ok(Page { records: answer.records, total_size: answer.total_size, done: answer.done, next })
}

impl<T> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("records", &self.records.len())
            .field("total_size", &self.total_size)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageCursor(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_link_stays_on_the_instance() {
        let origin = "https://acme.my.salesforce.com";
        let good = "/services/data/v66.0/query/0r8xx3d3FKyWSAUACb-2000";

        assert_eq!(PageCursor::parse(good, origin).unwrap().0, good);
        assert_eq!(PageCursor::parse(&format!("{origin}{good}"), origin).unwrap().0, good);
        for bad in [
            "//evil.example/services/data/v66.0/query/1",
            "https://evil.example/services/data/v66.0/query/1",
            "https://acme.my.salesforce.com.evil.example/services/data/v66.0/query/1",
            "/services/data/../../evil",
            "/services/data/v66.0/%2e%2e/x",
            "/services/data/v66.0/query\\..\\x",
            "@evil.example/services/data/x",
            "",
        ] {
            assert!(PageCursor::parse(bad, origin).is_err(), "{bad}");
        }
    }
}
