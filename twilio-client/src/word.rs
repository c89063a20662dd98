//! The words that calls, recordings, conferences and messages are described with.

use crate::open_word::open_words;

/// The method of a webhook.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum CallbackMethod {
    /// Parameters in a form body.
    #[default]
    Post,
    /// Parameters in the URL, where proxies and logs see them.
    Get,
}

impl CallbackMethod {
    /// The method as HTTP writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Get => "GET",
        }
    }
}

open_words! {
    /// How far a call has come.
    CallStatus {
        /// Waiting to be dialled.
        Queued = "queued",
        /// Being dialled; status callbacks say so, the resource does not.
        Initiated = "initiated",
        /// Ringing at the other end.
        Ringing = "ringing",
        /// Answered and connected.
        InProgress = "in-progress",
        /// Connected: what a `<Dial>` into a conference comes to.
        Answered = "answered",
        /// Answered, and over.
        Completed = "completed",
        /// The other end was busy.
        Busy = "busy",
        /// The number could not be dialled.
        Failed = "failed",
        /// Nobody answered.
        NoAnswer = "no-answer",
        /// Withdrawn before it was answered.
        Canceled = "canceled",
    }

    /// Who began a call.
    Direction {
        /// The other side called us.
        Inbound = "inbound",
        /// Placed through the API.
        OutboundApi = "outbound-api",
        /// Placed by `<Dial>`.
        OutboundDial = "outbound-dial",
        /// Out of a SIP trunk into the telephone network.
        TrunkingTerminating = "trunking-terminating",
        /// Out of the telephone network into a SIP trunk.
        TrunkingOriginating = "trunking-originating",
    }

    /// Who or what answered, by answering machine detection.
    AnsweredBy {
        /// A person.
        Human = "human",
        /// A machine that is still talking.
        MachineStart = "machine_start",
        /// A machine, after its beep.
        MachineEndBeep = "machine_end_beep",
        /// A machine, after falling silent.
        MachineEndSilence = "machine_end_silence",
        /// A machine, after its greeting.
        MachineEndOther = "machine_end_other",
        /// A fax.
        Fax = "fax",
    }

    /// A step of a call that a status callback can be asked for.
    StatusCallbackEvent {
        /// Dialling begins.
        Initiated = "initiated",
        /// It rings.
        Ringing = "ringing",
        /// It is answered.
        Answered = "answered",
        /// It is over, however it went.
        Completed = "completed",
    }

    /// A step of a recording that a callback can be asked for.
    RecordingEvent {
        /// It has begun.
        InProgress = "in-progress",
        /// It can be fetched.
        Completed = "completed",
        /// There was nothing to record.
        Absent = "absent",
    }

    /// How many channels a recording has.
    RecordingChannels {
        /// Both sides in one.
        Mono = "mono",
        /// Each side in its own.
        Dual = "dual",
    }

    /// Which side is recorded.
    RecordingTrack {
        /// What Twilio hears from the other side.
        Inbound = "inbound",
        /// What Twilio plays to it.
        Outbound = "outbound",
        /// Both.
        Both = "both",
    }

    /// How far a recording has come.
    RecordingStatus {
        /// Being recorded.
        InProgress = "in-progress",
        /// Held for a while, so that a card number is not kept.
        Paused = "paused",
        /// Ended, and not yet to be had.
        Stopped = "stopped",
        /// Being made ready.
        Processing = "processing",
        /// To be fetched.
        Completed = "completed",
        /// There was nothing to record.
        Absent = "absent",
        /// It could not be made.
        Failed = "failed",
        /// Deleted, with its description kept for a while.
        Deleted = "deleted",
    }

    /// What began a recording.
    RecordingSource {
        /// `<Dial record=..>`.
        DialVerb = "DialVerb",
        /// A conference that is recorded.
        Conference = "Conference",
        /// A call placed with `Record`.
        OutboundApi = "OutboundAPI",
        /// A trunk.
        Trunking = "Trunking",
        /// `<Record>`.
        RecordVerb = "RecordVerb",
        /// The API, on a call.
        StartCallRecordingApi = "StartCallRecordingAPI",
        /// The API, on a conference.
        StartConferenceRecordingApi = "StartConferenceRecordingAPI",
    }

    /// How far a conference has come.
    ConferenceStatus {
        /// Waiting for somebody who begins it.
        Init = "init",
        /// Going on.
        InProgress = "in-progress",
        /// Over.
        Completed = "completed",
    }

    /// What happens in a conference.
    ConferenceEvent {
        /// It begins.
        Start = "start",
        /// It ends.
        End = "end",
        /// Somebody joins.
        Join = "join",
        /// Somebody leaves.
        Leave = "leave",
        /// Somebody is muted or no longer.
        Mute = "mute",
        /// Somebody is held or no longer.
        Hold = "hold",
        /// Somebody's settings change.
        Modify = "modify",
        /// Somebody begins or ends to speak.
        Speaker = "speaker",
        /// An announcement is played.
        Announcement = "announcement",
    }

    /// How far one side of a conference has come.
    ParticipantStatus {
        /// Waiting to be dialled.
        Queued = "queued",
        /// Being dialled.
        Connecting = "connecting",
        /// Ringing.
        Ringing = "ringing",
        /// In the conference.
        Connected = "connected",
        /// Gone.
        Complete = "complete",
        /// Never came.
        Failed = "failed",
    }

    /// Which side of a call a stream, a fork or a transcription takes.
    Track {
        /// What Twilio hears.
        Inbound = "inbound_track",
        /// What Twilio plays.
        Outbound = "outbound_track",
        /// Both.
        Both = "both_tracks",
    }

    /// How far a message has come.
    MessageStatus {
        /// Waiting to be sent.
        Queued = "queued",
        /// On its way to the carrier.
        Sending = "sending",
        /// Taken by the carrier.
        Sent = "sent",
        /// It could not be sent.
        Failed = "failed",
        /// Confirmed by the carrier.
        Delivered = "delivered",
        /// Refused by the carrier.
        Undelivered = "undelivered",
        /// Coming in.
        Receiving = "receiving",
        /// Come in.
        Received = "received",
        /// Taken by a messaging service, which has not chosen a number yet.
        Accepted = "accepted",
        /// To be sent later.
        Scheduled = "scheduled",
        /// Read by its receiver.
        Read = "read",
        /// Delivered in part.
        PartiallyDelivered = "partially_delivered",
        /// Withdrawn.
        Canceled = "canceled",
    }
}
