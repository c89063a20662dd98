//! Webhooks about what runs beside a call: recordings, conferences, streams, forks, transcriptions, messages.

use std::time::Duration;

use super::family::families;
use crate::endpoint::Endpoint;
use crate::sid::{AccountSid, CallSid, ConferenceSid, MessageSid, MessagingServiceSid, RecordingSid};
use crate::word::{ConferenceEvent, MessageStatus, RecordingSource, RecordingStatus, RecordingTrack, Track};

families! {
    /// A recording that has come a step further.
    RecordingCallback {
        /// The recording.
        recording_sid: RecordingSid = "RecordingSid",
        /// How far it has come.
        recording_status: RecordingStatus = "RecordingStatus",
        /// The account it belongs to.
        account_sid: AccountSid = "AccountSid",
        /// The call it is of.
        call_sid: CallSid = "CallSid",
        /// The conference it is of.
        conference_sid: ConferenceSid = "ConferenceSid",
        /// The address of its sound, without the ending that chooses a format.
        recording_url: String = "RecordingUrl",
        /// How long it is.
        duration: Duration = "RecordingDuration",
        /// How many channels it has.
        channels: u64 = "RecordingChannels",
        /// Which side it has.
        track: RecordingTrack = "RecordingTrack",
        /// What began it.
        source: RecordingSource = "RecordingSource",
        /// When it began, as a date of RFC 2822.
        start_time: String = "RecordingStartTime",
        /// What went wrong, as one of Twilio's codes.
        error_code: u64 = "ErrorCode",
    }

    /// A recording that was written down.
    RecordingTextCallback {
        /// The text.
        transcription_sid: String = "TranscriptionSid",
        /// How far it has come: `completed` or `failed`.
        status: String = "TranscriptionStatus",
        /// What was said.
        text: String = "TranscriptionText",
        /// The address of the text.
        url: String = "TranscriptionUrl",
        /// The recording.
        recording_sid: RecordingSid = "RecordingSid",
        /// The address of its sound.
        recording_url: String = "RecordingUrl",
        /// The call it is of.
        call_sid: CallSid = "CallSid",
    }

    /// Somebody who waits for a conference to begin, or who hears an announcement: asks what is to be heard.
    ConferenceWaitCallback {
        /// The conference.
        conference_sid: ConferenceSid = "ConferenceSid",
        /// The name that TwiML gave it.
        friendly_name: String = "FriendlyName",
        /// The call that waits.
        call_sid: CallSid = "CallSid",
    }

    /// Something that happened in a conference.
    ConferenceCallback {
        /// The conference.
        conference_sid: ConferenceSid = "ConferenceSid",
        /// The name that TwiML gave it.
        friendly_name: String = "FriendlyName",
        /// What happened, as `participant-join` or `conference-end`.
        event: String = "StatusCallbackEvent",
        /// The number of the event. With the conference it names the event, for telling repeats apart.
        sequence_number: u64 = "SequenceNumber",
        /// The call it happened to.
        call_sid: CallSid = "CallSid",
        /// The name of that side.
        label: String = "ParticipantLabel",
        /// Whether that side is not heard.
        muted: bool = "Muted",
        /// Whether that side is held.
        hold: bool = "Hold",
        /// Whether that side coaches.
        coaching: bool = "Coaching",
        /// Which side it coaches.
        call_sid_to_coach: CallSid = "CallSidToCoach",
        /// Whether the conference ends with that side.
        end_conference_on_exit: bool = "EndConferenceOnExit",
        /// Whether the conference begins with that side.
        start_conference_on_enter: bool = "StartConferenceOnEnter",
        /// Why that side left.
        reason_left: String = "ReasonParticipantLeft",
        /// Why the conference ended.
        reason_ended: String = "ReasonConferenceEnded",
        /// Whose leaving ended it.
        call_sid_ending: CallSid = "CallSidEndingConference",
        /// When it happened, as a date of RFC 2822.
        timestamp: String = "Timestamp",
    }

    /// Something that happened to a stream.
    StreamCallback {
        /// The stream.
        stream_sid: String = "StreamSid",
        /// Its name.
        name: String = "StreamName",
        /// What happened: `stream-started`, `stream-stopped`, `stream-error`.
        event: String = "StreamEvent",
        /// What went wrong.
        error: String = "StreamError",
        /// The call it is of.
        call_sid: CallSid = "CallSid",
        /// When it happened.
        timestamp: String = "Timestamp",
    }

    /// Something that happened to a fork by SIPREC.
    SiprecCallback {
        /// The fork.
        siprec_sid: String = "SiprecSid",
        /// Its name.
        name: String = "SiprecName",
        /// What happened.
        event: String = "SiprecEvent",
        /// What went wrong.
        error: String = "SiprecError",
        /// What went wrong, as one of Twilio's codes.
        error_code: u64 = "SiprecErrorCode",
        /// The call it is of.
        call_sid: CallSid = "CallSid",
    }

    /// Something that was said in a call, or that happened to its transcription.
    TranscriptionCallback {
        /// The transcription.
        transcription_sid: String = "TranscriptionSid",
        /// What happened: `transcription-started`, `transcription-content`, `transcription-stopped`,
        /// `transcription-error`.
        event: String = "TranscriptionEvent",
        /// What was said, as JSON text with `transcript` and `confidence`.
        data: String = "TranscriptionData",
        /// Which side said it.
        track: Track = "Track",
        /// Whether it will not change.
        is_final: bool = "Final",
        /// The number of the piece.
        sequence_id: u64 = "SequenceId",
        /// The language.
        language: String = "LanguageCode",
        /// The call it is of.
        call_sid: CallSid = "CallSid",
        /// What went wrong, as one of Twilio's codes.
        error_code: u64 = "TranscriptionErrorCode",
        /// When it happened.
        timestamp: String = "Timestamp",
    }

    /// A `ConversationRelay` that is over, and asks what comes after.
    RelayEndCallback {
        /// The call.
        call_sid: CallSid = "CallSid",
        /// The conversation.
        session_id: String = "SessionId",
        /// How it ended, such as `ended`, `completed` or `failed`.
        session_status: String = "SessionStatus",
        /// How long it lasted.
        duration: Duration = "SessionDuration",
        /// What our `end` handed over, JSON text mostly.
        handoff_data: String = "HandoffData",
        /// What went wrong, as one of Twilio's codes.
        error_code: u64 = "ErrorCode",
    }

    /// A message that came in, or that has come a step further.
    MessageCallback {
        /// The message.
        message_sid: MessageSid = "MessageSid",
        /// How far it has come; none when it comes in.
        message_status: MessageStatus = "MessageStatus",
        /// The service it came through.
        messaging_service_sid: MessagingServiceSid = "MessagingServiceSid",
        /// Who sent it.
        sender: Endpoint = "From",
        /// Who gets it.
        receiver: Endpoint = "To",
        /// Its text.
        body: String = "Body",
        /// How many files it has.
        num_media: u64 = "NumMedia",
        /// What somebody pressed who opts out: `STOP`, `START`, `HELP`.
        opt_out: String = "OptOutType",
        /// What went wrong, as one of Twilio's codes.
        error_code: u64 = "ErrorCode",
    }
}

impl RelayEndCallback {
    /// Whether our side gave the call back for somebody else to go on with: it sent `handoffData` with its `end`,
    /// though that may be empty.
    pub fn is_handed_off(&self) -> bool {
        self.params.has("HandoffData")
    }

    /// Whether it broke, so that the caller is still there and nobody speaks with them.
    pub fn has_failed(&self) -> bool {
        self.session_status().as_deref() == Some("failed") || self.error_code().is_some_and(|code| code != 0)
    }
}

impl ConferenceCallback {
    /// What happened, as the word it was asked for with.
    pub fn kind(&self) -> Option<ConferenceEvent> {
        let event = self.params.get("StatusCallbackEvent")?;
        let word = event.strip_prefix("participant-").or_else(|| event.strip_prefix("conference-"));
        Some(match word.unwrap_or(event) {
            "unmute" => ConferenceEvent::Mute,
            "unhold" => ConferenceEvent::Hold,
            word if word.starts_with("speech") => ConferenceEvent::Speaker,
            word if word.starts_with("announcement") => ConferenceEvent::Announcement,
            word => ConferenceEvent::from(word),
        })
    }
}

impl MessageCallback {
    /// The files of the message: address and media type.
    pub fn media(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let count = self.num_media().unwrap_or_default().min(10);
        (0..count).filter_map(|number| {
            let url = self.params.get(&format!("MediaUrl{number}"))?;
            Some((url, self.params.get(&format!("MediaContentType{number}"))))
        })
    }
}
