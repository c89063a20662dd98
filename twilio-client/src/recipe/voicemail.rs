//! Voicemail: nobody answered, and the caller leaves a message.

use crate::callback::{DialCallback, RecordingCallback};
use crate::sid::RecordingSid;
use crate::twiml::{Hangup, Record, Say, VoiceResponse};
use crate::word::RecordingStatus;

/// A voicemail box, as the answers to the webhooks of one call.
#[derive(Clone, Debug)]
pub struct Voicemail {
    greeting: String,
    goodbye: String,
    recording_callback: String,
    longest: u32,
}

/// What became of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// It can be fetched.
    Left(RecordingSid),
    /// The caller said nothing.
    Nothing,
    /// It is not known yet.
    Waiting,
}

impl Voicemail {
    /// A box with this greeting, which says that messages are ready to `recording_callback`. A message may be two
    /// minutes long.
    pub fn new(greeting: impl Into<String>, recording_callback: impl Into<String>) -> Self {
        let goodbye = "Thank you. Goodbye.".to_owned();
        Self {
            greeting: greeting.into(),
            goodbye,
            recording_callback: recording_callback.into(),
            longest: 120,
        }
    }

    /// What is said when the caller stops without hanging up.
    #[must_use]
    pub fn goodbye(mut self, goodbye: impl Into<String>) -> Self {
        self.goodbye = goodbye.into();
        self
    }

    /// How many seconds a message may have.
    #[must_use]
    pub fn longest(mut self, seconds: u32) -> Self {
        self.longest = seconds;
        self
    }

    /// The answer when a `<Dial>` is over: the end of the call if it was answered, else the greeting and the beep.
    pub fn after_dial(&self, dial: &DialCallback) -> VoiceResponse {
        if dial.has_reached_somebody() { VoiceResponse::new().with(Hangup::new()) } else { self.greet() }
    }

    /// The greeting and the beep. What stands after the recording is heard only by a caller who said nothing or
    /// stayed on the line.
    pub fn greet(&self) -> VoiceResponse {
        let record = Record::new()
            .max_length(self.longest)
            .timeout(5)
            .play_beep(true)
            .recording_status_callback(&self.recording_callback)
            .attribute("recordingStatusCallbackEvent", "completed absent");
        VoiceResponse::new()
            .with(Say::new(self.greeting.as_str()))
            .with(record)
            .with(Say::new(self.goodbye.as_str()))
            .with(Hangup::new())
    }

    /// What a recording callback says of the message.
    pub fn message(recording: &RecordingCallback) -> Message {
        match (recording.recording_status(), recording.recording_sid()) {
            (Some(RecordingStatus::Completed), Some(sid)) => Message::Left(sid),
            (Some(RecordingStatus::Absent | RecordingStatus::Failed), _) => Message::Nothing,
            _ => Message::Waiting,
        }
    }
}
