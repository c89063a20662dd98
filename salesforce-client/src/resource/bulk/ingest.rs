//! `POST /jobs/ingest`, `PUT /jobs/ingest/{id}/batches`, `PATCH` and `GET /jobs/ingest/{id}`

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use http::{HeaderValue, Method, header};
use serde::Serialize;
use serde_json::json;

use super::job::{Job, JobInfo, JobState, Poll};
use super::rows::JobRows;
use crate::call::Pending;
use crate::client::Client;
use crate::csv::{ColumnDelimiter, LineEnding, RowCount};
use crate::error::{Error, ErrorKind, Result};
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
    target: Result<Target>,
    delimiter: ColumnDelimiter,
    ending: LineEnding,
}

/// What the job does, and to which object.
struct Target {
    object: String,
    operation: &'static str,
    field: Option<String>,
}

/// A job that writes.
#[derive(Clone)]
pub struct IngestJob {
    job: Job,
    /// The rows that this process sent; nothing for a job that was taken up.
    sent: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    object: &'a str,
    operation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id_field_name: Option<&'a str>,
    content_type: &'a str,
    line_ending: LineEnding,
    #[serde(skip_serializing_if = "Option::is_none")]
    column_delimiter: Option<ColumnDelimiter>,
}

impl<'a> StartIngest<'a> {
    pub(super) fn new(
        client: &'a Client,
        object: &str,
        operation: &'static str,
        field: Option<&str>,
        body: BodySource,
    ) -> Self {
        let (delimiter, ending) = (ColumnDelimiter::default(), LineEnding::default());
        Self { client, body, target: Target::new(object, operation, field), delimiter, ending }
    }

    /// What ends the rows of the CSV; a line feed unless set. The org refuses a job whose data end otherwise.
    pub fn line_ending(mut self, ending: LineEnding) -> Self {
        self.ending = ending;
        self
    }

    /// What stands between the values of the CSV, and of the results; a comma unless set.
    pub fn column_delimiter(mut self, delimiter: ColumnDelimiter) -> Self {
        self.delimiter = delimiter;
        self
    }

    async fn run(self) -> Result<IngestJob> {
        let request = self.target?.request(self.delimiter, self.ending)?;
        if self.body.length().is_some_and(|length| length > LARGEST) {
            return Err(Error::invalid("a job takes at most 100 MB of CSV: split it into several jobs"));
        }
        let info: JobInfo = self.client.execute(&request, None).await?.json()?;
        let job = Job::new(self.client.clone(), "ingest", info, self.delimiter)?;
        let outcome = upload(&job, self.body).await;
        if outcome.is_err() {
            // An open job holds nothing; whether it can be given up does not change the failure.
            let _ = state(&job, "Aborted").await;
        }
        outcome.map(|sent| IngestJob { job, sent: Some(sent) })
    }
}

impl Target {
    fn new(object: &str, operation: &'static str, field: Option<&str>) -> Result<Self> {
        let object = name::name("object", object)?.to_owned();
        let field =
            field.map(|field| name::name("external id field", field).map(str::to_owned)).transpose()?;
        Ok(Self { object, operation, field })
    }

    fn request(&self, delimiter: ColumnDelimiter, line_ending: LineEnding) -> Result<Request> {
        let wire = Wire {
            object: &self.object,
            operation: self.operation,
            external_id_field_name: self.field.as_deref(),
            content_type: "CSV",
            line_ending,
            column_delimiter: delimiter.unless_usual(),
        };
        let path = "jobs/ingest";
        // A job that was created twice and has no data does nothing.
        Ok(Request::new(Method::POST, path.to_owned(), path)
            .idempotence(Idempotence::Idempotent)
            .body(request::json(&wire)?))
    }
}

/// Gives the org all the data; tells how many rows they were.
async fn upload(job: &Job, body: BodySource) -> Result<u64> {
    let request = job
        .request(Method::PUT, Some("batches"))
        // The org takes a job's data once.
        .idempotence(Idempotence::Creates)
        .header(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=UTF-8"));
    let deadline = Instant::now().checked_add(LONGEST);
    let rows = Arc::new(Mutex::new(RowCount::new(job.delimiter)));
    let counted = count(body, job.delimiter, &rows);
    job.client.open(&request, Some(&counted), deadline).await?;
    let sent = rows.lock().unwrap_or_else(PoisonError::into_inner).finish();
    match state(job, "UploadComplete").await {
        // An attempt whose answer was lost has done it: the org has begun.
        Err(error) if error.may_be_applied() => match job.info().await {
            Ok(info) if !matches!(info.state, JobState::Open | JobState::Aborted) => Ok(sent),
            _ => Err(error),
        },
        outcome => outcome.map(|()| sent),
    }
}

/// The same body, whose rows are counted as they pass; each attempt begins to count anew.
fn count(body: BodySource, delimiter: ColumnDelimiter, rows: &Arc<Mutex<RowCount>>) -> BodySource {
    let rows = Arc::clone(rows);
    BodySource::new(body.length(), move || {
        *rows.lock().unwrap_or_else(PoisonError::into_inner) = RowCount::new(delimiter);
        let rows = Arc::clone(&rows);
        body.open().inspect_ok(move |piece| rows.lock().unwrap_or_else(PoisonError::into_inner).feed(piece))
    })
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
    pub(super) fn taken_up(job: Job) -> Self {
        Self { job, sent: None }
    }

    /// Its id, to take it up again with [`Bulk::job`](super::Bulk::job).
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
    /// [`ErrorKind::Rejected`](crate::ErrorKind::Rejected) when it failed as a whole, with the org's reason
    /// among the [entries](crate::Error::entries), or was given up;
    /// [`ErrorKind::Deadline`](crate::ErrorKind::Deadline) when the patience is over; and as any read, for a
    /// failure that does not pass. [`ErrorKind::Decode`](crate::ErrorKind::Decode) when the job is done, but
    /// with another number of rows than were sent: look at its results.
    pub async fn finished(&self, poll: Poll, progress: impl FnMut(&JobInfo)) -> Result<JobInfo> {
        let info = self.job.finished(poll, progress).await?;
        let tried = info.number_records_processed;
        match self.sent {
            Some(sent) if sent != tried => Err(Error::described(
                ErrorKind::Decode,
                format!("the job is done, but of the {sent} rows that were sent the org counts {tried}"),
            )),
            _ => Ok(info),
        }
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
        f.debug_struct("IngestJob").field("id", &self.job.id).field("sent", &self.sent).finish()
    }
}
