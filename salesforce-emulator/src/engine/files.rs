//! Files: a version with its bytes, the document it belongs to, and the document's place on a record.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{Draft, Engine, Fields, Row};
use crate::{
    blob::Blob,
    error::{ApiError, Code},
    id::RecordId,
};

impl Engine {
    /// Creates a record whose file is given beside its fields.
    pub(crate) fn insert_with_file(
        &mut self,
        object: usize,
        body: &Fields,
        file: Blob,
    ) -> Result<RecordId, ApiError> {
        self.arrived = Some(file);
        let outcome = self.insert(object, body, None);
        self.arrived = None;
        outcome
    }

    /// Takes the bytes out of a new version and fills in what follows from them.
    pub(super) fn open_file(&mut self, draft: &mut Draft<'_>) -> Result<Option<Blob>, ApiError> {
        if draft.object.field("VersionData").is_none() {
            return Ok(None);
        }
        let blob = match (self.arrived.take(), draft.text("VersionData")) {
            (Some(blob), _) => blob,
            (None, Some(encoded)) => {
                STANDARD.decode(encoded).map(|bytes| Blob::Memory(bytes.into())).map_err(|_| {
                    ApiError::new(Code::JsonParser, "Failed to decode base64 data in field VersionData")
                })?
            }
            (None, None) => return Ok(None),
        };
        // The bytes are kept beside the row; what is left says that there are some.
        draft.set("VersionData", "");
        draft.set("ContentSize", blob.len());
        draft.set("IsLatest", true);
        let path = draft.text("PathOnClient").unwrap_or_default().to_owned();
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        if draft.get("Title").is_null() && !stem.is_empty() {
            draft.set("Title", stem);
        }
        if !extension.is_empty() {
            draft.set("FileExtension", extension);
        }
        let kind = if extension.is_empty() { "UNKNOWN".to_owned() } else { extension.to_uppercase() };
        draft.set("FileType", kind);
        let earlier = draft.text("ContentDocumentId").and_then(|id| self.latest_version(id));
        let number = earlier.and_then(|(_, row)| {
            let column = draft.object.field("VersionNumber")?;
            row.values[column].as_str()?.parse::<u32>().ok()
        });
        draft.set("VersionNumber", (number.unwrap_or(0) + 1).to_string());
        Ok(Some(blob))
    }

    /// Keeps the bytes, and makes or moves on the document of the new version.
    pub(super) fn publish(&mut self, object: usize, id: RecordId, blob: Blob) -> Result<(), ApiError> {
        let schema = Arc::clone(&self.schema);
        let known = schema.object(object);
        let (Some(serial), Some(of_document)) = (id.serial(), known.field("ContentDocumentId")) else {
            return Ok(());
        };
        self.blobs.insert(id, blob);
        let Some(row) = self.store.row(object, serial) else { return Ok(()) };
        let mut version = Draft { object: known, values: row.values.clone() };
        if let Some(document) = version.text("ContentDocumentId").map(str::to_owned) {
            return self.supersede(&document, &version);
        }
        let document = self.insert_document(&version)?;
        version.values[of_document] = Value::from(document.to_string());
        let place = version.get("FirstPublishLocationId").clone();
        self.store.put(object, serial, Row { values: version.values, deleted: false });
        if place.is_null() { Ok(()) } else { self.link(document, place) }
    }

    fn insert_document(&mut self, version: &Draft<'_>) -> Result<RecordId, ApiError> {
        let schema = Arc::clone(&self.schema);
        let object = self.object_named_anywhere("ContentDocument")?;
        let known = schema.object(object);
        let values = known.fields.iter().map(|field| field.default.clone()).collect();
        let mut document = Draft { object: known, values };
        describe_version(&mut document, version);
        self.insert_draft(object, document, Vec::new())
    }

    fn link(&mut self, document: RecordId, place: Value) -> Result<(), ApiError> {
        let object = self.object_named_anywhere("ContentDocumentLink")?;
        let body = [
            ("ContentDocumentId".to_owned(), Value::from(document.to_string())),
            ("LinkedEntityId".to_owned(), place),
        ];
        self.insert(object, &body.into_iter().collect(), None).map(|_| ())
    }

    /// Makes a version the latest of a document that already had one.
    fn supersede(&mut self, document: &str, version: &Draft<'_>) -> Result<(), ApiError> {
        let schema = Arc::clone(&self.schema);
        if let Some((serial, row)) = self.latest_version(document) {
            let mut earlier = Draft { object: version.object, values: row.values.clone() };
            earlier.set("IsLatest", false);
            let object = self.object_named_anywhere(&version.object.name)?;
            self.store.put(object, serial, Row { values: earlier.values, deleted: false });
        }
        let Some((object, row)) = self.record(document) else { return Err(ApiError::missing_resource()) };
        let mut moved = Draft { object: schema.object(object), values: row.values.clone() };
        describe_version(&mut moved, version);
        let serial = self.locate(object, document)?;
        self.store.put(object, serial, Row { values: moved.values, deleted: false });
        Ok(())
    }

    fn latest_version(&self, document: &str) -> Option<(u32, &Row)> {
        let (_, row) = self.record(document)?;
        let documents = self.schema.object(self.schema.find("ContentDocument")?);
        let latest = row.values[documents.field("LatestPublishedVersionId")?].as_str()?;
        let id = RecordId::parse(latest)?;
        let versions = self.schema.by_prefix(id.prefix())?;
        Some((id.serial()?, self.store.row(versions, id.serial()?)?))
    }
}

fn describe_version(document: &mut Draft<'_>, version: &Draft<'_>) {
    for name in ["Title", "FileType", "FileExtension", "ContentSize"] {
        document.set(name, version.get(name).clone());
    }
    document.set("LatestPublishedVersionId", version.get("Id").clone());
}
