//! What the caller agreed to.

use jiff::Timestamp;

use crate::wire::wire_object;

wire_object! {
    /// Compliance facts of a call.
    pub struct Compliance {
        /// Consent to being recorded.
        pub recording_consent: Option<RecordingConsent> = shown "recordingConsent",
    }
}

wire_object! {
    /// How and when the caller agreed to being recorded.
    pub struct RecordingConsent {
        /// How consent was given: `stay-on-line` or `verbal`.
        pub kind: Option<String> = shown "type",
        /// When consent was given.
        pub granted_at: Option<Timestamp> = shown "grantedAt",
    }
}
