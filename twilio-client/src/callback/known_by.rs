//! Which family a webhook is of: told by which parameters came, whatever their values are.
//!
//! Twilio sends a parameter that has nothing to say with an empty value, such as the `Digits` of a caller who pressed
//! none; what it does not send at all belongs to another family.

use super::{Callback, Params};

/// The parameters that only one family has.
struct KnownBy {
    /// All of these came.
    all: &'static [&'static str],
    /// One of these came.
    any: &'static [&'static str],
    /// None of these came.
    none: &'static [&'static str],
    family: fn(Params) -> Callback,
}

impl KnownBy {
    fn fits(&self, params: &Params) -> bool {
        self.all.iter().all(|name| params.has(name))
            && (self.any.is_empty() || self.any.iter().any(|name| params.has(name)))
            && !self.none.iter().any(|name| params.has(name))
    }
}

/// The first that fits decides: those that others share parameters with come before them.
const FAMILIES: &[KnownBy] = &[
    // A conversation of Conversations: its messages are none of a telephone.
    KnownBy { all: &["ConversationSid", "EventType"], any: &[], none: &[], family: Callback::Unknown },
    KnownBy {
        all: &["WorkspaceSid", "EventType"],
        any: &[],
        none: &[],
        family: |params| Callback::Routing(params.into()),
    },
    KnownBy {
        all: &["WorkspaceSid", "ReservationSid"],
        any: &[],
        none: &[],
        family: |params| Callback::Assignment(params.into()),
    },
    KnownBy {
        all: &["TranscriptionEvent"],
        any: &[],
        none: &[],
        family: |params| Callback::Transcription(params.into()),
    },
    KnownBy {
        all: &[],
        any: &["TranscriptionText", "TranscriptionStatus"],
        none: &[],
        family: |params| Callback::RecordingText(params.into()),
    },
    KnownBy {
        all: &[],
        any: &["StreamEvent", "StreamError"],
        none: &[],
        family: |params| Callback::Stream(params.into()),
    },
    KnownBy {
        all: &[],
        any: &["SiprecSid", "SiprecEvent", "SiprecError"],
        none: &[],
        family: |params| Callback::Siprec(params.into()),
    },
    KnownBy {
        all: &["ConferenceSid", "StatusCallbackEvent"],
        any: &[],
        none: &[],
        family: |params| Callback::Conference(params.into()),
    },
    KnownBy {
        all: &["RecordingStatus"],
        any: &[],
        none: &[],
        family: |params| Callback::Recording(params.into()),
    },
    KnownBy {
        all: &[],
        any: &["SessionStatus", "SessionDuration", "HandoffData"],
        none: &[],
        family: |params| Callback::RelayEnd(params.into()),
    },
    KnownBy {
        all: &[],
        any: &[
            "VirtualAgentStatus",
            "VirtualAgentErrorCode",
            "VirtualAgentProvider",
            "VirtualAgentProviderData",
        ],
        none: &[],
        family: |params| Callback::VirtualAgent(params.into()),
    },
    KnownBy {
        all: &[],
        any: &["MessageSid", "SmsSid"],
        none: &[],
        family: |params| Callback::Message(params.into()),
    },
    KnownBy { all: &["DialCallStatus"], any: &[], none: &[], family: |params| Callback::Dial(params.into()) },
    KnownBy {
        all: &[],
        any: &["ReferCallStatus", "ReferSipResponseCode", "NotifySipResponseCode", "ReferTransferTarget"],
        none: &[],
        family: |params| Callback::Refer(params.into()),
    },
    KnownBy { all: &["QueueResult"], any: &[], none: &[], family: |params| Callback::Enqueue(params.into()) },
    KnownBy {
        all: &["QueueSid"],
        any: &["QueuePosition", "CurrentQueueSize", "AvgQueueTime", "DequeingCallSid", "DequeuingCallSid"],
        none: &[],
        family: |params| Callback::Queue(params.into()),
    },
    KnownBy {
        all: &[],
        any: &[
            "PayErrorCode",
            "PaymentSid",
            "PaymentConnector",
            "PaymentMethod",
            "PaymentToken",
            "PaymentConfirmationCode",
            "PaymentCardNumber",
            "PaymentCardType",
            "PaymentError",
        ],
        none: &[],
        family: |params| Callback::Pay(params.into()),
    },
    KnownBy {
        all: &[],
        any: &["SpeechResult", "StableSpeechResult", "UnstableSpeechResult"],
        none: &[],
        family: |params| Callback::Gather(params.into()),
    },
    // A call that detection was waited for asks what to do, and says as always which way it goes.
    KnownBy {
        all: &[],
        any: &["MachineDetectionDuration", "AnsweredBy"],
        none: &["Direction", "SequenceNumber", "CallbackSource", "CallDuration"],
        family: |params| Callback::Amd(params.into()),
    },
    // The end of a call tells of its recording and of the conference it was in as well.
    KnownBy {
        all: &["CallSid"],
        any: &["SequenceNumber", "CallbackSource", "CallDuration"],
        none: &[],
        family: |params| Callback::CallStatus(params.into()),
    },
    // The keys that ended a recording come with it.
    KnownBy { all: &["RecordingUrl"], any: &[], none: &[], family: |params| Callback::Record(params.into()) },
    KnownBy { all: &["Digits"], any: &[], none: &[], family: |params| Callback::Gather(params.into()) },
    KnownBy {
        all: &["ConferenceSid"],
        any: &[],
        none: &[],
        family: |params| Callback::ConferenceWait(params.into()),
    },
    KnownBy { all: &["CallSid"], any: &[], none: &[], family: |params| Callback::Voice(params.into()) },
];

impl Callback {
    /// Finds the family by the parameters that only it has, whether or not they say anything.
    pub fn of(params: Params) -> Self {
        match FAMILIES.iter().find(|known| known.fits(&params)) {
            Some(known) => (known.family)(params),
            None => Self::Unknown(params),
        }
    }
}
