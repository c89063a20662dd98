//! `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings.json`

use url::Url;

use crate::ask::asks;
use crate::resource::recordings::Recording;
use crate::sid::RecordingSid;
use crate::word::{CallbackMethod, RecordingChannels, RecordingEvent, RecordingTrack};

asks! {
    /// A recording to be begun, from [`LiveCall::start_recording`](super::LiveCall::start_recording); await it.
    StartRecording -> Recording {
        /// How many channels it has: a transcript wants each side in its own.
        channels: &RecordingChannels = "RecordingChannels",
        /// Which side is recorded; both unless set.
        track: &RecordingTrack = "RecordingTrack",
        /// Whether silence at the ends is cut off: `trim-silence` or `do-not-trim`.
        trim: &str = "Trim",
        /// Where to say that it can be fetched.
        status_callback: &Url = "RecordingStatusCallback",
        /// The method of the callback.
        status_callback_method: CallbackMethod = "RecordingStatusCallbackMethod",
        /// Which steps to say it at; only `completed` unless set.
        status_callback_events: &[RecordingEvent] = "RecordingStatusCallbackEvent",
    }
}

/// What can be done with a recording that goes on, of a call and of a conference.
macro_rules! recording_controls {
    ($template:expr) => {
        /// Holds a recording, while a card number is spoken for one.
        ///
        /// # Errors
        ///
        /// The kinds every request has.
        pub async fn pause_recording(
            &self,
            which: crate::resource::live_call::WhichRecording<'_>,
            behavior: crate::resource::live_call::PauseBehavior,
        ) -> crate::error::Result<crate::resource::recordings::Recording> {
            self.record(which, "paused", Some(behavior)).await
        }

        /// Goes on with a recording that is held.
        ///
        /// # Errors
        ///
        /// The kinds every request has.
        pub async fn resume_recording(
            &self,
            which: crate::resource::live_call::WhichRecording<'_>,
        ) -> crate::error::Result<crate::resource::recordings::Recording> {
            self.record(which, "in-progress", None).await
        }

        /// Ends a recording.
        ///
        /// # Errors
        ///
        /// The kinds every request has.
        pub async fn stop_recording(
            &self,
            which: crate::resource::live_call::WhichRecording<'_>,
        ) -> crate::error::Result<crate::resource::recordings::Recording> {
            self.record(which, "stopped", None).await
        }

        async fn record(
            &self,
            which: crate::resource::live_call::WhichRecording<'_>,
            status: &'static str,
            behavior: Option<crate::resource::live_call::PauseBehavior>,
        ) -> crate::error::Result<crate::resource::recordings::Recording> {
            let mut form = crate::form::Form::new();
            form.set("Status", status);
            if let Some(behavior) = behavior {
                form.set("PauseBehavior", behavior.as_str());
            }
            // Saying it twice leaves the recording where saying it once does.
            let request = self.post($template, form).fill("RecordingSid", which.as_str()).repeatable();
            crate::ask::read(self.client, request).await
        }
    };
}

pub(crate) use recording_controls;

/// Which recording of a call or conference is meant.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum WhichRecording<'a> {
    /// The only one that goes on, whose identifier need not be known.
    Current,
    /// This one.
    Sid(&'a RecordingSid),
}

impl WhichRecording<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Current => "Twilio.CURRENT",
            Self::Sid(sid) => sid.as_str(),
        }
    }
}

/// What a recording has in place of the time it is held.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum PauseBehavior {
    /// Silence, so that times in it stay those of the call.
    #[default]
    Silence,
    /// Nothing.
    Skip,
}

impl PauseBehavior {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Skip => "skip",
        }
    }
}

pub(super) const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings.json";
pub(super) const ONE: &str =
    "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings/{RecordingSid}.json";
