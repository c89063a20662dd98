//! `Task`

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{define::sobject, whole_number};
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// Something to do or done; with the subtype `Call` it is a call log.
    ///
    /// See \[Salesforce/Object Reference: Task\].
    Task {
        /// The subject, up to 255 characters.
        subject: String,
        /// The comments, up to 32,000 characters.
        description: String,
        /// The status picklist value.
        status: String,
        /// The priority picklist value.
        priority: String,
        /// The due date; for a call log, its day.
        activity_date: Date,
        /// The contact or lead.
        who_id: RecordId,
        /// The case, account or other record.
        what_id: RecordId,
        /// The user who owns it.
        owner_id: RecordId,
        /// The subtype; it cannot be changed later.
        task_subtype: String,
        /// `Inbound`, `Outbound` or `Internal`.
        call_type: String,
        /// How the call ended, up to 255 characters.
        call_disposition: String,
        /// How long the call took, in seconds.
        #[serde(deserialize_with = "whole_number")]
        call_duration_in_seconds: i64,
        /// The call's id at the telephony provider, up to 255 characters.
        call_object: String,
        /// Whether the status is a closed one; the org decides.
        is_closed: bool,
        /// When it was created.
        created_date: Timestamp,
        /// When it was last changed.
        last_modified_date: Timestamp,
    }

    /// What can be written to a [`Task`]; its subtype stands in [`NewTask`], because it cannot be changed.
    TaskFields {
        /// The subject, up to 255 characters.
        subject: Patch<String>,
        /// The comments, up to 32,000 characters.
        description: Patch<String>,
        /// The status picklist value.
        status: Patch<String>,
        /// The priority picklist value.
        priority: Patch<String>,
        /// The due date; for a call log, its day.
        activity_date: Patch<Date>,
        /// The contact or lead.
        who_id: Patch<RecordId>,
        /// The case, account or other record.
        what_id: Patch<RecordId>,
        /// The user who owns it.
        owner_id: Patch<RecordId>,
        /// `Inbound`, `Outbound` or `Internal`.
        call_type: Patch<String>,
        /// How the call ended, up to 255 characters.
        call_disposition: Patch<String>,
        /// How long the call took, in seconds.
        call_duration_in_seconds: Patch<i64>,
        /// The call's id at the telephony provider, up to 255 characters.
        call_object: Patch<String>,
    }
}

/// A task to create. Upserting it twice fails the second time, because the subtype cannot be
/// changed: upsert [`TaskFields`] where a repeat must be possible.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewTask {
    /// The subtype: `Call` for a call log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_subtype: Option<String>,
    /// All the rest.
    #[serde(flatten)]
    pub fields: TaskFields,
}
