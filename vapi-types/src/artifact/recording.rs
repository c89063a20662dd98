//! Recording URLs, channel by channel.

use crate::wire::wire_object;

wire_object! {
    /// Where the recordings of a call lie.
    pub struct Recording {
        /// Both channels in one file.
        pub stereo_url: Option<String> = hidden "stereoUrl",
        /// Video.
        pub video_url: Option<String> = hidden "videoUrl",
        /// The single-channel files.
        pub mono: MonoRecording = shown "mono",
    }
}

wire_object! {
    /// Single-channel recordings.
    pub struct MonoRecording {
        /// Everybody mixed.
        pub combined_url: Option<String> = hidden "combinedUrl",
        /// The assistant alone.
        pub assistant_url: Option<String> = hidden "assistantUrl",
        /// The customer alone.
        pub customer_url: Option<String> = hidden "customerUrl",
    }
}
