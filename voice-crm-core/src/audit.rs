//! The audit: one record for every function call, of who did what to which record, without anybody's words.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    ops::Deref,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::{
    crm::{JobKey, RecordRef},
    outbox::Digest,
};

/// Takes the records; it must not block for long.
pub trait Audit: Send + Sync + 'static {
    /// Keeps one record.
    fn record(&self, record: &AuditRecord);
}

impl<T: ?Sized + Audit> Audit for Arc<T> {
    fn record(&self, record: &AuditRecord) {
        self.deref().record(record);
    }
}

impl<T: ?Sized + Audit> Audit for Box<T> {
    fn record(&self, record: &AuditRecord) {
        self.deref().record(record);
    }
}

/// What is kept of one function call.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AuditRecord {
    /// When it was answered.
    pub at: Timestamp,
    /// The platform.
    pub channel: &'static str,
    /// The platform's id of the call.
    pub call: String,
    /// The platform's id of the function call.
    pub tool_call: String,
    /// The function.
    pub function: &'static str,
    /// What it may do: `read`, `write` or `destructive`.
    pub effect: &'static str,
    /// A digest of the arguments, which tells equal ones and shows none.
    #[serde(serialize_with = "hexadecimal")]
    pub arguments: Digest,
    /// The contact who called, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<RecordRef>,
    /// Whether the caller had proved it.
    pub proven: bool,
    /// What it came to: `answered`, `asked`, or the kind of failure.
    pub outcome: &'static str,
    /// What it wrote.
    pub writes: Vec<AuditedWrite>,
}

/// One write of a function call.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AuditedWrite {
    /// Its key, by which the journal and the CRM know it.
    pub key: JobKey,
    /// The record, if it was in the CRM by the time of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordRef>,
}

fn hexadecimal<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&JobKey::from_bytes(*digest.as_bytes()))
}

/// An audit in a file that is only ever appended to, one JSON object a line.
pub struct AuditFile(Mutex<File>);

impl AuditFile {
    /// Opens the file, which is made where it is not there yet.
    ///
    /// # Errors
    /// Whatever the system says when it cannot be opened for appending.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self(Mutex::new(file)))
    }
}

impl Audit for AuditFile {
    fn record(&self, record: &AuditRecord) {
        let line = serde_json::to_vec(record).map(|mut line| {
            line.push(b'\n');
            line
        });
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One write, so that lines never mix, whoever else appends.
        let kept = line.map_err(io::Error::from).and_then(|line| file.write_all(&line));
        if let Err(error) = kept {
            tracing::error!(%error, call = record.call, function = record.function, "an audit record is lost");
        }
    }
}

impl fmt::Debug for AuditFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditFile").finish_non_exhaustive()
    }
}
