//! `POST /sobjects/ContentVersion` as multipart

use std::fmt;
use std::fmt::Write;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde_json::{Map, Value};

use crate::call::Pending;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::name;
use crate::request::Request;
use crate::resource::records::created_id;
use crate::transport::BodySource;

/// The org takes no larger file this way: 2 GB.
const LARGEST: u64 = 2_000_000_000;

/// How long an upload may take when it has no deadline of its own.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Uploads a file in constant memory; gives the id of the `ContentVersion`.
///
/// See \[Salesforce/Insert or Update Blob Data\].
#[must_use = "a call does nothing until it is awaited"]
pub struct UploadFile<'a> {
    client: &'a Client,
    fields: Map<String, Value>,
    mistake: Option<Error>,
    body: BodySource,
    deadline: Option<Instant>,
}

impl<'a> UploadFile<'a> {
    pub(super) fn new(client: &'a Client, path: &str, body: BodySource) -> Self {
        let fields = Map::from_iter([("PathOnClient".to_owned(), Value::from(path))]);
        Self { client, fields, mistake: None, body, deadline: None }
    }

    /// What the file is called in the org; its path unless set.
    pub fn title(self, title: &str) -> Self {
        self.field("Title", title)
    }

    /// Shows the file at this record from the beginning.
    pub fn publish_at(self, record: &RecordId) -> Self {
        self.field("FirstPublishLocationId", record.as_str())
    }

    /// Sets another field of the `ContentVersion`, such as an external id.
    pub fn field(mut self, field: &str, value: impl Into<Value>) -> Self {
        match name::name("field", field) {
            Ok(field) => drop(self.fields.insert(field.to_owned(), value.into())),
            Err(error) => self.mistake = Some(error),
        }
        self
    }

    /// Gives up at this moment; an hour from the start unless set.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    async fn run(self) -> Result<RecordId> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        if self.body.length().is_some_and(|length| length > LARGEST) {
            return Err(Error::invalid("the file is larger than the 2 GB that the org takes"));
        }
        let mark = boundary();
        let (before, after) = around(&mark, &self.fields)?;
        let body = self.body.between(before, after);
        let kind = HeaderValue::try_from(format!("multipart/form-data; boundary={mark}"))
            .map_err(|_| Error::invalid("the upload's header cannot be written"))?;
        let path = "sobjects/ContentVersion";
        let request = Request::new(Method::POST, path.to_owned(), path).header(header::CONTENT_TYPE, kind);
        let deadline = self.deadline.or_else(|| Instant::now().checked_add(LONGEST));
        let opened = self.client.open(&request, Some(&body), deadline).await?;
        created_id(&opened.read().await?)
    }
}

/// A line that no file contains but by a chance of one in 2^128.
fn boundary() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// What stands before and after the file's bytes.
fn around(mark: &str, fields: &Map<String, Value>) -> Result<(Bytes, Bytes)> {
    let fields = serde_json::to_string(fields).map_err(|_| Error::invalid("the fields cannot be written"))?;
    let mut before = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        before,
        "--{mark}\r\nContent-Disposition: form-data; name=\"entity_content\"\r\n\
         Content-Type: application/json\r\n\r\n{fields}\r\n\
         --{mark}\r\nContent-Disposition: form-data; name=\"VersionData\"; filename=\"file\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    Ok((before.into(), format!("\r\n--{mark}--\r\n").into()))
}

impl<'a> IntoFuture for UploadFile<'a> {
    type Output = Result<RecordId>;
    type IntoFuture = Pending<'a, RecordId>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for UploadFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadFile").field("body", &self.body).finish_non_exhaustive()
    }
}
