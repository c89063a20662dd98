//! `FeedItem`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// A post in the feed of a record.
    ///
    /// See \[Salesforce/Object Reference: `FeedItem`\].
    FeedItem {
        /// The record; set on create and never changed.
        parent_id: RecordId,
        /// The text.
        body: String,
        /// The title of what is attached.
        title: String,
        /// What kind of post it is.
        r#type: String,
        /// The `ContentVersion` that is attached.
        related_record_id: RecordId,
        /// Who wrote it.
        created_by_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
    }

    /// What can be written to a [`FeedItem`].
    FeedItemFields {
        /// The record; set on create and never changed.
        parent_id: Patch<RecordId>,
        /// The text.
        body: Patch<String>,
        /// The title of what is attached.
        title: Patch<String>,
        /// What kind of post it is.
        r#type: Patch<String>,
        /// The `ContentVersion` that is attached.
        related_record_id: Patch<RecordId>,
    }
}
