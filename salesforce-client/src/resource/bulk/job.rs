//! What the org tells of a job, and waiting for its end.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::client::Client;
use crate::csv::ColumnDelimiter;
use crate::error::{Error, ErrorKind, Result, Retry, document};
use crate::request::Request;
use crate::retry::half_or_more;

/// How far a job is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
pub enum JobState {
    /// It waits for its data.
    Open,
    /// It has its data and waits for its turn.
    UploadComplete,
    /// It runs.
    InProgress,
    /// It is done; single rows may have failed.
    JobComplete,
    /// It could not be done.
    Failed,
    /// Somebody gave it up.
    Aborted,
    /// A state this crate does not know.
    #[serde(other)]
    Unknown,
}

/// A job as the org tells of it.
///
/// See \[Salesforce/Get Information About an Ingest Job\].
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JobInfo {
    /// The job.
    pub id: String,
    /// How far it is.
    pub state: JobState,
    /// Rows that were tried.
    #[serde(default)]
    pub number_records_processed: u64,
    /// Rows that failed.
    #[serde(default)]
    pub number_records_failed: u64,
    /// Why it failed as a whole, when it did. It can quote what was sent: show it to the operator only.
    #[serde(default)]
    pub error_message: Option<String>,
    /// What stands between the values of its results.
    #[serde(default)]
    pub column_delimiter: Option<ColumnDelimiter>,
}

impl JobInfo {
    /// Whether it goes no further.
    pub fn is_over(&self) -> bool {
        matches!(self.state, JobState::JobComplete | JobState::Failed | JobState::Aborted)
    }
}

/// How to wait for a job. Each wait is between half of what is said here and the whole of it.
#[derive(Clone, Copy, Debug)]
pub struct Poll {
    /// The first wait; each further one is half as long again.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// After this time the waiting ends with [`ErrorKind::Deadline`]; the job goes on. Until then a look
    /// that fails, and may pass, is only taken again later.
    pub patience: Duration,
}

impl Default for Poll {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            patience: Duration::from_secs(60 * 60),
        }
    }
}

/// The waits between one look and the next.
pub(crate) struct Waits {
    poll: Poll,
    next: Duration,
    since: Instant,
}

impl Waits {
    pub(crate) fn new(poll: Poll) -> Self {
        Self { poll, next: poll.first.max(Duration::from_millis(1)), since: Instant::now() }
    }

    /// Waits, unless the patience is over. `chance` is in 0..1 and spreads the looks.
    pub(crate) async fn next(&mut self, chance: f64) -> Result<()> {
        let left = self.poll.patience.saturating_sub(self.since.elapsed());
        if left.is_zero() {
            return Err(Error::new(ErrorKind::Deadline, "the job is not done yet; it goes on in the org"));
        }
        sleep(half_or_more(self.next, chance).min(left)).await;
        self.next = self.next.mul_f64(1.5).min(self.poll.longest);
        Ok(())
    }

    /// Looks until a look gives something. One that fails, and may pass, is taken again after a wait.
    pub(crate) async fn outlast<T, F>(&mut self, client: &Client, look: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        loop {
            match look().await {
                Err(error) if error.retry() != Retry::Never => {
                    self.next(client.chance()).await.map_err(|over| over.with_source(error))?;
                }
                seen => return seen,
            }
        }
    }
}

/// How many rows a job has, once it is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) succeeded: u64,
    pub(super) failed: u64,
}

/// One job, below `jobs/ingest/` or `jobs/query/`.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) client: Client,
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) delimiter: ColumnDelimiter,
    /// Known once somebody has waited for its end.
    counts: Arc<OnceLock<Counts>>,
}

impl Job {
    /// The job that an answer tells of.
    pub(super) fn new(
        client: Client,
        kind: &'static str,
        info: JobInfo,
        delimiter: ColumnDelimiter,
    ) -> Result<Self> {
        if !is_id(&info.id) {
            return Err(Error::new(ErrorKind::Decode, "the job has no usable id"));
        }
        Ok(Self { client, kind, id: info.id, delimiter, counts: Arc::default() })
    }

    /// A job that was begun before, perhaps by another process.
    pub(super) async fn take_up(client: Client, kind: &'static str, id: &str) -> Result<Self> {
        if !is_id(id) {
            return Err(Error::invalid("the id of a job is made of letters and digits"));
        }
        let mut job = Self {
            client,
            kind,
            id: id.to_owned(),
            delimiter: ColumnDelimiter::default(),
            counts: Arc::default(),
        };
        let info = job.info().await?;
        job.delimiter = info.column_delimiter.unwrap_or_default();
        Ok(job)
    }

    /// How many rows it has, if it is known.
    pub(super) fn counts(&self) -> Option<Counts> {
        self.counts.get().copied()
    }

    /// A request of the job, or of what lies below it.
    pub(super) fn request(&self, method: Method, below: Option<&str>) -> Request {
        let request = Request::new(
            method,
            format!("jobs/{}/{}", self.kind, self.id),
            format!("jobs/{}/{{id}}", self.kind),
        );
        below.into_iter().fold(request, Request::below)
    }

    pub(super) async fn info(&self) -> Result<JobInfo> {
        self.client.execute(&self.request(Method::GET, None), None).await?.json()
    }

    pub(super) async fn finished(&self, poll: Poll, mut progress: impl FnMut(&JobInfo)) -> Result<JobInfo> {
        let mut waits = Waits::new(poll);
        loop {
            let info = waits.outlast(&self.client, || self.info()).await?;
            progress(&info);
            match info.state {
                JobState::JobComplete => {
                    let (tried, failed) = (info.number_records_processed, info.number_records_failed);
                    // Whoever waits a second time finds the same.
                    let _ = self.counts.set(Counts { succeeded: tried.saturating_sub(failed), failed });
                    return Ok(info);
                }
                JobState::Failed => return Err(failed(&info)),
                JobState::Aborted => return Err(Error::new(ErrorKind::Rejected, "the job was given up")),
                JobState::Open => {
                    let hint =
                        "the job waits for data that nobody sends any more: give it up, and begin another";
                    return Err(Error::new(ErrorKind::Rejected, hint));
                }
                _ => {}
            }
            waits.next(self.client.chance()).await?;
        }
    }

    pub(super) async fn delete(&self) -> Result<()> {
        self.client.execute(&self.request(Method::DELETE, None), None).await.map(drop)
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The failure of a job as a whole, with the org's reason among the entries.
fn failed(info: &JobInfo) -> Error {
    let Some(message) = info.error_message.as_deref().filter(|message| !message.trim().is_empty()) else {
        return Error::new(
            ErrorKind::Rejected,
            "the job failed as a whole and the org gives no reason: look it up in the setup, under bulk data load jobs",
        );
    };
    let entry = json!([{"errorCode": "BULK_JOB_FAILED", "message": message}]).to_string();
    Error::new(ErrorKind::Rejected, "the job failed as a whole: read the org's reason in the error's entries")
        .with_entries(document::entries(entry.as_bytes()), 0)
}

impl fmt::Debug for JobInfo {
    /// Without the org's reason, which can quote what was sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobInfo")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("number_records_processed", &self.number_records_processed)
            .field("number_records_failed", &self.number_records_failed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn looks_are_spread_grow_apart_and_end_with_the_patience() {
        let poll = Poll {
            first: Duration::from_secs(4),
            longest: Duration::from_secs(5),
            patience: Duration::from_secs(10),
        };
        let (start, mut waits) = (Instant::now(), Waits::new(poll));
        let mut looks = Vec::new();
        for chance in [0.0, 1.0, 0.5] {
            waits.next(chance).await.unwrap();
            looks.push(start.elapsed().as_millis());
        }
        assert_eq!(looks, [2_000, 7_000, 10_000], "the last one is cut at the patience");
        assert_eq!(waits.next(0.0).await.unwrap_err().kind(), ErrorKind::Deadline);
    }
}
