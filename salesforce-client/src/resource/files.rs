//! Files of any size, in and out, piece by piece.

mod download;
mod upload;

use std::fmt;

use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::error::Result;
use crate::id::RecordId;
use crate::transport::BodySource;

pub use self::download::{Download, GetBlob};
pub use self::upload::UploadFile;

/// The files of an org.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    client: &'a Client,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    content_document_id: RecordId,
}

impl Client {
    /// The files of the org.
    pub fn files(&self) -> Files<'_> {
        Files { client: self }
    }
}

impl<'a> Files<'a> {
    /// Uploads a file as a new `ContentVersion`; `path` is the name it had, whose ending tells its
    /// type. At most one attempt is made that may have been applied.
    pub fn upload(&self, path: &str, body: impl Into<BodySource>) -> UploadFile<'a> {
        UploadFile::new(self.client, path, body.into())
    }

    /// Downloads a `ContentVersion`.
    pub fn download(&self, version: &RecordId) -> GetBlob<'a> {
        self.client.records("ContentVersion").blob(version, "VersionData")
    }

    /// The `ContentDocument` that a `ContentVersion` belongs to.
    ///
    /// # Errors
    /// As any read.
    pub async fn document_of(&self, version: &RecordId) -> Result<RecordId> {
        let versions = self.client.records("ContentVersion");
        let version: Version = versions.get(version).fields(["ContentDocumentId"]).await?;
        Ok(version.content_document_id)
    }

    /// Shows a `ContentDocument` at a record, to everybody who sees that record.
    ///
    /// # Errors
    /// As any create.
    pub async fn link(&self, document: &RecordId, record: &RecordId) -> Result<RecordId> {
        let link = json!({"ContentDocumentId": document, "LinkedEntityId": record, "ShareType": "V"});
        self.client.records("ContentDocumentLink").create(&link).await
    }
}

impl fmt::Debug for Files<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files(..)")
    }
}
