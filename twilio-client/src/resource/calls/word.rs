//! The words that calls are described with.

use crate::open_word::open_words;

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
}
