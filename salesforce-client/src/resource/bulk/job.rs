//! What the org tells of a job, and waiting for its end.

use std::time::Duration;

use http::Method;
use serde::Deserialize;
use tokio::time::sleep;

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::request::Request;

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
#[derive(Clone, Debug, Deserialize)]
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
}

impl JobInfo {
    /// Whether it goes no further.
    pub fn is_over(&self) -> bool {
        matches!(self.state, JobState::JobComplete | JobState::Failed | JobState::Aborted)
    }
}

/// How to wait for a job.
#[derive(Clone, Copy, Debug)]
pub struct Poll {
    /// The first wait; each further one is half as long again.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// After this time the waiting ends with [`ErrorKind::Deadline`]; the job goes on.
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
    waited: Duration,
}

impl Waits {
    pub(crate) fn new(poll: Poll) -> Self {
        Self { poll, next: poll.first.max(Duration::from_millis(1)), waited: Duration::ZERO }
    }

    /// Waits, unless the patience is over.
    pub(crate) async fn next(&mut self) -> Result<()> {
        if self.waited >= self.poll.patience {
            return Err(Error::new(ErrorKind::Deadline, "the job is not done yet; it goes on in the org"));
        }
        sleep(self.next).await;
        self.waited += self.next;
        self.next = self.next.mul_f64(1.5).min(self.poll.longest);
        Ok(())
    }
}

/// One job, below `jobs/ingest/` or `jobs/query/`.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) client: Client,
    pub(super) kind: &'static str,
    pub(super) id: String,
}

impl Job {
    pub(super) fn new(client: Client, kind: &'static str, info: JobInfo) -> Result<Self> {
        let plain = info.id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if info.id.is_empty() || !plain {
            return Err(Error::new(ErrorKind::Decode, "the job has no usable id"));
        }
        Ok(Self { client, kind, id: info.id })
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
            let info = self.info().await?;
            progress(&info);
            match info.state {
                JobState::JobComplete => return Ok(info),
                JobState::Failed => {
                    return Err(Error::new(
                        ErrorKind::Rejected,
                        "the job failed as a whole: look it up in the org's setup, under bulk data load jobs",
                    ));
                }
                JobState::Aborted => return Err(Error::new(ErrorKind::Rejected, "the job was given up")),
                _ => {}
            }
            waits.next().await?;
        }
    }

    pub(super) async fn delete(&self) -> Result<()> {
        self.client.execute(&self.request(Method::DELETE, None), None).await.map(drop)
    }
}
