//! `VoiceCall`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// A call, in orgs that have Service Cloud Voice; ask [`Client::describe`](crate::Client::describe) first.
    ///
    /// See \[Salesforce/Object Reference: `VoiceCall`\].
    VoiceCall {
        /// Inbound, outbound or another picklist value.
        call_type: String,
        /// How it ended.
        call_disposition: String,
        /// When it began.
        call_start_date_time: Timestamp,
        /// When it ended.
        call_end_date_time: Timestamp,
        /// When it was answered.
        call_accept_date_time: Timestamp,
        /// Who called.
        from_phone_number: String,
        /// Who was called.
        to_phone_number: String,
        /// The telephony provider's id of it.
        vendor_call_key: String,
        /// The telephony provider.
        vendor_type: String,
        /// The record it is about.
        related_record_id: RecordId,
        /// The call center.
        call_center_id: RecordId,
        /// The task that logs it.
        activity_id: RecordId,
        /// Who owns it.
        owner_id: RecordId,
        /// When it was created.
        created_date: Timestamp,
    }

    /// What can be written to a [`VoiceCall`].
    VoiceCallFields {
        /// Inbound, outbound or another picklist value.
        call_type: Patch<String>,
        /// When it began.
        call_start_date_time: Patch<Timestamp>,
        /// When it ended.
        call_end_date_time: Patch<Timestamp>,
        /// Who called.
        from_phone_number: Patch<String>,
        /// Who was called.
        to_phone_number: Patch<String>,
        /// The telephony provider's id of it.
        vendor_call_key: Patch<String>,
        /// The telephony provider.
        vendor_type: Patch<String>,
        /// The record it is about.
        related_record_id: Patch<RecordId>,
        /// The call center.
        call_center_id: Patch<RecordId>,
        /// Who owns it.
        owner_id: Patch<RecordId>,
    }
}
