//! Where the recordings of a call lie.

use std::fmt;

use serde_json::Value;

use super::places::Places;

/// Where the recordings of a call lie, each at the address that lasts longest.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Recordings {
    /// Everybody mixed.
    pub mixed: Option<String>,
    /// The two sides on two channels.
    pub two_channels: Option<String>,
    /// The customer alone.
    pub customer: Option<String>,
    /// The assistant alone.
    pub assistant: Option<String>,
    /// Video.
    pub video: Option<String>,
}

impl Recordings {
    pub(super) fn of(places: &Places<'_>) -> Self {
        // A signed address expires, so it is the last to be taken.
        let first = |pointers: &[&str]| pointers.iter().find_map(|pointer| address(places, pointer));
        Self {
            mixed: first(&[
                "recording/mono/combinedUrl",
                "recording/combinedUrl",
                "recordingUrl",
                "recording/url",
                "monoRecordingUrl",
                "recording",
                "presignedMonoUrl",
            ]),
            two_channels: first(&["recording/stereoUrl", "stereoRecordingUrl", "presignedStereoUrl"]),
            customer: first(&["recording/mono/customerUrl", "customerRecordingUrl", "presignedCustomerUrl"]),
            assistant: first(&[
                "recording/mono/assistantUrl",
                "assistantRecordingUrl",
                "presignedAssistantUrl",
            ]),
            video: first(&["recording/videoUrl", "videoRecordingUrl", "presignedVideoUrl"]),
        }
    }
}

/// The first address at a path of names; one with white space in it is none.
fn address(places: &Places<'_>, path: &str) -> Option<String> {
    let (name, below) = path.split_at(path.find('/').unwrap_or(path.len()));
    let found = places.values(name).filter_map(|value| value.pointer(below));
    let mut addresses = found.filter_map(Value::as_str).map(str::trim);
    let is_address =
        |text: &&str| !text.is_empty() && !text.chars().any(|sign| sign.is_whitespace() || sign.is_control());
    addresses.find(is_address).map(str::to_owned)
}

impl fmt::Debug for Recordings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recordings")
            .field("mixed", &self.mixed.is_some())
            .field("two_channels", &self.two_channels.is_some())
            .field("customer", &self.customer.is_some())
            .field("assistant", &self.assistant.is_some())
            .field("video", &self.video.is_some())
            .finish()
    }
}
