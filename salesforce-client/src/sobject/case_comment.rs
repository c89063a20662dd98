//! `CaseComment`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// A note at a case, up to 4,000 bytes.
    ///
    /// See \[Salesforce/Object Reference: `CaseComment`\].
    CaseComment {
        /// The case; set on create and never changed.
        parent_id: RecordId,
        /// The text.
        comment_body: String,
        /// Whether the customer sees it in a portal.
        is_published: bool,
        /// Who wrote it.
        created_by_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
    }

    /// What can be written to a [`CaseComment`].
    CaseCommentFields {
        /// The case; set on create and never changed.
        parent_id: Patch<RecordId>,
        /// The text.
        comment_body: Patch<String>,
        /// Whether the customer sees it in a portal. A checkbox is never empty, so it can be set or kept only.
        is_published: Option<bool>,
    }
}
