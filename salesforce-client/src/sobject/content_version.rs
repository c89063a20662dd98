//! `ContentVersion`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// One version of a file; [`Files`](crate::Files) uploads and downloads its bytes.
    ///
    /// See \[Salesforce/Object Reference: `ContentVersion`\].
    ContentVersion {
        /// What it is called.
        title: String,
        /// The name it had; set on create and never changed.
        path_on_client: String,
        /// The description.
        description: String,
        /// The file it is a version of.
        content_document_id: RecordId,
        /// The record it is shown at; set on create and never changed.
        first_publish_location_id: RecordId,
        /// The type, from the ending of its name.
        file_type: String,
        /// Its length in bytes.
        content_size: u64,
        /// Whether there is no newer version.
        is_latest: bool,
        /// Which version it is.
        version_number: String,
        /// When it was created.
        created_date: Timestamp,
    }

    /// What can be written to a [`ContentVersion`].
    ContentVersionFields {
        /// What it is called.
        title: Patch<String>,
        /// The name it had; set on create and never changed.
        path_on_client: Patch<String>,
        /// The description.
        description: Patch<String>,
        /// The file it is a version of.
        content_document_id: Patch<RecordId>,
        /// The record it is shown at; set on create and never changed.
        first_publish_location_id: Patch<RecordId>,
    }
}
