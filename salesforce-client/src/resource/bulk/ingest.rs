//! `POST /jobs/ingest`, `PUT /jobs/ingest/{id}/batches`, `PATCH` and `GET /jobs/ingest/{id}`

use std::fmt;
use std::time::{Duration, Instant};

use http::{HeaderValue, Method, header};
use serde::Serialize;
use serde_json::json;

use super::job::{Job, JobInfo, Poll};
use super::rows::JobRows;
use crate::call::Pending;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::name;
use crate::request::{self, Idempotence, Request};
use crate::transport::BodySource;

/// The org takes 150 MB of base64, which is this much text.
const LARGEST: u64 = 100_000_000;

/// How long the upload may take.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Starts a job that writes; awaited, it gives the job once the org has all its data.
#[must_use = "a call does nothing until it is awaited"]
pub struct StartIngest<'a> {
    client: &'a Client,
    body: BodySource,
    request: Result<Request>,
}

/// A job that writes.
#[derive(Clone)]
pub struct IngestJob {
    job: Job,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    object: &'a str,
    operation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id_field_name: Option<&'a str>,
    content_type: &'a str,
    line_ending: &'a str,
}

impl<'a> StartIngest<'a> {
    pub(super) fn new(
        client: &'a Client,
        object: &str,
        operation: &str,
        field: Option<&str>,
        body: BodySource,
    ) -> Self {
        Self { client, request: create(object, operation, field), body }
    }

    async fn run(self) -> Result<IngestJob> {
        let request = self.request?;
        if self.body.length().is_some_and(|length| length > LARGEST) {
            return Err(Error::invalid("a job takes at most 100 MB of CSV: split it into several jobs"));
        }
        let info: JobInfo = self.client.execute(&request, None).await?.json()?;
        let job = Job::new(self.client.clone(), "ingest", info)?;
        let outcome = upload(&job, &self.body).await;
        if outcome.is_err() {
            // An open job holds nothing; whether it can be given up does not change the failure.
            let _ = state(&job, "Aborted").await;
        }
        outcome.map(|()| IngestJob { job })
    }
}

fn create(object: &str, operation: &str, field: Option<&str>) -> Result<Request> {
    let wire = Wire {
        object: name::name("object", object)?,
        operation,
        external_id_field_name: field.map(|field| name::name("external id field", field)).transpose()?,
        content_type: "CSV",
        line_ending: "LF",
    };
    let path = "jobs/ingest";
    // A job that was created twice and has no data does nothing.
    Ok(Request::new(Method::POST, path.to_owned(), path)
        .idempotence(Idempotence::Idempotent)
        .body(request::json(&wire)?))
}

async fn upload(job: &Job, body: &BodySource) -> Result<()> {
    let request = job
        .request(Method::PUT, Some("batches"))
        // The org takes a job's data once.
        .idempotence(Idempotence::Creates)
        .header(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=UTF-8"));
    let deadline = Instant::now().checked_add(LONGEST);
    job.client.open(&request, Some(body), deadline).await?;
    state(job, "UploadComplete").await
}

async fn state(job: &Job, state: &str) -> Result<()> {
    let request = job.request(Method::PATCH, None).body(request::json(&json!({"state": state}))?);
    job.client.execute(&request, None).await.map(drop)
}

impl<'a> IntoFuture for StartIngest<'a> {
    type Output = Result<IngestJob>;
    type IntoFuture = Pending<'a, IngestJob>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for StartIngest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartIngest").field("body", &self.body).finish_non_exhaustive()
    }
}

impl IngestJob {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.job.id
    }

    /// How far it is.
    ///
    /// # Errors
    /// As any read.
    pub async fn info(&self) -> Result<JobInfo> {
        self.job.info().await
    }

    /// Waits for its end; `progress` hears of every look at it.
    ///
    /// # Errors
    /// [`ErrorKind::Rejected`](crate::ErrorKind::Rejected) when it failed as a whole or was given up,
    /// [`ErrorKind::Deadline`](crate::ErrorKind::Deadline) when the patience is over, and as any read.
    pub async fn finished(&self, poll: Poll, progress: impl FnMut(&JobInfo)) -> Result<JobInfo> {
        self.job.finished(poll, progress).await
    }

    /// The rows that were written, with `sf__Id` and `sf__Created`.
    pub fn succeeded(&self) -> JobRows {
        JobRows::of(self.job.clone(), "successfulResults")
    }

    /// The rows that failed, with `sf__Error`.
    pub fn failed(&self) -> JobRows {
        JobRows::of(self.job.clone(), "failedResults")
    }

    /// The rows that were not tried.
    pub fn unprocessed(&self) -> JobRows {
        JobRows::of(self.job.clone(), "unprocessedrecords")
    }

    /// Gives it up; rows that were written stay written.
    ///
    /// # Errors
    /// As any update.
    pub async fn abort(&self) -> Result<()> {
        state(&self.job, "Aborted").await
    }

    /// Forgets it and its results.
    ///
    /// # Errors
    /// As any delete.
    pub async fn delete(&self) -> Result<()> {
        self.job.delete().await
    }
}

impl fmt::Debug for IngestJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IngestJob").field("id", &self.job.id).finish()
    }
}
