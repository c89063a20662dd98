//! Jobs of Bulk API 2.0 and what became of their records.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{engine::stamp, id::RecordId};

mod ingest;
mod load;
mod query;

pub(crate) use self::{ingest::Ingest, load::process, query::QueryJob};

/// All jobs of the org.
#[derive(Default)]
pub(crate) struct Jobs {
    pub(crate) ingest: Vec<Ingest>,
    pub(crate) query: Vec<QueryJob>,
    opened: u32,
}

/// What every job has.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: RecordId,
    pub(crate) operation: String,
    pub(crate) object: String,
    pub(crate) state: State,
    pub(crate) format: Format,
    pub(crate) user: RecordId,
    pub(crate) created: Timestamp,
    pub(crate) version: u32,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    Open,
    UploadComplete,
    JobComplete,
    Aborted,
    Failed,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::UploadComplete => "UploadComplete",
            Self::JobComplete => "JobComplete",
            Self::Aborted => "Aborted",
            Self::Failed => "Failed",
        }
    }
}

/// How a job's tables are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Format {
    pub(crate) delimiter: char,
    pub(crate) ends_with_return: bool,
}

impl Format {
    /// Reads `columnDelimiter` and `lineEnding`; the error names the one that is wrong.
    pub(crate) fn read(delimiter: Option<&str>, ending: Option<&str>) -> Result<Self, &'static str> {
        let delimiter = match delimiter {
            None => ',',
            Some(name) => {
                let known = DELIMITERS.iter().find(|(known, _)| *known == name);
                known.ok_or("columnDelimiter")?.1
            }
        };
        let ends_with_return = match ending {
            None | Some("LF") => false,
            Some("CRLF") => true,
            Some(_) => return Err("lineEnding"),
        };
        Ok(Self { delimiter, ends_with_return })
    }

    pub(crate) fn end(self) -> &'static str {
        if self.ends_with_return { "\r\n" } else { "\n" }
    }

    fn delimiter_name(self) -> &'static str {
        DELIMITERS.iter().find(|(_, letter)| *letter == self.delimiter).map_or("COMMA", |(name, _)| name)
    }
}

impl Jobs {
    /// The id of the next job.
    pub(crate) fn next_id(&mut self) -> RecordId {
        self.opened += 1;
        RecordId::new(*b"750", self.opened)
    }
}

impl Job {
    /// The job as clients see it.
    pub(crate) fn info(&self) -> Value {
        json!({
            "id": self.id.to_string(),
            "operation": self.operation,
            "object": self.object,
            "createdById": self.user.to_string(),
            "createdDate": stamp(self.created),
            "systemModstamp": stamp(self.created),
            "state": self.state.name(),
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": f64::from(self.version),
            "lineEnding": if self.format.ends_with_return { "CRLF" } else { "LF" },
            "columnDelimiter": self.format.delimiter_name(),
        })
    }
}

/// The data of a job: text in UTF-8.
fn text(data: &Bytes) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

const DELIMITERS: [(&str, char); 6] =
    [("COMMA", ','), ("BACKQUOTE", '`'), ("CARET", '^'), ("PIPE", '|'), ("SEMICOLON", ';'), ("TAB", '\t')];
