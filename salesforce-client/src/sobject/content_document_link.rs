//! `ContentDocumentLink`

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// Where a file is shown.
    ///
    /// See \[Salesforce/Object Reference: `ContentDocumentLink`\].
    ContentDocumentLink {
        /// The file; set on create and never changed.
        content_document_id: RecordId,
        /// The record; set on create and never changed.
        linked_entity_id: RecordId,
        /// What those who see the record may do: `V` look, `C` change, `I` as at the record.
        share_type: String,
        /// Who sees it.
        visibility: String,
    }

    /// What can be written to a [`ContentDocumentLink`].
    ContentDocumentLinkFields {
        /// The file; set on create and never changed.
        content_document_id: Patch<RecordId>,
        /// The record; set on create and never changed.
        linked_entity_id: Patch<RecordId>,
        /// What those who see the record may do: `V` look, `C` change, `I` as at the record.
        share_type: Patch<String>,
        /// Who sees it.
        visibility: Patch<String>,
    }
}
