//! `POST /jobs/query`, `GET /jobs/query/{id}` and its results

use std::fmt;

use http::Method;
use serde_json::json;

use super::job::{Job, JobInfo, Poll};
use super::rows::JobRows;
use crate::call::Pending;
use crate::client::Client;
use crate::csv::ColumnDelimiter;
use crate::error::Result;
use crate::request::{self, Idempotence, Request};
use crate::soql::Soql;

/// Starts a job that reads.
#[must_use = "a call does nothing until it is awaited"]
pub struct StartQueryJob<'a> {
    client: &'a Client,
    query: Result<String>,
    delimiter: ColumnDelimiter,
}

/// A job that reads.
#[derive(Clone)]
pub struct QueryJob {
    job: Job,
}

impl<'a> StartQueryJob<'a> {
    pub(super) fn new(client: &'a Client, soql: &Soql) -> Self {
        Self { client, query: soql.render(), delimiter: ColumnDelimiter::default() }
    }

    /// What stands between the values of the rows on their way; a comma unless set. It changes no row.
    pub fn column_delimiter(mut self, delimiter: ColumnDelimiter) -> Self {
        self.delimiter = delimiter;
        self
    }

    async fn run(self) -> Result<QueryJob> {
        let path = "jobs/query";
        let mut wire = json!({"operation": "query", "query": self.query?});
        if let Some(delimiter) = self.delimiter.unless_usual() {
            wire["columnDelimiter"] = json!(delimiter);
        }
        // A query that runs twice changes nothing.
        let request = Request::new(Method::POST, path.to_owned(), path)
            .idempotence(Idempotence::Idempotent)
            .body(request::json(&wire)?);
        let info: JobInfo = self.client.execute(&request, None).await?.json()?;
        Ok(QueryJob { job: Job::new(self.client.clone(), "query", info, self.delimiter)? })
    }
}

impl<'a> IntoFuture for StartQueryJob<'a> {
    type Output = Result<QueryJob>;
    type IntoFuture = Pending<'a, QueryJob>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for StartQueryJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartQueryJob").field("delimiter", &self.delimiter).finish_non_exhaustive()
    }
}

impl QueryJob {
    pub(super) fn taken_up(job: Job) -> Self {
        Self { job }
    }

    /// Its id, to take it up again with [`Bulk::query_job`](super::Bulk::query_job).
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
    /// As [`IngestJob::finished`](super::IngestJob::finished).
    pub async fn finished(&self, poll: Poll, progress: impl FnMut(&JobInfo)) -> Result<JobInfo> {
        self.job.finished(poll, progress).await
    }

    /// All its rows, page after page, in constant memory.
    pub fn rows(&self) -> JobRows {
        JobRows::of(self.job.clone(), "results")
    }

    /// Forgets it and its results.
    ///
    /// # Errors
    /// As any delete.
    pub async fn delete(&self) -> Result<()> {
        self.job.delete().await
    }
}

impl fmt::Debug for QueryJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryJob").field("id", &self.job.id).finish()
    }
}
