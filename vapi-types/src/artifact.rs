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
