//! `POST /jobs/query`, `GET /jobs/query/{id}` and its results

use std::fmt;

use http::Method;
use serde_json::json;

use super::job::{Job, JobInfo, Poll};
use super::rows::JobRows;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::Result;
use crate::request::{self, Idempotence, Request};
use crate::soql::Soql;

/// Starts a job that reads.
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct StartQueryJob<'a>(Call<'a>);

/// A job that reads.
#[derive(Clone)]
pub struct QueryJob {
    job: Job,
}

impl<'a> StartQueryJob<'a> {
    pub(super) fn new(client: &'a Client, soql: &Soql) -> Self {
        let request = soql.render().and_then(|query| {
            let path = "jobs/query";
            let body = request::json(&json!({"operation": "query", "query": query}))?;
            // A query that runs twice changes nothing.
            Ok(Request::new(Method::POST, path.to_owned(), path)
                .idempotence(Idempotence::Idempotent)
                .body(body))
        });
        Self(Call::new(client, request))
    }
}

impl<'a> IntoFuture for StartQueryJob<'a> {
    type Output = Result<QueryJob>;
    type IntoFuture = Pending<'a, QueryJob>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let client = self.0.client.clone();
            let info: JobInfo = self.0.send().await?.json()?;
            Ok(QueryJob { job: Job::new(client, "query", info)? })
        })
    }
}

impl QueryJob {
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
