//! `POST /2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Participants.json`

use std::time::Duration;

use url::Url;

use super::participant::Participant;
use crate::ask::asks;
use crate::endpoint::Endpoint;
use crate::resource::calls::{CallRecording, MachineDetection};
use crate::sid::{ByocSid, CallSid};
use crate::word::{
    CallbackMethod, ConferenceEvent, RecordingChannels, RecordingEvent, RecordingTrack, StatusCallbackEvent,
};

asks! {
    /// Somebody to be called into a conference, from [`InConference::add`](super::InConference::add); await it.
    AddParticipant -> Participant {
        /// The name of this side.
        label: &str = "Label",
        /// Whether it comes in muted.
        muted: bool = "Muted",
        /// Whether a beep says that it comes or goes: `true`, `false`, `onEnter`, `onExit`.
        beep: &str = "Beep",
        /// Whether the conference begins with it.
        start_conference_on_enter: bool = "StartConferenceOnEnter",
        /// Whether the conference ends with it.
        end_conference_on_exit: bool = "EndConferenceOnExit",
        /// Whether it coaches: it is heard by one side and by no other.
        coaching: bool = "Coaching",
        /// Which side it coaches.
        call_to_coach: &CallSid = "CallSidToCoach",
        /// How long to let it ring, in whole seconds.
        ring_for: Duration = "Timeout",
        /// How long it may stay, in whole seconds.
        time_limit: Duration = "TimeLimit",
        /// Whether the others hear it ring.
        early_media: bool = "EarlyMedia",
        /// Where to say how the call goes.
        status_callback: &Url = "StatusCallback",
        /// The method of the callback.
        status_callback_method: CallbackMethod = "StatusCallbackMethod",
        /// Which steps to say it at.
        status_callback_events: &[StatusCallbackEvent] = "StatusCallbackEvent",
        /// Who is shown as the caller, where it is not `from`.
        caller_id: &Endpoint = "CallerId",
        /// The name shown to a SIP phone.
        caller_display_name: &str = "CallerDisplayName",
        /// Why we call.
        reason: &str = "CallReason",
        /// The token of the call that is being forwarded.
        call_token: &str = "CallToken",
        /// The trunk of a carrier of your own to place it through.
        byoc: &ByocSid = "Byoc",
        /// What to log in to a SIP address as.
        sip_user: &str = "SipAuthUsername",
        /// What to log in to a SIP address with.
        sip_password: &str = "SipAuthPassword",
        /// Where to say that a Voice SDK client is called.
        client_notification: &Url = "ClientNotificationUrl",
        /// Whether this side is recorded.
        record: bool = "Record",
        /// How many channels its recording has.
        recording_channels: &RecordingChannels = "RecordingChannels",
        /// Which side of it is recorded.
        recording_track: &RecordingTrack = "RecordingTrack",
        /// Whether silence at the ends of its recording is cut off: `trim-silence` or `do-not-trim`.
        trim: &str = "Trim",
        /// Where to say that its recording can be fetched.
        recording_callback: &Url = "RecordingStatusCallback",
        /// The method of that callback.
        recording_callback_method: CallbackMethod = "RecordingStatusCallbackMethod",
        /// Which steps to say that at.
        recording_callback_events: &[RecordingEvent] = "RecordingStatusCallbackEvent",
        /// What it hears until the conference begins.
        wait_url: &Url = "WaitUrl",
        /// The method to ask for that with.
        wait_method: CallbackMethod = "WaitMethod",
        /// How many may be in the conference.
        max_participants: u32 = "MaxParticipants",
        /// Where the conference is mixed.
        region: &str = "Region",
        /// How much jitter is smoothed: `large`, `medium`, `small`, `off`.
        jitter_buffer: &str = "JitterBufferSize",
        /// Whether the conference is recorded: `record-from-start` or `do-not-record`.
        conference_record: &str = "ConferenceRecord",
        /// Whether silence at the ends of that recording is cut off.
        conference_trim: &str = "ConferenceTrim",
        /// Where to say what happens in the conference.
        conference_callback: &Url = "ConferenceStatusCallback",
        /// The method of that callback.
        conference_callback_method: CallbackMethod = "ConferenceStatusCallbackMethod",
        /// Which events to say.
        conference_callback_events: &[ConferenceEvent] = "ConferenceStatusCallbackEvent",
        /// Where to say that the conference's recording can be fetched.
        conference_recording_callback: &Url = "ConferenceRecordingStatusCallback",
        /// The method of that callback.
        conference_recording_callback_method: CallbackMethod = "ConferenceRecordingStatusCallbackMethod",
        /// Which steps to say that at.
        conference_recording_callback_events: &[RecordingEvent] = "ConferenceRecordingStatusCallbackEvent",
    }
}

impl AddParticipant<'_> {
    /// Finds out whether a machine answers. The verdict goes to the callback of
    /// [`in_background`](MachineDetection::in_background); nothing waits for it in any case.
    pub fn machine_detection(mut self, detection: &MachineDetection) -> Self {
        let form = self.request.parameters();
        form.set_all(detection.parameters());
        // Twilio refuses `AsyncAmd` here with error 21263, and names the callback otherwise.
        if let Some((callback, method)) = detection.background() {
            form.set("AmdStatusCallback", callback);
            form.set("AmdStatusCallbackMethod", method.as_str());
        }
        self
    }

    /// Records this side as a call is recorded.
    pub fn recording(mut self, recording: &CallRecording) -> Self {
        recording.write(self.request.parameters());
        self
    }
}
