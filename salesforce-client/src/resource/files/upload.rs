//! `POST /sobjects/ContentVersion` as multipart

use std::fmt;
use std::time::{Duration, Instant};

use http::{Method, header};
use serde_json::{Map, Value};

use crate::call::Pending;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::multipart::{self, Names};
use crate::name;
use crate::request::Request;
use crate::resource::records::created_id;
use crate::transport::BodySource;

/// The org takes no larger file this way: 2 GB.
const LARGEST: u64 = 2_000_000_000;

/// How long an upload may take when it has no deadline of its own.
const LONGEST: Duration = Duration::from_secs(60 * 60);

const PARTS: Names =
    Names { json: "entity_content", bytes: "VersionData", kind: "application/octet-stream", file: "file" };

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
        let (body, kind) = multipart::form(&PARTS, &self.fields, self.body)?;
        let path = "sobjects/ContentVersion";
        let request = Request::new(Method::POST, path.to_owned(), path).header(header::CONTENT_TYPE, kind);
        let deadline = self.deadline.or_else(|| Instant::now().checked_add(LONGEST));
        let opened = self.client.open(&request, Some(&body), deadline).await?;
        created_id(&opened.read().await?)
    }
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
