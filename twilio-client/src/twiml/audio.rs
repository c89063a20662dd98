//! The nouns that take a call's audio: streams, forks, transcriptions, agents.

use super::noun::{Application, Client};
use super::tag::{begin_empty, named_by_text, tags};
use super::verb::{Connect, Hangup, Pay, Reject, Start, Stop};

tags! {
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
        /// What may interrupt the greeting: `none`, `dtmf`, `speech`, `any`.
        welcome_greeting_interruptible: &str = "welcomeGreetingInterruptible",
        /// The language that is spoken.
        tts_language: &str = "ttsLanguage",
        /// The language that is written down.
        transcription_language: &str = "transcriptionLanguage",
        /// The model that writes it down.
        speech_model: &str = "speechModel",
        /// How easily speech interrupts: `low`, `medium`, `high`.
        interrupt_sensitivity: &str = "interruptSensitivity",
        /// Whether a new text takes the place of one that is being spoken.
        preemptible: bool = "preemptible",
        /// Whether what is not certain yet is sent.
        partial_prompts: bool = "partialPrompts",
        /// What is reported while the agent speaks: `none`, `dtmf`, `speech`, `any`.
        report_input_during_agent_speech: &str = "reportInputDuringAgentSpeech",
        /// What else is sent, for finding faults.
        debug: &[&str] = "debug",
        /// A service of Conversational Intelligence to keep it.
        intelligence_service: &str = "intelligenceService",
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
    Parameter in [
        Stream, Siprec, ConversationRelay, Client, Application, VirtualAgent, Transcription, Pay, Reject, Hangup,
        Assistant, Conversation
    ] {}

    /// A setting of an agent or a transcription.
    Config in [VirtualAgent, Transcription] {}

    /// What is said in a call, written down and sent on.
    Transcription in [Start, Stop] {
        /// The name to stop it by.
        name: &str = "name",
        /// Which side to write down: `inbound_track`, `outbound_track`, `both_tracks`.
        track: &str = "track",
        /// The language, such as `en-US`.
        language: &str = "languageCode",
        /// Who writes it down.
        engine: &str = "transcriptionEngine",
        /// The model of the engine.
        speech_model: &str = "speechModel",
        /// Whether to send what is not certain yet.
        partial_results: bool = "partialResults",
        /// Words to expect, with commas between them.
        hints: &str = "hints",
        /// What to call the side that Twilio hears.
        inbound_label: &str = "inboundTrackLabel",
        /// What to call the side that Twilio plays.
        outbound_label: &str = "outboundTrackLabel",
        /// A service of Conversational Intelligence to keep it.
        intelligence_service: &str = "intelligenceService",
        /// Where to send what was said.
        status_callback: &str = "statusCallbackUrl",
    }

    /// A recording of the call from here on.
    Recording in [Start] {
        /// How many channels it has: `mono` or `dual`.
        channels: &str = "channels",
        /// Which side is recorded: `inbound`, `outbound`, `both`.
        track: &str = "track",
        /// Whether silence at the ends is cut off: `trim-silence` or `do-not-trim`.
        trim: &str = "trim",
        /// Where to say that it can be fetched.
        status_callback: &str = "recordingStatusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "recordingStatusCallbackEvent",
    }

    /// An agent of Dialogflow, behind a connector.
    VirtualAgent in [Connect] {
        /// The language, such as `en-US`.
        language: &str = "language",
        /// Whether it says how the caller feels.
        sentiment_analysis: bool = "sentimentAnalysis",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
    }

    /// An agent of a partner, behind a connector.
    AiSession in [Connect] {
        /// How the agent is set up.
        configuration: &str = "aiSessionConfiguration",
    }

    /// An agent that speaks the protocol of `ConversationRelay`, behind a connector.
    ConversationRelaySession in [Connect] {
        /// How the session is set up.
        configuration: &str = "sessionConfiguration",
    }

    /// An assistant of Twilio's own.
    Assistant in [Connect] {
        /// Which assistant.
        id: &str = "id",
        /// What the caller hears first.
        welcome_greeting: &str = "welcomeGreeting",
        /// The language of both sides.
        language: &str = "language",
        /// The voice that speaks.
        voice: &str = "voice",
    }

    /// A conversation of Twilio's Conversations.
    Conversation in [Connect] {
        /// The service it is in.
        service: &str = "serviceInstanceSid",
        /// Whether it is routed to an agent at once.
        inbound_autocreation: bool = "inboundAutocreation",
        /// How many seconds the agents are looked for.
        routing_assignment_timeout: u32 = "routingAssignmentTimeout",
        /// Where to ask what comes after.
        url: &str = "url",
    }

    /// A video room.
    Room in [Connect] {
        /// Who the caller is in there.
        participant_identity: &str = "participantIdentity",
    }

    /// An assistant of Autopilot, which Twilio has retired.
    Autopilot in [Connect] {}
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
    /// A fork to be begun.
    pub fn new() -> Self {
        Self::empty()
    }

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

impl Config {
    /// A setting under this name.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::empty().attribute("name", name).attribute("value", value)
    }
}

impl Transcription {
    /// A transcription to be begun.
    pub fn new() -> Self {
        Self::empty()
    }

    /// The transcription of this name, to be stopped.
    pub fn named(name: &str) -> Self {
        Self::empty().name(name)
    }
}

impl VirtualAgent {
    /// The agent behind this connector.
    pub fn new(connector_name: impl Into<String>) -> Self {
        Self::empty().attribute("connectorName", connector_name)
    }
}

impl AiSession {
    /// A session through this connector.
    pub fn new(connector: impl Into<String>) -> Self {
        Self::empty().attribute("aiConnector", connector)
    }
}

impl ConversationRelaySession {
    /// A session through this connector.
    pub fn new(connector: impl Into<String>) -> Self {
        Self::empty().attribute("connector", connector)
    }
}

named_by_text! {
    /// The video room of this name.
    Room
    /// The assistant of Autopilot, which Twilio has retired.
    Autopilot
}

begin_empty!(Assistant Conversation Recording);

impl Default for Siprec {
    fn default() -> Self {
        Self::empty()
    }
}

impl Default for Transcription {
    fn default() -> Self {
        Self::empty()
    }
}
