//! The ears of an assistant.

use crate::wire::settings;

settings! {
    /// A transcriber. What only some providers know is set through `extra`.
    pub struct Transcriber {
        /// Provider: `deepgram`, `assembly-ai`, `azure`, `gladia`, `google`, `openai` and others.
        pub provider: String = shown "provider",
        /// The provider's model, such as `nova-2`.
        pub model: String = shown "model",
        /// Language that is spoken, such as `en` or `multi`.
        pub language: String = shown "language",
        /// Words the transcriber should expect, each with an optional weight after a colon.
        pub keywords: Vec<String> = shown "keywords",
        /// Deepgram: key terms of newer models.
        pub keyterm: Vec<String> = shown "keyterm",
        /// Deepgram: whether dates, times and numbers are formatted.
        pub smart_format: bool = shown "smartFormat",
        /// Deepgram: whether numbers are written as digits.
        pub numerals: bool = shown "numerals",
        /// Deepgram: silence that ends an utterance, 10 to 500 milliseconds.
        pub endpointing: u64 = shown "endpointing",
    }
}

impl Transcriber {
    /// A transcriber of any provider.
    pub fn of(provider: impl Into<String>, model: impl Into<String>) -> Self {
        Self::default().provider(provider).model(model)
    }

    /// A transcriber of Deepgram.
    pub fn deepgram(model: impl Into<String>) -> Self {
        Self::of("deepgram", model)
    }
}
