//! The voice of an assistant.

use crate::wire::settings;

settings! {
    /// A voice. What only some providers know is set through `extra`.
    pub struct Voice {
        /// Provider: `11labs`, `vapi`, `openai`, `azure`, `cartesia`, `deepgram` and others.
        pub provider: String = shown "provider",
        /// The provider's name or id of the voice.
        pub voice_id: String = shown "voiceId",
        /// The provider's model.
        pub model: String = shown "model",
        /// Language, where a model speaks several.
        pub language: String = shown "language",
        /// Speed; for `ElevenLabs` 0.7 to 1.2.
        pub speed: f64 = shown "speed",
        /// `ElevenLabs`: steadiness, 0 to 1.
        pub stability: f64 = shown "stability",
        /// `ElevenLabs`: closeness to the original, 0 to 1.
        pub similarity_boost: f64 = shown "similarityBoost",
        /// `ElevenLabs`: exaggeration, 0 to 1.
        pub style: f64 = shown "style",
        /// `ElevenLabs`: whether closeness is boosted further.
        pub use_speaker_boost: bool = shown "useSpeakerBoost",
    }
}

impl Voice {
    /// A voice of any provider.
    pub fn of(provider: impl Into<String>, voice_id: impl Into<String>) -> Self {
        Self::default().provider(provider).voice_id(voice_id)
    }

    /// A voice of `ElevenLabs`.
    pub fn eleven_labs(voice_id: impl Into<String>) -> Self {
        Self::of("11labs", voice_id)
    }
}
