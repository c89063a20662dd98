//! `call.artifact.upload`: records of a call were stored, or could not be.

use super::wire_message;
use crate::wire::wire_object;

wire_message! {
    /// Which records of a call were stored.
    pub struct ArtifactUpload {
        /// One entry per record.
        pub artifacts: Vec<UploadedArtifact> = shown "artifacts",
    }
}

wire_object! {
    /// One record.
    pub struct UploadedArtifact {
        /// Which: `end-of-call-report`, `recording-mono`, `recording-stereo`, `log`, `pcap` and others.
        pub kind: Option<String> = shown "type",
        /// Whether it was stored.
        pub success: Option<bool> = shown "success",
    }
}
