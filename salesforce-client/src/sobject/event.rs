//! `Event`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// An appointment.
    ///
    /// See \[Salesforce/Object Reference: Event\].
    Event {
        /// The subject.
        subject: String,
        /// The description.
        description: String,
        /// Where it takes place.
        location: String,
        /// When it begins.
        start_date_time: Timestamp,
        /// When it ends.
        end_date_time: Timestamp,
        /// The contact or lead.
        who_id: RecordId,
        /// The record it is about.
        what_id: RecordId,
        /// The user whose calendar it is in.
        owner_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
        /// When it was last changed.
        last_modified_date: Timestamp,
    }

    /// What can be written to an [`Event`].
    EventFields {
        /// The subject.
        subject: Patch<String>,
        /// The description.
        description: Patch<String>,
        /// Where it takes place.
        location: Patch<String>,
        /// When it begins.
        start_date_time: Patch<Timestamp>,
        /// When it ends.
        end_date_time: Patch<Timestamp>,
        /// The contact or lead.
        who_id: Patch<RecordId>,
        /// The record it is about.
        what_id: Patch<RecordId>,
        /// The user whose calendar it is in.
        owner_id: Patch<RecordId>,
    }
}
