//! What a call leaves behind: transcript, messages, recordings, logs.

use crate::wire::{Raw, wire_object};

mod conversation;
mod recording;

pub use conversation::{ConversationMessage, Role};
pub use recording::{MonoRecording, Recording};

wire_object! {
    /// The records of a call. URLs may be signed, so none of them is shown by `Debug`.
    pub struct Artifact {
        /// The whole conversation as text.
        pub transcript: Option<String> = hidden "transcript",
        /// The conversation message by message.
        pub messages: Vec<ConversationMessage> = shown "messages",
        /// The recording, channel by channel.
        pub recording: Option<Recording> = shown "recording",
        /// Mixed recording, in the older place.
        pub recording_url: Option<String> = hidden "recordingUrl",
        /// Two-channel recording, in the older place.
        pub stereo_recording_url: Option<String> = hidden "stereoRecordingUrl",
        /// Video recording, in the older place.
        pub video_recording_url: Option<String> = hidden "videoRecordingUrl",
        /// The call's log.
        pub log_url: Option<String> = hidden "logUrl",
        /// Packet capture of a SIP call.
        pub pcap_url: Option<String> = hidden "pcapUrl",
        /// Signed URL of the mixed recording.
        pub presigned_mono_url: Option<String> = hidden "presignedMonoUrl",
        /// Signed URL of the two-channel recording.
        pub presigned_stereo_url: Option<String> = hidden "presignedStereoUrl",
        /// Values of the assistant's variables.
        pub variable_values: Option<Raw> = shown "variableValues",
        /// Data extracted by the structured outputs, by output id.
        pub structured_outputs: Option<Raw> = shown "structuredOutputs",
        /// Transfers tried during the call.
        pub transfers: Vec<Raw> = shown "transfers",
    }
}

impl Artifact {
    /// The best URL of a mixed recording, wherever this account's messages carry it.
    pub fn mono_recording_url(&self) -> Option<&str> {
        let combined = self.recording.as_ref().and_then(|recording| recording.mono.combined_url.as_deref());
        combined.or(self.recording_url.as_deref()).or(self.presigned_mono_url.as_deref())
    }

    /// The best URL of a two-channel recording, wherever this account's messages carry it.
    pub fn stereo_recording_url(&self) -> Option<&str> {
        let stereo = self.recording.as_ref().and_then(|recording| recording.stereo_url.as_deref());
        stereo.or(self.stereo_recording_url.as_deref()).or(self.presigned_stereo_url.as_deref())
    }
}
