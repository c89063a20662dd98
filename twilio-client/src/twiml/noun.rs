//! The nouns that stand inside verbs: whom to dial, where the audio goes.

use super::tag::tags;
use super::verb::{Connect, Dial, Start, Stop};

tags! {
    /// A telephone number to dial.
    Number in [Dial] {
        /// Keys to press once connected.
        send_digits: &str = "sendDigits",
        /// What the called side hears before it is connected.
        url: &str = "url",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A Voice SDK client to dial.
    Client in [Dial] {
        /// What the called side hears before it is connected.
        url: &str = "url",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A SIP address to dial.
    Sip in [Dial] {
        /// What to log in as.
        username: &str = "username",
        /// What to log in with.
        password: &str = "password",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A conference to join.
    Conference in [Dial] {
        /// The call that this side coaches: heard by it, and by nobody else.
        coach: &str = "coach",
        /// Whether this side comes in muted.
        muted: bool = "muted",
        /// Whether the conference begins with this side.
        start_conference_on_enter: bool = "startConferenceOnEnter",
        /// Whether the conference ends with this side.
        end_conference_on_exit: bool = "endConferenceOnExit",
        /// The name of this side in the API.
        participant_label: &str = "participantLabel",
        /// What to play until it begins.
        wait_url: &str = "waitUrl",
        /// How many may join.
        max_participants: u32 = "maxParticipants",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A queue whose first caller to speak with.
    Queue in [Dial] {
        /// What that caller hears before being connected.
        url: &str = "url",
    }

    /// A WebSocket that the call's audio goes to, and under `Connect` comes from.
    Stream in [Connect, Start, Stop] {
        /// The name to stop it by.
        name: &str = "name",
        /// Which side to send: `inbound_track`, `outbound_track`, `both_tracks`.
        track: &str = "track",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
    }

    /// A copy of the call's audio by the SIPREC protocol.
    Siprec in [Start, Stop] {
        /// The name to stop it by.
        name: &str = "name",
        /// The connector it goes through.
        connector_name: &str = "connectorName",
        /// Which side to send: `inbound_track`, `outbound_track`, `both_tracks`.
        track: &str = "track",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
    }

    /// A conversation whose speech Twilio turns into text and back.
    ConversationRelay in [Connect] {
        /// What the caller hears first.
        welcome_greeting: &str = "welcomeGreeting",
        /// The language of both sides.
        language: &str = "language",
        /// The voice that speaks.
        voice: &str = "voice",
        /// Who makes the voice.
        tts_provider: &str = "ttsProvider",
        /// Who writes down the speech.
        transcription_provider: &str = "transcriptionProvider",
        /// What may interrupt the voice: `none`, `dtmf`, `speech`, `any`.
        interruptible: &str = "interruptible",
        /// Whether keys are passed on.
        dtmf_detection: bool = "dtmfDetection",
        /// Words to expect, with commas between them.
        hints: &str = "hints",
    }

    /// A language that a conversation may change to.
    Language in [ConversationRelay] {
        /// The voice that speaks it.
        voice: &str = "voice",
        /// Who makes the voice.
        tts_provider: &str = "ttsProvider",
        /// Who writes down the speech.
        transcription_provider: &str = "transcriptionProvider",
    }

    /// A value passed along; the query of a stream's address is not.
    Parameter in [Stream, Siprec, ConversationRelay, Client] {}
}

/// The nouns whose text says which one it is.
macro_rules! named_by_text {
    ($($(#[$doc:meta])* $tag:ident)+) => {$(
        impl $tag {
            $(#[$doc])*
            pub fn new(text: impl Into<String>) -> Self {
                Self(Self::empty().0.text(text))
            }
        }
    )+};
}

named_by_text! {
    /// Dials this number, in E.164.
    Number
    /// Dials this SIP address.
    Sip
    /// Joins the conference of this name.
    Conference
    /// The queue of this name.
    Queue
}

impl Client {
    /// Dials the client of this identity. The identity has an element of its own, so that parameters can
    /// stand beside it.
    pub fn new(identity: impl Into<String>) -> Self {
        Self(Self::empty().0.child(super::Element::new("Identity").text(identity)))
    }
}

impl Stream {
    /// Streams to this `wss` address.
    pub fn new(url: impl Into<String>) -> Self {
        Self::empty().attribute("url", url)
    }

    /// The stream of this name, to be stopped.
    pub fn named(name: &str) -> Self {
        Self::empty().name(name)
    }
}

impl Siprec {
    /// The fork of this name.
    pub fn named(name: &str) -> Self {
        Self::empty().name(name)
    }
}

impl ConversationRelay {
    /// Relays to this `wss` address.
    pub fn new(url: impl Into<String>) -> Self {
        Self::empty().attribute("url", url)
    }
}

impl Language {
    /// The language of this code, such as `es-ES`.
    pub fn new(code: impl Into<String>) -> Self {
        Self::empty().attribute("code", code)
    }
}

impl Parameter {
    /// A value under this name.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::empty().attribute("name", name).attribute("value", value)
    }
}
