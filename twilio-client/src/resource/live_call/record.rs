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
