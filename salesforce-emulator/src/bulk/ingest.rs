//! A job that writes records: its data, and the tables of what became of each.

use bytes::Bytes;
use serde_json::Value;

use super::Job;
use crate::{csv, id::RecordId};

/// A job that inserts, updates, upserts or deletes.
pub(crate) struct Ingest {
    pub(crate) job: Job,
    /// The field by which an upsert finds its records.
    pub(crate) external_id: Option<String>,
    pub(crate) data: Option<Bytes>,
    pub(super) header: Vec<String>,
    pub(super) written: Vec<Written>,
    pub(super) failed: Vec<Failure>,
    pub(super) unprocessed: Vec<Vec<String>>,
    /// Why the job as a whole failed.
    pub(super) error: Option<String>,
}

/// A row that became a record, or changed one.
pub(super) struct Written {
    pub(super) id: RecordId,
    pub(super) created: bool,
    pub(super) row: Vec<String>,
}

/// A row that was refused.
pub(super) struct Failure {
    pub(super) id: String,
    pub(super) error: String,
    pub(super) row: Vec<String>,
}

impl Ingest {
    pub(crate) fn new(job: Job, external_id: Option<String>) -> Self {
        Self {
            job,
            external_id,
            data: None,
            header: Vec::new(),
            written: Vec::new(),
            failed: Vec::new(),
            unprocessed: Vec::new(),
            error: None,
        }
    }

    /// The job as clients see it.
    pub(crate) fn info(&self) -> Value {
        let mut info = self.job.info();
        let (id, version) = (self.job.id, self.job.version);
        info["jobType"] = "V2Ingest".into();
        info["contentUrl"] = format!("services/data/v{version}.0/jobs/ingest/{id}/batches").into();
        info["externalIdFieldName"] = self.external_id.as_deref().into();
        info["numberRecordsProcessed"] = (self.written.len() + self.failed.len()).into();
        info["numberRecordsFailed"] = self.failed.len().into();
        for name in ["retries", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"] {
            info[name] = 0.into();
        }
        if let Some(error) = &self.error {
            info["errorMessage"] = error.as_str().into();
        }
        info
    }

    pub(crate) fn successes(&self) -> String {
        let rows = self.written.iter().map(|written| {
            let own = [written.id.to_string(), written.created.to_string()];
            own.into_iter().chain(written.row.iter().cloned()).collect()
        });
        self.table(&["sf__Id", "sf__Created"], rows)
    }

    pub(crate) fn failures(&self) -> String {
        let rows = self.failed.iter().map(|failure| {
            let own = [failure.id.clone(), failure.error.clone()];
            own.into_iter().chain(failure.row.iter().cloned()).collect()
        });
        self.table(&["sf__Id", "sf__Error"], rows)
    }

    pub(crate) fn leftovers(&self) -> String {
        self.table(&[], self.unprocessed.iter().cloned())
    }

    fn table(&self, own: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
        let (mut text, format) = (String::new(), self.job.format);
        let header = own.iter().copied().chain(self.header.iter().map(String::as_str));
        csv::write(&mut text, header, format.delimiter, format.end());
        for row in rows {
            csv::write(&mut text, row, format.delimiter, format.end());
        }
        text
    }
}
