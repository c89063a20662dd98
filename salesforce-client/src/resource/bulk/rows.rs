//! `GET /jobs/.../results`, `successfulResults`, `failedResults`, `unprocessedrecords`

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use futures_util::stream::try_unfold;
use http::{HeaderMap, HeaderValue, Method, header};

use super::job::Job;
use crate::client::cut;
use crate::csv::{CsvReader, CsvRow};
use crate::error::Result;
use crate::transport::BodyStream;

/// The rows of a job's results as they come. The first error ends them; rows that end without one
/// are all there are.
#[must_use = "a stream does nothing until it is polled"]
pub struct JobRows(Pin<Box<dyn Stream<Item = Result<CsvRow>> + Send>>);

/// How far the reading is.
struct Walk {
    job: Job,
    results: &'static str,
    page: Page,
}

enum Page {
    /// The next one begins at this locator, the first one at none.
    Before(Option<String>),
    /// One is being read; after it comes the one at this locator.
    Inside(BodyStream, CsvReader, Option<String>),
    /// There are no more.
    Over,
}

impl JobRows {
    pub(super) fn of(job: Job, results: &'static str) -> Self {
        let walk = Walk { job, results, page: Page::Before(None) };
        Self(Box::pin(try_unfold(walk, Walk::row)))
    }
}

impl Walk {
    async fn row(mut self) -> Result<Option<(CsvRow, Self)>> {
        loop {
            self.page = match self.page {
                Page::Over => return Ok(None),
                Page::Before(locator) => {
                    let mut request = self.job.request(Method::GET, Some(self.results));
                    if let Some(locator) = &locator {
                        request = request.query("locator", locator);
                    }
                    let request = request.header(header::ACCEPT, HeaderValue::from_static("text/csv"));
                    let opened = self.job.client.open(&request, None, None).await?;
                    let next = locator_after(&opened.headers);
                    Page::Inside(opened.body, CsvReader::new(), next)
                }
                Page::Inside(mut body, mut reader, next) => {
                    if let Some(row) = reader.next() {
                        return Ok(Some((row, Self { page: Page::Inside(body, reader, next), ..self })));
                    }
                    if let Some(piece) = body.next().await {
                        reader.feed(&piece.map_err(cut)?)?;
                        Page::Inside(body, reader, next)
                    } else {
                        reader.finish()?;
                        match (reader.next(), next) {
                            (Some(row), next) => {
                                // A stream that ended must not be asked again.
                                let body = BodyStream::whole(Bytes::new());
                                let page = Page::Inside(body, reader, next);
                                return Ok(Some((row, Self { page, ..self })));
                            }
                            (None, Some(next)) => Page::Before(Some(next)),
                            (None, None) => Page::Over,
                        }
                    }
                }
            };
        }
    }
}

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
