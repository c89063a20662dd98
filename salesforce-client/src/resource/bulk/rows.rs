//! `GET /jobs/.../results`, `successfulResults`, `failedResults`, `unprocessedrecords`

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::StreamExt;
use futures_util::stream::try_unfold;
use http::{HeaderMap, HeaderValue, Method, header};

use super::job::Job;
use crate::client::cut;
use crate::csv::{CsvReader, CsvRow};
use crate::error::{Error, ErrorKind, Result};
use crate::response::Run;
use crate::transport::BodyStream;

/// The rows of a job's results as they come. The first error ends them; rows that end without one
/// are all there are. What the org says of their number, of a page and, once the end of the job was waited
/// for, of the job, is compared with what came.
#[must_use = "a stream does nothing until it is polled"]
pub struct JobRows(Pin<Box<dyn Stream<Item = Result<CsvRow>> + Send>>);

/// How far the reading is.
struct Walk {
    job: Job,
    results: &'static str,
    page: Page,
    /// Where the latest page began.
    locator: Option<String>,
    rows: u64,
    /// Pages without rows, one after the other.
    hollow: u32,
}

enum Page {
    /// The next one begins at this locator, the first one at none.
    Before(Option<String>),
    /// One is being read.
    Inside(Box<Inside>),
    /// There are no more.
    Over,
}

/// A page that is being read.
struct Inside {
    body: BodyStream,
    reader: CsvReader,
    /// Whether all of it has come.
    ended: bool,
    rows: u64,
    /// How many rows the org says it has.
    announced: Option<u64>,
    /// Where the page after it begins.
    next: Option<String>,
    /// What was asked for it, and what it took.
    asked: Cow<'static, str>,
    run: Run,
}

impl JobRows {
    pub(super) fn of(job: Job, results: &'static str) -> Self {
        let walk = Walk { job, results, page: Page::Before(None), locator: None, rows: 0, hollow: 0 };
        Self(Box::pin(try_unfold(walk, Walk::row)))
    }
}

impl Walk {
    async fn row(mut self) -> Result<Option<(CsvRow, Self)>> {
        loop {
            self.page = match self.page {
                Page::Over => {
                    self.compare()?;
                    return Ok(None);
                }
                Page::Before(locator) => {
                    let page = self.job.page(self.results, locator.as_deref()).await?;
                    self.locator = locator;
                    Page::Inside(Box::new(page))
                }
                Page::Inside(mut page) => {
                    if let Some(row) = page.row().await.map_err(|error| page.blame(error))? {
                        self.rows += 1;
                        return Ok(Some((row, Self { page: Page::Inside(page), ..self })));
                    }
                    page.compare().map_err(|error| page.blame(error))?;
                    self.hollow = if page.rows == 0 { self.hollow + 1 } else { 0 };
                    match page.next {
                        Some(next) if self.hollow == MOST_HOLLOW || self.locator.as_ref() == Some(&next) => {
                            return Err(odd("the org leads from page to page and gives no rows"));
                        }
                        Some(next) => Page::Before(Some(next)),
                        None => Page::Over,
                    }
                }
            };
        }
    }

    /// Whether as many rows came as the job has, where that is known.
    fn compare(&self) -> Result<()> {
        let Some(counts) = self.job.counts() else { return Ok(()) };
        let expected = match self.results {
            "successfulResults" | "results" => counts.succeeded,
            "failedResults" => counts.failed,
            _ => return Ok(()),
        };
        if expected == self.rows {
            return Ok(());
        }
        Err(odd(format!("the job has {expected} rows of this sort, and {} came", self.rows)))
    }
}

impl Job {
    async fn page(&self, results: &str, locator: Option<&str>) -> Result<Inside> {
        let mut request = self.request(Method::GET, Some(results));
        if let Some(locator) = locator {
            request = request.query("locator", locator);
        }
        let request = request.header(header::ACCEPT, HeaderValue::from_static("text/csv"));
        let opened = self.client.open(&request, None, None).await?;
        let asked = request.template;
        let announced = opened.headers.get("sforce-numberofrecords");
        Ok(Inside {
            announced: announced.and_then(|count| count.to_str().ok()?.trim().parse().ok()),
            next: locator_after(&opened.headers),
            asked,
            run: opened.run(),
            body: opened.body,
            reader: CsvReader::new(self.delimiter),
            ended: false,
            rows: 0,
        })
    }
}

impl Inside {
    /// The next row; nothing at the end of the page.
    async fn row(&mut self) -> Result<Option<CsvRow>> {
        loop {
            if let Some(row) = self.reader.next() {
                self.rows += 1;
                return Ok(Some(row));
            }
            if self.ended {
                return Ok(None);
            }
            if let Some(piece) = self.body.next().await {
                self.reader.feed(&piece.map_err(cut)?)?;
            } else {
                self.ended = true;
                self.reader.finish()?;
            }
        }
    }

    fn blame(&self, error: Error) -> Error {
        self.run.blame(error).with_request(&self.asked)
    }

    fn compare(&self) -> Result<()> {
        match self.announced {
            Some(announced) if announced != self.rows => {
                Err(odd(format!("the org announced {announced} rows, and {} came", self.rows)))
            }
            _ => Ok(()),
        }
    }
}

fn odd(hint: impl Into<Cow<'static, str>>) -> Error {
    Error::described(ErrorKind::Decode, hint)
}

/// After so many pages without rows the org is taken to lead nowhere.
const MOST_HOLLOW: u32 = 10;

/// The org writes `null` when there is no further page.
fn locator_after(headers: &HeaderMap) -> Option<String> {
    let locator = headers.get("sforce-locator")?.to_str().ok()?;
    (!locator.is_empty() && locator != "null").then(|| locator.to_owned())
}

impl Stream for JobRows {
    type Item = Result<CsvRow>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for JobRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JobRows(..)")
    }
}
