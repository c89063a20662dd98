//! Recording a call from its first second.

use std::time::Duration;

use url::Url;

use crate::form::Form;
use crate::word::CallbackMethod;
use crate::word::{RecordingChannels, RecordingEvent, RecordingTrack};

/// How to record a call.
///
/// In many places both sides must be told, or must agree, before a call is recorded.
#[derive(Clone, Debug)]
#[must_use = "the recording takes place only if it is given to a call"]
pub struct CallRecording {
    form: Form,
}

impl CallRecording {
    /// Records with this many channels: a transcript wants each side in its own.
    pub fn new(channels: &RecordingChannels) -> Self {
        let mut form = Form::new();
        form.set("Record", "true");
        form.set("RecordingChannels", channels.as_str());
        Self { form }
    }

    /// Records one side only.
    pub fn track(mut self, track: &RecordingTrack) -> Self {
        self.form.set("RecordingTrack", track.as_str());
        self
    }

    /// Keeps the silence at both ends, which Twilio cuts off otherwise.
    pub fn keep_silence(mut self) -> Self {
        self.form.set("Trim", "do-not-trim");
        self
    }

    /// Where to say that the recording can be fetched.
    pub fn status_callback(mut self, callback: &Url, method: CallbackMethod) -> Self {
        self.form.set("RecordingStatusCallback", callback.as_str());
        self.form.set("RecordingStatusCallbackMethod", method.as_str());
        self
    }

    /// Which steps to say it at; only `completed` unless set.
    pub fn events(mut self, events: impl IntoIterator<Item = RecordingEvent>) -> Self {
        for event in events {
            self.form.push("RecordingStatusCallbackEvent", event.as_str());
        }
        self
    }

    pub(crate) fn write(&self, form: &mut Form) {
        form.set_all(&self.form);
    }
}

/// Whole seconds, a begun one counted, so that a short time does not become none.
pub(super) fn seconds(time: Duration) -> String {
    time.as_millis().div_ceil(1000).to_string()
}

pub(super) fn milliseconds(time: Duration) -> String {
    time.as_millis().to_string()
}
