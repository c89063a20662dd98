//! Bulk API 2.0: jobs that write or read millions of rows, as CSV that passes through piece by piece

mod ingest;
mod job;
mod query;
mod rows;

use std::fmt;

use crate::client::Client;
use crate::error::Result;
use crate::soql::Soql;
use crate::transport::BodySource;

use self::job::Job;

pub use self::ingest::{IngestJob, StartIngest};
pub(crate) use self::job::Waits;
pub use self::job::{JobInfo, JobState, Poll};
pub use self::query::{QueryJob, StartQueryJob};
pub use self::rows::JobRows;

/// Bulk jobs.
///
/// See \[Salesforce/Bulk API 2.0\].
#[derive(Clone, Copy)]
pub struct Bulk<'a> {
    client: &'a Client,
}

impl Client {
    /// Bulk jobs: for more than some thousand rows.
    pub fn bulk(&self) -> Bulk<'_> {
        Bulk { client: self }
    }
}

impl<'a> Bulk<'a> {
    /// Creates the records of a CSV body whose first line names the fields.
    pub fn insert(&self, object: &str, csv: impl Into<BodySource>) -> StartIngest<'a> {
        StartIngest::new(self.client, object, "insert", None, csv.into())
    }

    /// Changes the records whose ids stand in the column `Id`.
    pub fn update(&self, object: &str, csv: impl Into<BodySource>) -> StartIngest<'a> {
        StartIngest::new(self.client, object, "update", None, csv.into())
    }

    /// Creates or changes records by the external id in the column `field`.
    pub fn upsert(&self, object: &str, field: &str, csv: impl Into<BodySource>) -> StartIngest<'a> {
        StartIngest::new(self.client, object, "upsert", Some(field), csv.into())
    }

    /// Deletes the records whose ids stand in the column `Id`.
    pub fn delete(&self, object: &str, csv: impl Into<BodySource>) -> StartIngest<'a> {
        StartIngest::new(self.client, object, "delete", None, csv.into())
    }

    /// Takes up a job that writes and was begun before, by its id: after a restart, say.
    ///
    /// # Errors
    /// As any read; [`ErrorKind::Rejected`](crate::ErrorKind::Rejected) when there is no such job.
    pub async fn job(&self, id: &str) -> Result<IngestJob> {
        Job::take_up(self.client.clone(), "ingest", id).await.map(IngestJob::taken_up)
    }

    /// Takes up a job that reads and was begun before, by its id.
    ///
    /// # Errors
    /// As [`job`](Self::job).
    pub async fn query_job(&self, id: &str) -> Result<QueryJob> {
        Job::take_up(self.client.clone(), "query", id).await.map(QueryJob::taken_up)
    }

    /// Runs a query as a job.
    #[expect(clippy::needless_pass_by_value, reason = "a query is built in place and used once")]
    pub fn query(&self, soql: Soql) -> StartQueryJob<'a> {
        StartQueryJob::new(self.client, &soql)
    }
}

impl fmt::Debug for Bulk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bulk(..)")
    }
}
