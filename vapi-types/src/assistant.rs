//! The assistant: who talks, with which ears, mind, voice and tools.

use serde_json::Value;

use crate::{
    model::Model,
    server::Server,
    transcriber::Transcriber,
    voice::Voice,
    wire::{open_word, settings},
};

mod legacy;
mod lint;
mod overrides;
mod squad;

pub use lint::{Finding, Problem};
pub use overrides::AssistantOverrides;
pub use squad::{Squad, SquadMember};

settings! {
    /// An assistant as the REST API takes it and as a server answers an assistant request with it.
    ///
    /// Only current fields have names. What an older configuration holds beside them is kept in `extra` by
    /// [`Assistant::read`], and [`Assistant::lint`] says what to do about it. See "Create assistant" in
    /// Vapi's API reference.
    pub struct Assistant {
        /// Name, at most 40 characters.
        pub name: String = shown "name",
        /// The mind.
        pub model: Model = shown "model",
        /// The voice.
        pub voice: Voice = shown "voice",
        /// The ears.
        pub transcriber: Transcriber = shown "transcriber",
        /// What is said first.
        pub first_message: String = hidden "firstMessage",
        /// Who speaks first.
        pub first_message_mode: FirstMessageMode = shown "firstMessageMode",
        /// Whether the first message can be interrupted.
        pub first_message_interruptions_enabled: bool = shown "firstMessageInterruptionsEnabled",
        /// Where messages and tool calls go.
        pub server: Server = shown "server",
        /// Types of messages the server gets; Vapi's default has tool calls, status updates and the report.
        pub server_messages: Vec<String> = shown "serverMessages",
        /// Types of messages a web or app client gets.
        pub client_messages: Vec<String> = shown "clientMessages",
        /// When the call is cut off: 10 to 43200 seconds, 600 unless set.
        pub max_duration_seconds: u64 = shown "maxDurationSeconds",
        /// What is said before the assistant ends a call, at most 1000 characters.
        pub end_call_message: String = hidden "endCallMessage",
        /// Words of the assistant that end the call, each 2 to 140 characters.
        pub end_call_phrases: Vec<String> = hidden "endCallPhrases",
        /// What is left on a voicemail, at most 1000 characters.
        pub voicemail_message: String = hidden "voicemailMessage",
        /// How voicemails are recognized: `off` or a plan.
        pub voicemail_detection: Value = shown "voicemailDetection",
        /// What is heard behind the assistant: `off`, `office` or a URL.
        pub background_sound: String = hidden "backgroundSound",
        /// What the operator attaches.
        pub metadata: Value = hidden "metadata",
        /// Live listening and control.
        pub monitor_plan: MonitorPlan = shown "monitorPlan",
        /// What is recorded and kept.
        pub artifact_plan: Value = shown "artifactPlan",
        /// Consent, HIPAA and PCI.
        pub compliance_plan: Value = shown "compliancePlan",
        /// When the assistant begins to speak.
        pub start_speaking_plan: Value = shown "startSpeakingPlan",
        /// When the assistant stops speaking.
        pub stop_speaking_plan: Value = shown "stopSpeakingPlan",
        /// How noise is removed.
        pub background_speech_denoising_plan: Value = shown "backgroundSpeechDenoisingPlan",
        /// How pressed keys are read.
        pub keypad_input_plan: Value = shown "keypadInputPlan",
        /// Where traces go.
        pub observability_plan: Value = shown "observabilityPlan",
        /// What happens at certain moments of a call.
        pub hooks: Value = shown "hooks",
        /// Stored credentials the assistant may use.
        pub credential_ids: Vec<String> = shown "credentialIds",
        /// Credentials in full; prefer stored ones.
        pub credentials: Value = hidden "credentials",
        /// How calls are carried.
        pub transport_configurations: Value = shown "transportConfigurations",
        /// Whether the model's output is part of conversation updates.
        pub model_output_in_messages_enabled: bool = shown "modelOutputInMessagesEnabled",
    }
}

impl Assistant {
    /// An assistant that thinks, speaks and hears with these three.
    pub fn new(model: Model, voice: Voice, transcriber: Transcriber) -> Self {
        Self::default().model(model).voice(voice).transcriber(transcriber)
    }
}

open_word! {
    /// Who speaks first.
    pub enum FirstMessageMode {
        /// The assistant, with the first message.
        AssistantSpeaksFirst = "assistant-speaks-first",
        /// The assistant, with words of the model.
        ModelSpeaksFirst = "assistant-speaks-first-with-model-generated-message",
        /// The customer.
        AssistantWaits = "assistant-waits-for-user",
    }
}

settings! {
    /// Live listening and control of a call.
    pub struct MonitorPlan {
        /// Whether a listening URL is made.
        pub listen_enabled: bool = shown "listenEnabled",
        /// Whether listening needs an API key.
        pub listen_authentication_enabled: bool = shown "listenAuthenticationEnabled",
        /// Whether a control URL is made.
        pub control_enabled: bool = shown "controlEnabled",
        /// Whether control needs an API key.
        pub control_authentication_enabled: bool = shown "controlAuthenticationEnabled",
    }
}
