//! What a call cost.

use crate::wire::{Raw, wire_object};

wire_object! {
    /// One line of the bill, in US dollars.
    pub struct Cost {
        /// What was paid for: `transport`, `transcriber`, `model`, `voice`, `vapi`, `analysis` and others.
        pub kind: Option<String> = shown "type",
        /// Amount in US dollars.
        pub cost: Option<f64> = shown "cost",
        /// Minutes used, where the line is billed by time.
        pub minutes: Option<f64> = shown "minutes",
        /// Characters spoken, where the line is billed by text.
        pub characters: Option<f64> = shown "characters",
        /// Tokens read by the model.
        pub prompt_tokens: Option<f64> = shown "promptTokens",
        /// Tokens written by the model.
        pub completion_tokens: Option<f64> = shown "completionTokens",
        /// Carrier of a transport line.
        pub provider: Option<String> = shown "provider",
        /// The model of a model line.
        pub model: Option<Raw> = shown "model",
    }
}

wire_object! {
    /// The bill summed up by part, in US dollars.
    pub struct CostBreakdown {
        /// Telephony.
        pub transport: Option<f64> = shown "transport",
        /// Speech to text.
        pub stt: Option<f64> = shown "stt",
        /// Language model.
        pub llm: Option<f64> = shown "llm",
        /// Text to speech.
        pub tts: Option<f64> = shown "tts",
        /// The platform's own fee.
        pub vapi: Option<f64> = shown "vapi",
        /// Everything together.
        pub total: Option<f64> = shown "total",
    }
}
